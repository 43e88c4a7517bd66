import { codePoints } from './checks.ts';
import type { JsonSchema } from './contract.ts';

const SHOWN_CHARACTERS = 60;

/** What a schema accepts, in words, without its fields and items. */
export function describeSchema(schema: JsonSchema): string {
  const written = schema['x-expected'];
  if (typeof written === 'string') return written;
  if ('const' in schema) return JSON.stringify(schema['const']);
  const { enum: choices } = schema;
  if (Array.isArray(choices)) return `one of ${choices.map((c) => JSON.stringify(c)).join(', ')}`;
  switch (schema['type']) {
    case 'string':
      return describeString(schema);
    case 'number':
      return `a finite number${range(schema)}${step(schema)}`;
    case 'integer':
      return `a whole number${range(schema)}${step(schema)}`;
    case 'array':
      return `an array${size(schema['minItems'], schema['maxItems'], 'item')}`;
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    default:
      return 'an object';
  }
}

function describeString(schema: JsonSchema): string {
  const { pattern, format } = schema;
  const form = typeof format === 'string' ? ` of the format ${format}` : '';
  const shape = typeof pattern === 'string' ? ` that matches ${pattern}` : '';
  return `a string${size(schema['minLength'], schema['maxLength'], 'character')}${form}${shape}`;
}

function size(min: unknown, max: unknown, unit: string): string {
  if (typeof max === 'number') {
    if (typeof min !== 'number' || min === 0) return ` of at most ${plural(max, unit)}`;
    return min === max ? ` of ${plural(max, unit)}` : ` of ${min} to ${plural(max, unit)}`;
  }
  return typeof min === 'number' && min > 0 ? ` of at least ${plural(min, unit)}` : '';
}

function range(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const closed = typeof minimum === 'number' && typeof maximum === 'number';
  const words = [
    ...(closed
      ? [`from ${minimum} to ${maximum}`]
      : [bound('at least', minimum), bound('at most', maximum)]),
    bound('above', exclusiveMinimum),
    bound('below', exclusiveMaximum),
  ].filter((word) => word !== '');
  return words.length === 0 ? '' : ` ${words.join(' and ')}`;
}

function bound(word: string, value: unknown): string {
  return typeof value === 'number' ? `${word} ${value}` : '';
}

function step(schema: JsonSchema): string {
  const { multipleOf } = schema;
  if (typeof multipleOf !== 'number') return '';
  if (multipleOf >= 1) return `, a multiple of ${multipleOf}`;
  return ` with at most ${plural(Math.round(-Math.log10(multipleOf)), 'decimal')}`;
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** What a value is, in words; never throws and never runs code of the value, except proxy traps. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return describeText(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  try {
    return Array.isArray(value) ? `an array of ${plural(value.length, 'item')}` : 'an object';
  } catch {
    return UNREADABLE;
  }
}

/** What stands for a value whose getter or proxy throws. */
export const UNREADABLE = 'a value that throws when it is read';

function describeText(value: string): string {
  const length = codePoints(value);
  if (length <= SHOWN_CHARACTERS) return JSON.stringify(value);
  // Two UTF-16 units a character at most, so this slice holds enough of them.
  const start = Array.from(value.slice(0, 2 * SHOWN_CHARACTERS))
    .slice(0, SHOWN_CHARACTERS)
    .join('');
  return `${JSON.stringify(start).slice(0, -1)}…" (${length} characters)`;
}
