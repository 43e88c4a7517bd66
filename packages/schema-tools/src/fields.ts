import {
  type TArray,
  type TBoolean,
  type TInteger,
  type TLiteral,
  type TNumber,
  type TObject,
  type TOptionalWithFlag,
  type TSchema,
  type TString,
  type TUnion,
  Type,
} from '@sinclair/typebox';
import type { Deprecatable } from './deprecation.ts';
import { type Lintable, type Marks, marks } from './marks.ts';

/** What every field says about itself. */
export interface About<Value> extends Marks {
  /** What the value means, for somebody who has never seen the code. */
  readonly description: string;
  /** Valid values. The first is the one that samples and documentation show. */
  readonly examples: readonly [Value, ...Value[]];
  /** The unit of the value, such as `ms` or `major units of currency`, when it has one. */
  readonly unit?: string;
}

/** Bounds on a string, in Unicode code points, as JSON Schema counts. */
export interface TextBounds {
  /** Default: 0. */
  readonly minLength?: number;
  /** No default: whoever defines a string decides how long it may get. */
  readonly maxLength: number;
}

/** Any text of bounded length. */
export function text(field: About<string> & TextBounds): TString {
  return Type.String({
    ...about(field),
    ...(field.minLength === undefined ? {} : { minLength: field.minLength }),
    maxLength: field.maxLength,
  });
}

/**
 * A name or key that other systems look up: never empty, and well-formed Unicode, because a lone
 * surrogate turns into U+FFFD in UTF-8 and two different identifiers become one.
 */
export function identifier(field: About<string> & { readonly maxLength: number }): TString {
  return Type.String({
    ...about(field),
    minLength: 1,
    maxLength: field.maxLength,
    pattern: '^\\P{Cs}*$',
    'x-expected': `a well-formed string of 1 to ${field.maxLength} characters`,
  });
}

/** A UUIDv7 (RFC 9562) in its canonical lower-case form, so that equal ids are equal strings. */
export function uuidV7(field: About<string>): TString {
  return Type.String({
    ...about(field),
    maxLength: 36,
    pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
    'x-expected': 'a UUIDv7 in lower case',
  });
}

/**
 * Where a trace was when something happened, as the `traceparent` header of W3C Trace Context says
 * it: version, trace, span and flags in lower-case hexadecimal. As there, version `ff` and a trace or
 * span of nothing but zeros are refused.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header-field-values
 */
export function traceparent(field: About<string>): TString {
  return Type.String({
    ...about(field),
    maxLength: 55,
    pattern: '^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$',
    'x-expected': 'a W3C traceparent in lower case',
  });
}

/** An absolute http or https URL; whatever is accepted, `new URL()` can parse. */
export function url(field: About<string> & { readonly maxLength?: number }): TString {
  return Type.String({
    ...about(field),
    format: 'uri',
    maxLength: field.maxLength ?? 8192,
    pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^\\s\\p{Cs}/?#\\\\][^\\s\\p{Cs}]*$',
    'x-expected': 'an absolute http or https URL',
  });
}

/**
 * A point in time: RFC 3339, UTC, exactly three decimals, as `Date.prototype.toISOString()` writes
 * it. One form only, so that timestamps sort as strings and compare as strings.
 */
export function timestamp(field: Omit<About<string>, 'unit'>): TString {
  return Type.String({
    ...about({ pii: 'none', ...field, unit: 'UTC, milliseconds' }),
    format: 'date-time',
    maxLength: 24,
    pattern: '^\\d{4}-\\d{2}-\\d{2}T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z$',
    'x-expected': 'a UTC timestamp with milliseconds, such as 2026-11-23T10:00:00.000Z',
  });
}

/** A semantic version of one major: what a reader of that major can read. */
export function versionOfMajor(major: number, field: About<string>): TString {
  return Type.String({
    ...about({ pii: 'none', ...field }),
    maxLength: 32,
    pattern: `^${major}\\.(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)$`,
    'x-expected': `a schema version ${major}.x.y`,
  });
}

/**
 * A decimal number with a bounded number of decimals, checked on its shortest decimal form: 19.99
 * is fine, 0.1 + 0.2 (0.30000000000000004) is not. Within the default bounds every such number has
 * at most 15 significant digits, which binary floating point carries without loss.
 */
export function decimal(
  field: About<number> & {
    /** Default: 0. */
    readonly minimum?: number;
    /** Default: 1e11, with 4 decimals the most that 15 significant digits hold. */
    readonly maximum?: number;
    /** Default: 4, the most that a currency of ISO 4217 has. */
    readonly decimals?: number;
  },
): TNumber {
  return Type.Number({
    ...about(field),
    minimum: field.minimum ?? 0,
    maximum: field.maximum ?? 1e11,
    multipleOf: Number(`1e-${field.decimals ?? 4}`),
  });
}

/**
 * An ISO 4217 currency code by its form. Not by the list of today's codes: that list changes about
 * once a year, and old readers would refuse a purchase in a new currency.
 */
export function currency(field: About<string>): TString {
  return Type.String({
    ...about({ pii: 'none', ...field }),
    maxLength: 3,
    pattern: '^[A-Z]{3}$',
    'x-expected': 'an ISO 4217 currency code of three capital letters',
  });
}

/** A whole number of things. */
export function count(
  field: About<number> & {
    /** Default: 0. */
    readonly minimum?: number;
    readonly maximum: number;
  },
): TInteger {
  return Type.Integer({
    ...about(field),
    minimum: field.minimum ?? 0,
    maximum: field.maximum,
  });
}

/** Yes or no. */
export function flag(field: About<boolean>): TBoolean {
  return Type.Boolean(about(field));
}

/** One of a closed set of words. Adding a word later breaks old readers: a new major version. */
export function choice<const Word extends string>(
  values: readonly [Word, Word, ...Word[]],
  field: Pick<About<string>, 'description'> & Marks,
): TUnion<TLiteral<Word>[]> {
  return Type.Union(
    values.map((value) => Type.Literal(value)),
    { description: field.description, ...marks(field), examples: [values[0]] },
  );
}

/**
 * One of a set of words that may grow in a minor version. A writer sends one of these words, a
 * reader takes any string of the length, because a newer writer may know more of them: handlers get
 * `'a' | 'b' | (string & {})` and need a branch for the rest.
 *
 * In JSON Schema: the reader's schema is a plain bounded string that carries the words as the
 * annotation `x-open-enum`; the writer's ({@link writerSchema}) has them as a closed `enum`, without
 * annotation and bounds. So every validator of JSON Schema decides both as ours does, and a diff
 * sees from the reader's schema alone what writers send. Adding a word is minor; removing one
 * breaks callers, not data.
 */
export function openChoice<const Word extends string>(
  values: readonly [Word, ...Word[]],
  field: Pick<About<string>, 'description'> &
    Marks & {
      /** Room for the words of newer writers, in Unicode code points. No default. */
      readonly maxLength: number;
    },
): TString {
  return Type.String({
    description: field.description,
    ...marks(field),
    examples: [values[0]],
    maxLength: field.maxLength,
    'x-open-enum': [...values],
  });
}

/** Exactly this word. */
export function constant<const Word extends string>(
  value: Word,
  field: Pick<About<string>, 'description'> & Lintable & Deprecatable,
): TLiteral<Word> {
  return Type.Literal(value, {
    description: field.description,
    ...marks(field),
    examples: [value],
  });
}

/** Some fields that belong together. `title` becomes the name of the TypeScript interface. */
export function record<Fields extends Readonly<Record<string, TSchema>>>(
  fields: Fields,
  named: { readonly title: string; readonly description: string } & Lintable & Deprecatable,
): TObject<Fields> {
  const { title, description } = named;
  return Type.Object({ ...fields }, { title, description, ...marks(named) });
}

/** A bounded list of values of one kind. */
export function list<Item extends TSchema>(
  item: Item,
  field: Pick<About<unknown>, 'description'> &
    Lintable &
    Deprecatable & {
      /** Default: 0. */
      readonly minItems?: number;
      /** No default: a list without an end has no place in an event. */
      readonly maxItems: number;
    },
): TArray<Item> {
  return Type.Array(item, {
    description: field.description,
    ...marks(field),
    ...(field.minItems === undefined ? {} : { minItems: field.minItems }),
    maxItems: field.maxItems,
  });
}

/** A field that may be absent. */
export function optional<Field extends TSchema>(field: Field): TOptionalWithFlag<Field, true> {
  return Type.Optional(field);
}

function about(field: About<unknown>): Record<string, unknown> {
  return {
    description: field.description,
    ...(field.unit === undefined ? {} : { 'x-unit': field.unit }),
    ...marks(field),
    examples: [...field.examples],
  };
}
