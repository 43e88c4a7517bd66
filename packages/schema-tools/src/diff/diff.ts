import type { JsonSchema } from '../json-schema.ts';
import { type Change, type Compatibility, compatibilityOf } from './change.ts';
import { createCompare } from './compare.ts';
import { findProblems } from './problems.ts';

/** The answer to "who breaks?", with the reasons. */
export interface SchemaDiff {
  /** Whether each direction holds for all changes together. */
  readonly compatible: Compatibility;
  readonly changes: readonly Change[];
}

/**
 * Compares two plain JSON Schemas (2020-12), in which writers are closed and readers are open: a
 * writer sends only the fields that its schema names; a reader ignores others, unless its schema says
 * `additionalProperties: false`. An object that names no fields is free for both.
 *
 * It errs on one side only: what it calls compatible is; where it cannot tell, as between two
 * patterns, it says incompatible. A keyword that it does not know is `unknown-keyword`, and then
 * nothing else is compared.
 *
 * @throws {@link SchemaError} `unsupported_schema`: circles of references beyond all measure.
 */
export function diffSchemas(old: JsonSchema, now: JsonSchema): SchemaDiff {
  const problems = distinct([...findProblems(old), ...findProblems(now)]);
  if (problems.length > 0) return { compatible: compatibilityOf(problems), changes: problems };
  const root = (document: JsonSchema) => ({ document, schema: document, pointer: '' });
  const changes = distinct([...createCompare()(root(old), root(now))]);
  return { compatible: compatibilityOf(changes), changes };
}

/** A definition that is referred to twice is reported once. */
function distinct(changes: readonly Change[]): Change[] {
  return [...new Map(changes.map((each) => [JSON.stringify(each), each])).values()];
}
