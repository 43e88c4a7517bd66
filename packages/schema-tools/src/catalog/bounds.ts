import type { JsonSchema } from '../json-schema.ts';
import { textOf } from './field-tree.ts';

/** What a value must be, in words, and as a stretch of a scale when it has bounds. */
export interface Bounds {
  /** `string`, `whole number`, `timestamp`, `URL`, `one of`, `always`, … */
  readonly kind: string;
  /** The colour family: what JSON calls the type. */
  readonly family: 'string' | 'number' | 'boolean' | 'object' | 'array' | 'null' | 'any';
  /** In words, such as `1 to 256 characters`. */
  readonly limits: readonly string[];
  /** All values that are allowed, when they are listed. */
  readonly values: readonly string[];
  /** True when values beyond {@link values} can come from newer writers. */
  readonly open: boolean;
  readonly pattern?: string;
  readonly scale?: Scale;
}

/** A stretch of a logarithmic scale, 0 at its left end and 1 at its right. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  /** Where the example is. */
  readonly example?: number;
}

/** Lengths are shown on a scale that ends at the longest that is common: a URL. */
const LONGEST = 8192;
/** Amounts are shown on a scale that ends beyond the largest exact amount of money. */
const LARGEST = 1e12;

const FORMATS: Readonly<Record<string, string>> = { 'date-time': 'timestamp', uri: 'URL' };

/** Reads a schema without looking inside lists and objects. */
export function boundsOf(schema: JsonSchema): Bounds {
  const { type, format, pattern } = schema;
  const words = schema['x-open-enum'];
  const listed = Array.isArray(schema['enum']) ? schema['enum'] : undefined;
  const literals = 'const' in schema ? [schema['const']] : (listed ?? words);
  const values = Array.isArray(literals) ? literals.map(literalText) : [];
  const family = familyOf(type ?? (values.length > 0 ? 'string' : undefined));
  const kinds = { string: FORMATS[String(format)] ?? 'string', number: 'decimal number' };
  const kind =
    'const' in schema
      ? 'always'
      : values.length > 0
        ? 'one of'
        : type === 'integer'
          ? 'whole number'
          : family === 'array'
            ? 'list'
            : family === 'string' || family === 'number'
              ? kinds[family]
              : family === 'any'
                ? 'anything'
                : family;
  const scale = values.length > 0 ? undefined : scaleOf(schema, family);
  return {
    kind,
    family,
    limits: values.length > 0 ? [] : limitsOf(schema, family),
    values,
    open: Array.isArray(words),
    ...(typeof pattern === 'string' ? { pattern } : {}),
    ...(scale === undefined ? {} : { scale }),
  };
}

function familyOf(type: unknown): Bounds['family'] {
  switch (type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'object':
    case 'array':
    case 'null':
      return type;
    default:
      return 'any';
  }
}

function limitsOf(schema: JsonSchema, family: Bounds['family']): string[] {
  const expected = schema['x-expected'];
  const unit = textOf(schema, 'x-unit') ?? '';
  if (family === 'string') {
    if (typeof expected === 'string') return [sized(schema, expected)];
    return range(schema, 'minLength', 'maxLength', 'characters', schema['format'] !== undefined);
  }
  if (family === 'array') return range(schema, 'minItems', 'maxItems', 'entries');
  if (family !== 'number') return [];
  return [
    ...range(schema, 'minimum', 'maximum', unit),
    ...numberOf(schema, 'exclusiveMinimum', (value) => `more than ${value}`),
    ...numberOf(schema, 'exclusiveMaximum', (value) => `less than ${value}`),
    ...numberOf(schema, 'multipleOf', stepText),
  ];
}

/** What is expected in words, with the length when the words leave it out. */
function sized(schema: JsonSchema, expected: string): string {
  const { maxLength } = schema;
  const open = schema['format'] === 'uri' && typeof maxLength === 'number';
  return open ? `${expected}, up to ${count(maxLength)} characters` : expected;
}

function range(
  schema: JsonSchema,
  lowest: string,
  highest: string,
  unit: string,
  fixed = false,
): string[] {
  const [low, high] = [schema[lowest], schema[highest]];
  if (fixed && low === undefined) return [];
  const suffix = unit === '' ? '' : ` ${unit}`;
  if (typeof low === 'number' && typeof high === 'number') {
    return [`${count(low)} to ${count(high)}${suffix}`];
  }
  if (typeof high === 'number') return [`up to ${count(high)}${suffix}`];
  if (typeof low === 'number') return [`at least ${count(low)}${suffix}`];
  return unit === '' ? [] : [unit];
}

function numberOf(schema: JsonSchema, keyword: string, say: (value: string) => string): string[] {
  const value = schema[keyword];
  return typeof value === 'number' ? [say(count(value))] : [];
}

function stepText(step: string): string {
  const decimals = /^0\.(0*1)$/.exec(step)?.[1]?.length;
  if (decimals === undefined) return step === '1' ? 'no decimals' : `a multiple of ${step}`;
  return `at most ${decimals} decimal${decimals === 1 ? '' : 's'}`;
}

/** 100000000000 → `100,000,000,000`: fixed, so that the same schemas give the same bytes anywhere. */
export function count(value: number): string {
  const text = Math.abs(value) < 1e-6 && value !== 0 ? value.toFixed(9) : String(value);
  const [whole = '', ...decimals] = text.split('.');
  return [whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ','), ...decimals].join('.');
}

function scaleOf(schema: JsonSchema, family: Bounds['family']): Scale | undefined {
  const examples: unknown = schema['examples'];
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  if (family === 'string') {
    const length = typeof example === 'string' ? Array.from(example).length : undefined;
    return stretch(schema['minLength'] ?? 0, schema['maxLength'], length, LONGEST);
  }
  if (family === 'array')
    return stretch(schema['minItems'] ?? 0, schema['maxItems'], undefined, LONGEST);
  if (family !== 'number') return undefined;
  const low = schema['minimum'] ?? schema['exclusiveMinimum'];
  const high = schema['maximum'] ?? schema['exclusiveMaximum'];
  const value = typeof example === 'number' ? example : undefined;
  if (typeof low === 'number' && low >= 0) return stretch(low, high, value, LARGEST);
  if (typeof low !== 'number' || typeof high !== 'number') return undefined;
  // Both signs: zero is in the middle.
  const at = (number: number) =>
    round(0.5 + (Math.sign(number) * place(Math.abs(number), LARGEST)) / 2);
  return { from: at(low), to: at(high), ...(value === undefined ? {} : { example: at(value) }) };
}

function stretch(
  low: unknown,
  high: unknown,
  example: number | undefined,
  end: number,
): Scale | undefined {
  if (typeof low !== 'number' || typeof high !== 'number') return undefined;
  return {
    from: place(low, end),
    to: place(high, end),
    ...(example === undefined ? {} : { example: place(example, end) }),
  };
}

function place(value: number, end: number): number {
  return round(Math.min(1, Math.log1p(value) / Math.log1p(end)));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** A literal as JSON writes it, without the quotes of a plain string. */
function literalText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
