import { SchemaError } from './errors.ts';
import type { JsonSchema } from './json-schema.ts';

/**
 * The subset of JSON Schema that the generator turns into code. Anything else is refused, because a
 * keyword that is silently ignored is a validator that accepts what the schema forbids.
 */
export type Schema =
  | ConstSchema
  | EnumSchema
  | StringSchema
  | NumberSchema
  | PlainSchema
  | ArraySchema
  | ObjectSchema;

export type Literal = string | number | boolean | null;

interface Annotated {
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly deprecated?: boolean;
  readonly 'x-unit'?: string;
}
export interface ConstSchema extends Annotated {
  readonly kind: 'const';
  readonly value: Literal;
}
export interface EnumSchema extends Annotated {
  readonly kind: 'enum';
  readonly values: readonly Literal[];
}
export interface StringSchema extends Annotated {
  readonly kind: 'string';
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: RegExp;
  readonly format?: Format;
}
export interface NumberSchema extends Annotated {
  readonly kind: 'number' | 'integer';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
}
export interface PlainSchema extends Annotated {
  readonly kind: 'boolean' | 'null';
}
export interface ArraySchema extends Annotated {
  readonly kind: 'array';
  readonly items: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
}
export interface ObjectSchema extends Annotated {
  readonly kind: 'object';
  readonly fields: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly closed: boolean;
}

export type Format = 'date-time' | 'uri';

const ANNOTATIONS = [
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
];
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  const: ['type', 'const'],
  enum: ['type', 'enum'],
  string: ['type', 'minLength', 'maxLength', 'pattern', 'format'],
  number: ['type', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  integer: ['type', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  boolean: ['type'],
  null: ['type'],
  array: ['type', 'items', 'minItems', 'maxItems'],
  object: ['type', 'properties', 'required', 'additionalProperties'],
};

/**
 * Reads a plain JSON Schema.
 *
 * @param source - names the schema in errors, such as `page_view`.
 * @throws {@link SchemaError} `unsupported_schema`, naming the JSON pointer.
 */
export function readSchema(schema: unknown, source: string, pointer = ''): Schema {
  const fail = (at: string, why: string): never => {
    const where = pointer + at;
    throw new SchemaError(
      'unsupported_schema',
      `${source}: ${where === '' ? 'the root' : where} ${why}.`,
    );
  };
  if (!isObject(schema)) return fail('', 'is not a schema object');
  const kind = 'const' in schema ? 'const' : 'enum' in schema ? 'enum' : schema['type'];
  const keywords =
    typeof kind === 'string' && Object.hasOwn(KEYWORDS, kind) ? KEYWORDS[kind] : undefined;
  if (keywords === undefined) {
    return fail(
      '',
      `needs a "const", an "enum" or a "type" of ${Object.keys(KEYWORDS).slice(2).join(', ')}`,
    );
  }
  for (const keyword of Object.keys(schema)) {
    if (keywords.includes(keyword) || ANNOTATIONS.includes(keyword) || keyword.startsWith('x-'))
      continue;
    fail(
      `/${escapePointer(keyword)}`,
      `is a keyword that the generator does not support beside "${String(kind)}"`,
    );
  }
  const bound = (keyword: string, check: (value: number) => boolean, what: string) => {
    const value = schema[keyword];
    if (value === undefined) return {};
    if (typeof value !== 'number' || !check(value)) return fail(`/${keyword}`, `must be ${what}`);
    return { [keyword]: value };
  };
  const size = (keyword: string) =>
    bound(
      keyword,
      (value) => Number.isSafeInteger(value) && value >= 0,
      'a whole number of at least 0',
    );
  const limit = (keyword: string) => bound(keyword, Number.isFinite, 'a number');
  const annotated = annotations(schema);

  switch (kind) {
    case 'const': {
      const value = schema['const'];
      if (!isLiteral(value)) return fail('/const', 'must be a string, number, boolean or null');
      return { kind, value, ...annotated };
    }
    case 'enum': {
      const values = schema['enum'];
      if (!Array.isArray(values) || values.length === 0 || !values.every(isLiteral)) {
        return fail('/enum', 'must list strings, numbers, booleans or nulls');
      }
      return { kind, values, ...annotated };
    }
    case 'string': {
      const { pattern, format } = schema;
      if (format !== undefined && format !== 'date-time' && format !== 'uri') {
        return fail('/format', 'must be date-time or uri; express others as a "pattern"');
      }
      return {
        kind,
        ...size('minLength'),
        ...size('maxLength'),
        ...(pattern === undefined
          ? {}
          : {
              pattern:
                regExp(pattern) ?? fail('/pattern', 'is no regular expression under the u flag'),
            }),
        ...(format === undefined ? {} : { format }),
        ...annotated,
      };
    }
    case 'number':
    case 'integer':
      return {
        kind,
        ...limit('minimum'),
        ...limit('maximum'),
        ...limit('exclusiveMinimum'),
        ...limit('exclusiveMaximum'),
        ...bound('multipleOf', isStep, 'a positive whole number or 10^-1 to 10^-9'),
        ...annotated,
      };
    case 'array':
      return {
        kind,
        items: readSchema(schema['items'], source, `${pointer}/items`),
        ...size('minItems'),
        ...size('maxItems'),
        ...annotated,
      };
    case 'object': {
      const { properties = {}, required = [], additionalProperties = true } = schema;
      if (!isObject(properties)) return fail('/properties', 'must be an object');
      if (typeof additionalProperties !== 'boolean') {
        return fail('/additionalProperties', 'must be true or false');
      }
      if (!Array.isArray(required)) return fail('/required', 'must be a list of names');
      for (const name of required) {
        if (typeof name !== 'string' || !Object.hasOwn(properties, name)) {
          fail('/required', `names ${JSON.stringify(name)}, which is not in "properties"`);
        }
      }
      return {
        kind,
        closed: !additionalProperties,
        fields: Object.entries(properties).map(([name, field]) => {
          const at = `/properties/${escapePointer(name)}`;
          // `value.constructor` is there although nobody sent it.
          if (name in Object.prototype)
            fail(at, 'has a name that every JavaScript object has; rename it');
          return {
            name,
            required: required.includes(name),
            schema: readSchema(field, source, pointer + at),
          };
        }),
        ...annotated,
      };
    }
    default:
      return { kind: kind as 'boolean' | 'null', ...annotated };
  }
}

/** Whole steps and negative powers of ten are what binary floating point checks exactly. */
function isStep(value: number): boolean {
  if (Number.isSafeInteger(value)) return value > 0;
  return [1, 2, 3, 4, 5, 6, 7, 8, 9].some((decimals) => value === Number(`1e-${decimals}`));
}

function annotations(schema: JsonSchema): Annotated {
  const { title, description, examples, deprecated, 'x-unit': unit } = schema;
  return {
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(Array.isArray(examples) ? { examples } : {}),
    ...(deprecated === true ? { deprecated } : {}),
    ...(typeof unit === 'string' ? { 'x-unit': unit } : {}),
  };
}

function regExp(pattern: unknown): RegExp | undefined {
  if (typeof pattern !== 'string') return undefined;
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isLiteral(value: unknown): value is Literal {
  return (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    Number.isFinite(value)
  );
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
