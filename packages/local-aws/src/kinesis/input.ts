import { KinesisError } from './kinesis-error.ts';

/** A request's body: JSON whose fields nobody has looked at yet. */
export type Input = Readonly<Record<string, unknown>>;

/** A field that AWS's request validation turned down, in the words AWS uses for it. */
export function invalidField(field: string, value: unknown, constraint: string): KinesisError {
  const shown = value === undefined ? 'null' : `'${shorten(value)}'`;
  const member = field.charAt(0).toLowerCase() + field.slice(1);
  return new KinesisError(
    'ValidationException',
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function wrongType(field: string, expected: string): KinesisError {
  return new KinesisError('SerializationException', `${field} must be ${expected}.`);
}

/** What a string must be like. */
interface StringRules {
  /** Characters. Default 1. */
  readonly min?: number;
  /** Characters. */
  readonly max: number;
  readonly pattern?: RegExp;
  /** How errors name the field, when not by its own name. */
  readonly path?: string;
}

/** A string that may be missing. `null` counts as missing, as it does on AWS. */
export function optionalString(
  input: Input,
  field: string,
  rules: StringRules,
): string | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  const { min = 1, max, pattern, path = field } = rules;
  if (typeof value !== 'string') throw wrongType(path, 'a string');
  if (value.length < min) {
    throw invalidField(path, value, `Member must have length greater than or equal to ${min}`);
  }
  if (value.length > max && Array.from(value).length > max) {
    throw invalidField(path, value, `Member must have length less than or equal to ${max}`);
  }
  if (pattern !== undefined && !pattern.test(value)) {
    const constraint = `Member must satisfy regular expression pattern: ${pattern.source}`;
    throw invalidField(path, value, constraint);
  }
  return value;
}

/** A string that must be there. */
export function requiredString(input: Input, field: string, rules: StringRules): string {
  return required(rules.path ?? field, optionalString(input, field, rules));
}

/** One of a few strings, which may be missing. */
export function optionalChoice<Choice extends string>(
  input: Input,
  field: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = optionalString(input, field, { min: 0, max: 1024 });
  if (value === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) {
    throw invalidField(field, value, `Member must satisfy enum value set: [${choices.join(', ')}]`);
  }
  return choice;
}

/** An integer within a range, which may be missing. */
export function optionalInteger(
  input: Input,
  field: string,
  rules: { min: number; max: number },
): number | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(field, 'an integer');
  if (value < rules.min) {
    throw invalidField(
      field,
      value,
      `Member must have value greater than or equal to ${rules.min}`,
    );
  }
  if (value > rules.max) {
    throw invalidField(field, value, `Member must have value less than or equal to ${rules.max}`);
  }
  return value;
}

/** A point in time, which the API speaks of in seconds; in milliseconds here. */
export function optionalTimeMs(input: Input, field: string): number | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw wrongType(field, 'a time in seconds since 1970');
  }
  return Math.round(value * 1000);
}

/** A nested object, which may be missing. */
export function optionalObject(input: Input, field: string): Input | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw wrongType(field, 'an object');
  return value;
}

/** Whether a value is an object with fields. */
export function isObject(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a list. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Turns a missing value into the error AWS gives for it. */
export function required<Value>(field: string, value: Value | undefined): Value {
  if (value === undefined) throw invalidField(field, undefined, 'Member must not be null');
  return value;
}
