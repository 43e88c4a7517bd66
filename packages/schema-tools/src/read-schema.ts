import { SchemaError } from './errors.ts';
import type { JsonSchema } from './json-schema.ts';
import type {
  Annotated,
  ArraySchema,
  Deprecated,
  Literal,
  NumberSchema,
  ObjectSchema,
  Schema,
  StringSchema,
} from './subset.ts';

const ANNOTATIONS = new Set([
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
]);
/** What a string may say. */
export const TEXT_KEYWORDS = ['minLength', 'maxLength', 'pattern', 'format'] as const;
/** What a number may say. */
export const NUMBER_KEYWORDS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
] as const;
/** What each kind of schema may say besides `type` and annotations. */
const KEYWORDS = new Map<unknown, readonly string[]>([
  ['const', ['const']],
  ['enum', ['enum']],
  ['string', TEXT_KEYWORDS],
  ['number', NUMBER_KEYWORDS],
  ['integer', NUMBER_KEYWORDS],
  ['boolean', []],
  ['null', []],
  ['array', ['items', 'minItems', 'maxItems']],
  ['object', ['properties', 'required', 'additionalProperties']],
]);
/** Decimal numbers of so many digits survive binary floating point, and their check is exact. */
const EXACT_DIGITS = 15;

/** A schema and where it stands. */
interface Place {
  readonly schema: JsonSchema;
  readonly source: string;
  readonly pointer: string;
}

/**
 * Reads a plain JSON Schema.
 *
 * @param source - names the schema in errors, such as `page_view`.
 * @throws {@link SchemaError} `unsupported_schema`, naming the JSON pointer.
 */
export function readSchema(schema: unknown, source: string, pointer = ''): Schema {
  if (!isObject(schema))
    throw refusal({ schema: {}, source, pointer }, '', 'is not a schema object');
  const place = { schema, source, pointer };
  const { type } = schema;
  const kind = 'const' in schema ? 'const' : 'enum' in schema ? 'enum' : type;
  const keywords = KEYWORDS.get(kind);
  if (keywords === undefined) {
    throw refusal(place, '', 'needs a "const", an "enum" or one "type" of JSON');
  }
  for (const keyword of Object.keys(schema)) {
    if (keyword === 'type' || keywords.includes(keyword)) continue;
    if (ANNOTATIONS.has(keyword) || keyword.startsWith('x-')) continue;
    const why = `is a keyword that the generator does not support in a schema of ${String(kind)}`;
    throw refusal(place, `/${escapePointer(keyword)}`, why);
  }
  const annotations = annotationsOf(schema);
  switch (kind) {
    case 'const':
      return { kind, value: literal(place, '/const', schema['const']), ...annotations };
    case 'enum':
      return { kind, values: literals(place), ...annotations };
    case 'string':
      return { kind, ...readString(place), ...annotations };
    case 'number':
    case 'integer':
      return { kind, ...readNumber(place), ...annotations };
    case 'array':
      return { kind, ...readArray(place), ...annotations };
    case 'object':
      return { kind, ...readObject(place), ...annotations };
    case 'boolean':
      return { kind, ...annotations };
    default:
      return { kind: 'null', ...annotations };
  }
}

type Body<Kind extends Schema> = Omit<Kind, 'kind' | keyof Annotated>;

function readString(place: Place): Body<StringSchema> {
  const { pattern, format } = place.schema;
  if (format !== undefined && format !== 'date-time' && format !== 'uri') {
    throw refusal(place, '/format', 'must be date-time or uri; express others as a "pattern"');
  }
  return {
    ...size(place, 'minLength'),
    ...size(place, 'maxLength'),
    ...(pattern === undefined ? {} : { pattern: regExp(place, pattern) }),
    ...(format === undefined ? {} : { format }),
    ...openEnum(place),
  };
}

function openEnum(place: Place): Pick<StringSchema, 'openEnum'> {
  const { 'x-open-enum': words, maxLength = Infinity } = place.schema;
  if (words === undefined) return {};
  if (!Array.isArray(words) || words.length === 0 || !words.every((word) => isString(word))) {
    throw refusal(place, '/x-open-enum', 'must list at least one string');
  }
  const long = words.find((word) => Array.from(word).length > Number(maxLength));
  if (long === undefined) return { openEnum: words };
  throw refusal(place, '/x-open-enum', `has ${JSON.stringify(long)}, longer than the "maxLength"`);
}

function readNumber(place: Place): Body<NumberSchema> {
  const body: Body<NumberSchema> = {
    ...number(place, 'minimum'),
    ...number(place, 'maximum'),
    ...number(place, 'exclusiveMinimum'),
    ...number(place, 'exclusiveMaximum'),
    ...number(place, 'multipleOf'),
  };
  const { minimum = -Infinity, maximum = Infinity, multipleOf = 1 } = body;
  if (multipleOf <= 0) throw refusal(place, '/multipleOf', 'must be positive');
  if (Number.isSafeInteger(multipleOf)) return body;
  const decimals = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((n) => multipleOf === Number(`1e-${n}`));
  if (decimals === undefined) {
    throw refusal(place, '/multipleOf', 'must be a whole number, or 0.1, 0.01 and so on to 1e-9');
  }
  const limit = Number(`1e${EXACT_DIGITS - decimals}`);
  if (Math.max(-minimum, maximum) > limit) {
    const why = `needs a minimum and a maximum within ±${limit}, or it cannot be checked exactly`;
    throw refusal(place, '/multipleOf', why);
  }
  return body;
}

function readArray(place: Place): Body<ArraySchema> {
  const { schema, source, pointer } = place;
  return {
    items: readSchema(schema['items'], source, `${pointer}/items`),
    ...size(place, 'minItems'),
    ...size(place, 'maxItems'),
  };
}

function readObject(place: Place): Body<ObjectSchema> {
  const { schema, source, pointer } = place;
  const { properties = {}, required = [], additionalProperties = true } = schema;
  if (!isObject(properties)) throw refusal(place, '/properties', 'must be an object');
  if (typeof additionalProperties !== 'boolean') {
    throw refusal(place, '/additionalProperties', 'must be true or false');
  }
  if (!Array.isArray(required)) throw refusal(place, '/required', 'must be a list of names');
  const names = new Set<unknown>(required);
  for (const name of names) {
    if (typeof name === 'string' && Object.hasOwn(properties, name)) continue;
    throw refusal(
      place,
      '/required',
      `names ${JSON.stringify(name)}, which is not in "properties"`,
    );
  }
  const fields = Object.entries(properties).map(([name, field]) => {
    const at = `/properties/${escapePointer(name)}`;
    // `value.constructor` is there although nobody sent it.
    if (name in Object.prototype) {
      throw refusal(place, at, 'has a name that every JavaScript object has; rename it');
    }
    return { name, required: names.has(name), schema: readSchema(field, source, pointer + at) };
  });
  return { closed: !additionalProperties, fields };
}

function size(place: Place, keyword: string): Record<string, number> {
  const value = place.schema[keyword];
  if (value === undefined) return {};
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)
    return { [keyword]: value };
  throw refusal(place, `/${keyword}`, 'must be a whole number of at least 0');
}

function number(place: Place, keyword: string): Record<string, number> {
  const value = place.schema[keyword];
  if (value === undefined) return {};
  if (typeof value === 'number' && Number.isFinite(value)) return { [keyword]: value };
  throw refusal(place, `/${keyword}`, 'must be a number');
}

function literals(place: Place): Literal[] {
  const values = place.schema['enum'];
  if (!Array.isArray(values) || values.length === 0) {
    throw refusal(place, '/enum', 'must list at least one value');
  }
  return values.map((value: unknown, index) => literal(place, `/enum/${index}`, value));
}

function literal(place: Place, at: string, value: unknown): Literal {
  const { type } = place.schema;
  if (!isLiteral(value)) throw refusal(place, at, 'must be a string, number, boolean or null');
  const own = value === null ? 'null' : typeof value;
  if (type !== undefined && type !== own && !(type === 'integer' && Number.isInteger(value))) {
    throw refusal(place, at, `is not of the type ${JSON.stringify(type)} beside it`);
  }
  return value;
}

function isLiteral(value: unknown): value is Literal {
  return (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

function regExp(place: Place, pattern: unknown): RegExp {
  if (typeof pattern !== 'string') throw refusal(place, '/pattern', 'must be a string');
  try {
    return new RegExp(pattern, 'u');
  } catch (cause) {
    throw refusal(place, '/pattern', 'is no regular expression under the u flag', { cause });
  }
}

function annotationsOf(schema: JsonSchema): Annotated {
  const { title, description, examples, 'x-unit': unit, 'x-expected': expected } = schema;
  return {
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(Array.isArray(examples) ? { examples } : {}),
    ...(schema['deprecated'] === true ? { deprecated: deprecatedOf(schema['x-deprecated']) } : {}),
    ...(typeof unit === 'string' ? { 'x-unit': unit } : {}),
    ...(typeof expected === 'string' ? { 'x-expected': expected } : {}),
  };
}

function deprecatedOf(annotation: unknown): Deprecated {
  const { since, removeIn, use } = isObject(annotation) ? annotation : {};
  return {
    ...(isString(since) ? { since } : {}),
    ...(isString(removeIn) ? { removeIn } : {}),
    ...(isString(use) ? { use } : {}),
  };
}

function refusal(
  { source, pointer }: Place,
  at: string,
  why: string,
  options?: ErrorOptions,
): SchemaError {
  const where = pointer + at === '' ? 'the root' : pointer + at;
  return new SchemaError('unsupported_schema', `${source}: ${where} ${why}.`, options);
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
