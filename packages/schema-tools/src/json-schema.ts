/** Plain JSON Schema (2020-12), as it is published and as the generator reads it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** One event as the generator sees it: nothing but JSON. */
export interface EventModel {
  readonly type: string;
  readonly version: string;
  readonly description: string;
  /** The full event, open: a reader accepts fields that it does not know. */
  readonly schema: JsonSchema;
  /** What a caller passes, closed: a writer refuses fields that it does not know. */
  readonly inputSchema: JsonSchema;
  /** Names of the fields that the envelope gives to every event. Default: none. */
  readonly envelope?: readonly string[];
  /** Those of the envelope that are the same in every event, whatever its type and version. Default: none. */
  readonly common?: readonly string[];
  /** Of an older major: source of the function that makes it one of the next. */
  readonly upcast?: string;
}

/**
 * Turns an authored schema into plain JSON: symbols go, and a union of literals, which TypeBox
 * writes as `anyOf` of `const`, becomes the `enum` that it means.
 */
export function toPlainSchema(authored: object): JsonSchema {
  const schema = plain(JSON.parse(JSON.stringify(authored)));
  return isObject(schema) ? schema : {};
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const { anyOf, ...rest } = value;
  if (!Array.isArray(anyOf) || !anyOf.every(isConst)) return plainMembers(value);
  const types = new Set(anyOf.map((branch) => branch['type']));
  return {
    ...plainMembers(rest),
    ...(types.size === 1 ? { type: anyOf[0]?.['type'] } : {}),
    enum: anyOf.map((branch) => branch['const']),
  };
}

function plainMembers(value: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

/**
 * What a writer may send of what a reader accepts: the same schema with every object closed and
 * every open enum (`x-open-enum`, see {@link openChoice}) a closed `enum`.
 */
export function writerSchema(schema: JsonSchema): JsonSchema {
  const { 'x-open-enum': words, ...rest } = schema;
  if (Array.isArray(words)) {
    const { maxLength: _, ...annotated } = rest;
    return { ...annotated, enum: words };
  }
  const { properties, items } = rest;
  return {
    ...rest,
    ...(isObject(items) ? { items: writerSchema(items) } : {}),
    ...(isObject(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, field]) => [
              name,
              isObject(field) ? writerSchema(field) : field,
            ]),
          ),
          additionalProperties: false,
        }
      : {}),
  };
}

/** JSON text with sorted keys: equal schemas are equal bytes. */
export function canonicalJson(value: unknown): string {
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isConst(value: unknown): value is JsonSchema {
  return isObject(value) && 'const' in value;
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
