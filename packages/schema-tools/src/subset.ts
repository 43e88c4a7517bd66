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

/** What `const` and `enum` may hold. */
export type Literal = string | number | boolean | null;

/** `deprecated: true`, with what `x-deprecated` says besides. */
export interface Deprecated {
  readonly since?: string;
  readonly removeIn?: string;
  readonly use?: string;
}

/** What a schema says about itself, whatever its kind. */
export interface Annotated {
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly deprecated?: Deprecated;
  readonly 'x-unit'?: string;
  /** What values of it are called in messages, where keywords alone would not say it well. */
  readonly 'x-expected'?: string;
}
interface ConstSchema extends Annotated {
  readonly kind: 'const';
  readonly value: Literal;
}
interface EnumSchema extends Annotated {
  readonly kind: 'enum';
  readonly values: readonly Literal[];
}
export interface StringSchema extends Annotated {
  readonly kind: 'string';
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: RegExp;
  readonly format?: Format;
  /** Words that are known today; others are accepted all the same. */
  readonly openEnum?: readonly string[];
}
export interface NumberSchema extends Annotated {
  readonly kind: 'number' | 'integer';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
}
interface PlainSchema extends Annotated {
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
  readonly fields: readonly ObjectField[];
  readonly closed: boolean;
}

export interface ObjectField {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** The formats that are checked. Others are expressed as a `pattern`. */
type Format = 'date-time' | 'uri';
