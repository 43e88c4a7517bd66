import { canonicalJson, type JsonSchema } from '../json-schema.ts';

/** A schema and where it stands in its document. */
export interface Place {
  readonly document: JsonSchema;
  /** `true` and `false` are schemas too: anything, and nothing. */
  readonly schema: JsonSchema | boolean;
  readonly pointer: string;
}

/** The part of a place that a keyword holds, as a schema; `absent` when the keyword is not there. */
export function inside(place: Place, absent: boolean, ...keys: readonly string[]): Place {
  let value: unknown = place.schema;
  for (const key of keys) {
    value = Array.isArray(value)
      ? value[Number(key)]
      : isObject(value)
        ? own(value, key)
        : undefined;
  }
  const schema = isSchema(value) ? value : absent;
  return { document: place.document, schema, pointer: at(place, ...keys) };
}

/** JSON pointer of something inside the place. */
export function at({ pointer }: Pick<Place, 'pointer'>, ...keys: readonly string[]): string {
  return pointer + keys.map((key) => `/${escapePointer(key)}`).join('');
}

export function keyword(place: Place, name: string): unknown {
  return isObject(place.schema) ? own(place.schema, name) : undefined;
}

/** The names and values of a keyword that holds an object. */
export function members(place: Place, name: string): Readonly<Record<string, unknown>> {
  const value = keyword(place, name);
  return isObject(value) ? value : {};
}

/** The items of a keyword that holds a list. */
export function listed(place: Place, name: string): readonly unknown[] {
  const value = keyword(place, name);
  return Array.isArray(value) ? value : [];
}

/** What a `$ref` of the same document points at; undefined when there is nothing. */
export function resolveRef(document: JsonSchema, ref: unknown): Place | undefined {
  if (typeof ref !== 'string' || !/^#(?:\/|$)/.test(ref)) return undefined;
  let value: unknown = document;
  let pointer = '';
  for (const part of ref.split('/').slice(1)) {
    const key = decode(part).replaceAll('~1', '/').replaceAll('~0', '~');
    value = Array.isArray(value)
      ? value[Number(key)]
      : isObject(value)
        ? own(value, key)
        : undefined;
    pointer += `/${escapePointer(key)}`;
  }
  return isSchema(value) ? { document, schema: value, pointer } : undefined;
}

/** The place itself, or what it refers to. Of a circle of references: nothing. */
export function followRefs(place: Place): Place {
  const seen = new Set<string>();
  let found = place;
  while (keyword(found, '$ref') !== undefined) {
    const next = resolveRef(found.document, keyword(found, '$ref'));
    if (next === undefined || seen.has(next.pointer)) return { ...found, schema: false };
    seen.add(next.pointer);
    found = next;
  }
  return found;
}

/** Whether two JSON values are the same, whatever the order of their members. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return canonicalJson(a) === canonicalJson(b);
}

export function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSchema(value: unknown): value is JsonSchema | boolean {
  return isObject(value) || typeof value === 'boolean';
}

function own(value: JsonSchema, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone % stands for itself
  }
}
