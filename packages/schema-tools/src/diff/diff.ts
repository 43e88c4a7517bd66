import type { JsonSchema } from '../json-schema.ts';
import { type Change, type Compatibility, change, compatibilityOf } from './change.ts';
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
 * @param options.openEnums - writers keep to the words of `x-open-enum`, as those of `openChoice` do.
 *   Default: true. When false the keyword is not understood, because to any validator it is a comment.
 * @throws {@link SchemaError} `unsupported_schema`: circles of references beyond all measure.
 */
export function diffSchemas(
  old: JsonSchema,
  now: JsonSchema,
  { openEnums = true }: { readonly openEnums?: boolean } = {},
): SchemaDiff {
  const problems = distinct([old, now].flatMap((schema) => findProblems(schema, { openEnums })));
  if (problems.length > 0) return { compatible: compatibilityOf(problems), changes: problems };
  const root = (document: JsonSchema) => ({ document, schema: document, pointer: '' });
  const changes = together(distinct([...createCompare()(root(old), root(now))]));
  return { compatible: compatibilityOf(changes), changes };
}

/** What one rule finds at one place is one change. */
function together(changes: readonly Change[]): Change[] {
  const groups = Map.groupBy(changes, ({ rule, path }) => `${rule} ${path}`);
  return Array.from(groups.values()).flatMap(([first, ...more]) => {
    if (first === undefined || more.length === 0) return first ?? [];
    const all = [first, ...more];
    const message = all.map((each) => each.message).join('; ');
    return change(first.rule, first.path, compatibilityOf(all), message);
  });
}

/** A definition that is referred to twice is reported once. */
function distinct(changes: readonly Change[]): Change[] {
  return [...new Map(changes.map((each) => [JSON.stringify(each), each])).values()];
}
