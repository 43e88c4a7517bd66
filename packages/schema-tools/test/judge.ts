// oxlint-disable typescript/no-explicit-any, typescript/no-unsafe-argument, typescript/no-unsafe-assignment, typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-return, typescript/no-unsafe-type-assertion -- JSON Schemas of any shape, for tests
import type { JsonSchema } from '../src/index.ts';

/**
 * A small validator for the keywords that the diff knows, sharing no code with it: the judge of the
 * law that compatible means compatible. A format accepts what begins like its name.
 */
export function accepts(document: unknown, value: unknown, schema = document): boolean {
  if (typeof schema === 'boolean') return schema;
  if (!isObject(schema)) throw new Error('not a schema');
  const sub = (inner: unknown, part: unknown): boolean => accepts(document, part, inner);
  return Object.entries(schema).every(([name, limit]) => {
    const keyword = KEYWORDS[name];
    return keyword === undefined || keyword(limit, value, sub, schema, document);
  });
}

type Keyword = (
  limit: any,
  value: any,
  sub: (schema: unknown, part: unknown) => boolean,
  schema: JsonSchema,
  document: unknown,
) => boolean;

const text =
  (check: (limit: any, value: string) => boolean): Keyword =>
  (limit, value) =>
    typeof value !== 'string' || check(limit, value);
const numeric =
  (check: (limit: number, value: number) => boolean): Keyword =>
  (limit, value) =>
    typeof value !== 'number' || check(limit, value);
const array =
  (check: (limit: any, value: unknown[]) => boolean): Keyword =>
  (limit, value) =>
    !Array.isArray(value) || check(limit, value);
const object =
  (check: (limit: any, value: JsonSchema) => boolean): Keyword =>
  (limit, value) =>
    !isObject(value) || check(limit, value);
const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  $ref: (ref: string, value, sub, _, document) => {
    const parts = ref.split('/').slice(1);
    const target = parts.reduce<any>((inner, part) => inner[part], document);
    return sub(target, value);
  },
  type: (types: string | string[], value) =>
    [types].flat().some((type) => {
      if (type === 'null') return value === null;
      if (type === 'array') return Array.isArray(value);
      if (type === 'object') return isObject(value);
      if (type === 'integer') return Number.isInteger(value);
      return typeof value === type;
    }),
  const: (only, value) => equal(only, value),
  enum: (values: unknown[], value) => values.some((each) => equal(each, value)),
  anyOf: (branches: unknown[], value, sub) => branches.some((each) => sub(each, value)),
  oneOf: (branches: unknown[], value, sub) =>
    branches.filter((each) => sub(each, value)).length === 1,
  minimum: numeric((limit, value) => value >= limit),
  maximum: numeric((limit, value) => value <= limit),
  exclusiveMinimum: numeric((limit, value) => value > limit),
  exclusiveMaximum: numeric((limit, value) => value < limit),
  multipleOf: numeric((limit, value) => Number.isInteger(Math.round((value / limit) * 1e6) / 1e6)),
  minLength: text((limit, value) => Array.from(value).length >= limit),
  maxLength: text((limit, value) => Array.from(value).length <= limit),
  pattern: text((limit, value) => new RegExp(limit, 'u').test(value)),
  format: text((limit, value) => value.startsWith(limit[0])),
  items: (limit, value, sub, schema) => {
    const prefix = schema['prefixItems'];
    const skip = Array.isArray(prefix) ? prefix.length : 0;
    return !Array.isArray(value) || value.slice(skip).every((each) => sub(limit, each));
  },
  prefixItems: (limit: unknown[], value, sub) =>
    !Array.isArray(value) ||
    limit.every((each, index) => index >= value.length || sub(each, value[index])),
  minItems: array((limit, value) => value.length >= limit),
  maxItems: array((limit, value) => value.length <= limit),
  uniqueItems: array(
    (limit, value) =>
      !limit || new Set(value.map((each) => JSON.stringify(each))).size === value.length,
  ),
  required: object((names: string[], value) => names.every((name) => Object.hasOwn(value, name))),
  minProperties: object((limit, value) => Object.keys(value).length >= limit),
  maxProperties: object((limit, value) => Object.keys(value).length <= limit),
  properties: (limit, value, sub) =>
    !isObject(value) ||
    Object.entries(value).every(
      ([name, each]) => !Object.hasOwn(limit, name) || sub(limit[name], each),
    ),
  patternProperties: (limit, value, sub) =>
    !isObject(value) ||
    Object.entries(limit).every(([pattern, schema]) =>
      Object.entries(value).every(
        ([name, each]) => !new RegExp(pattern, 'u').test(name) || sub(schema, each),
      ),
    ),
  additionalProperties: (limit, value, sub, { properties = {}, patternProperties = {} }) =>
    !isObject(value) ||
    Object.entries(value).every(
      ([name, each]) =>
        Object.hasOwn(Object(properties), name) ||
        Object.keys(Object(patternProperties)).some((pattern) =>
          new RegExp(pattern, 'u').test(name),
        ) ||
        sub(limit, each),
    ),
};

const SCHEMAS = new Set(['properties', 'patternProperties', '$defs']);
const LISTS = new Set(['anyOf', 'oneOf', 'prefixItems']);

/** What the writer of a reader's schema may send: objects closed, open enums closed. */
export function writerOf(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  const { 'x-open-enum': words, ...rest } = schema;
  if (words !== undefined) {
    const { maxLength: _, ...others } = rest;
    return { ...others, enum: words };
  }
  const closed = Object.entries(rest).map(([name, value]) => {
    if (LISTS.has(name) && Array.isArray(value)) return [name, value.map((each) => writerOf(each))];
    if (!isObject(value)) return [name, value];
    if (name === 'items' || name === 'additionalProperties') return [name, writerOf(value)];
    if (!SCHEMAS.has(name)) return [name, value];
    return [
      name,
      Object.fromEntries(Object.entries(value).map(([key, each]) => [key, writerOf(each)])),
    ];
  });
  const names = 'properties' in rest || 'patternProperties' in rest;
  const open = names && !isObject(rest['additionalProperties']);
  return { ...Object.fromEntries(closed), ...(open ? { additionalProperties: false } : {}) };
}

export function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
