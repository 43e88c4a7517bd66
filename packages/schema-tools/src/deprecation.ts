import { KindGuard, type TSchema } from '@sinclair/typebox';
import { valid } from 'semver';
import type { Fields, Registry } from './define.ts';
import { SchemaError } from './errors.ts';
import { majorOf } from './majors.ts';

/** A promise to remove something. It is kept in the schema until then, so nothing breaks before. */
export interface Deprecation {
  /** The version that announced it: `1.1.0`. */
  readonly since: string;
  /** The first version without it, that of a later major: `2.0.0`. */
  readonly removeIn: string;
  /** What takes its place: a field beside it or of the event; for an event, another event. */
  readonly use?: string;
}

/** What may be deprecated. */
export interface Deprecatable {
  /** On its way out: writers are warned in the editor and counted, readers go on reading it. */
  readonly deprecated?: Deprecation;
}

/** As JSON Schema: the standard annotation, and what it does not say. */
export function deprecationKeywords(
  deprecation: Deprecation | undefined,
): Readonly<Record<string, unknown>> {
  if (deprecation === undefined) return {};
  const { since, removeIn, use } = deprecation;
  return {
    deprecated: true,
    'x-deprecated': { since, removeIn, ...(use === undefined ? {} : { use }) },
  };
}

/**
 * Checks that every deprecation says when and can be kept.
 *
 * @throws {@link SchemaError} `invalid_definition`: a version is not semantic, the removal is not the
 *   first version of a later major, or what is to be used instead is not there or is deprecated itself.
 */
export function checkDeprecations({ envelope, events }: Registry): void {
  for (const event of events) {
    const { type, payload, deprecated } = event;
    if (deprecated !== undefined) {
      checkVersions(type, deprecated);
      const others = events.filter((other) => other.type !== type);
      const { use } = deprecated;
      if (use !== undefined && !others.some((other) => other.type === use && !other.deprecated)) {
        throw invalid(type, `says to use ${use}, which is no other current event; name one`);
      }
    }
    const { stamped, given, defaulted } = envelope;
    const fields = { ...stamped(event), ...given, ...defaulted, ...payload };
    checkFields(fields, currentNames(fields), type);
  }
}

/** A field whose builder has called {@link deprecationKeywords}. */
interface Annotated extends TSchema {
  readonly 'x-deprecated'?: Deprecation;
}

/** @param names - fields that may take the place of others. */
function checkFields(fields: Fields, names: ReadonlySet<string>, path: string): void {
  for (const [name, field] of Object.entries(fields)) {
    const at = `${path}.${name}`;
    const { 'x-deprecated': deprecation }: Annotated = field;
    if (deprecation !== undefined) {
      checkVersions(at, deprecation);
      const { use } = deprecation;
      if (use !== undefined && !names.has(use)) {
        throw invalid(at, `says to use ${use}, which is no current field beside it; name one`);
      }
    }
    const inside = fieldsInside(field);
    if (inside === undefined) continue;
    checkFields(inside, new Set([...names, ...currentNames(inside)]), at);
  }
}

/** The fields of a record, also of one in a list. */
function fieldsInside(field: TSchema): Fields | undefined {
  let record = field;
  while (KindGuard.IsArray(record)) record = record.items;
  return KindGuard.IsObject(record) ? record.properties : undefined;
}

function currentNames(fields: Fields): ReadonlySet<string> {
  const current = Object.entries(fields).filter(([, field]) => field['deprecated'] !== true);
  return new Set(current.map(([name]) => name));
}

function checkVersions(at: string, { since, removeIn }: Deprecation): void {
  for (const each of [since, removeIn]) {
    if (valid(each) === each) continue;
    throw invalid(at, `names the version "${each}", which is not semantic; write it as in "1.1.0"`);
  }
  // Whether the event has come to these versions is for lint to say: `bump --write` raises the one,
  // and an exception allows the other for a time.
  if (!removeIn.endsWith('.0.0') || majorOf(removeIn) <= majorOf(since)) {
    const next = `${majorOf(since) + 1}.0.0`;
    throw invalid(at, `is to be removed in ${removeIn}; only a later major can, such as "${next}"`);
  }
}

function invalid(at: string, why: string): SchemaError {
  return new SchemaError(
    'invalid_definition',
    `The deprecation of ${at} cannot be kept: it ${why}.`,
  );
}
