import { expect, test } from 'vitest';
import { readSchema } from '../read-schema.ts';
import { expectedOf } from './expected.ts';

test.each([
  [{ type: 'string', minLength: 3, maxLength: 3 }, 'a string of 3 characters'],
  [{ type: 'string', minLength: 1 }, 'a string of at least 1 character'],
  [{ type: 'string', maxLength: 9, 'x-expected': 'a word' }, 'a word'],
  [
    { type: 'string', format: 'uri', pattern: '^a/' },
    'a string of the format uri that matches ^a\\/',
  ],
  [{ type: 'integer', minimum: 1, multipleOf: 5 }, 'a whole number at least 1, a multiple of 5'],
  [{ type: 'number', exclusiveMinimum: 0, maximum: 1 }, 'a finite number at most 1 and above 0'],
  [
    { type: 'number', minimum: 0, maximum: 1, multipleOf: 0.01 },
    'a finite number from 0 to 1 with at most 2 decimals',
  ],
  [
    { type: 'array', items: { type: 'null' }, minItems: 1, maxItems: 2 },
    'an array of 1 to 2 items',
  ],
  [{ enum: ['a', 1, null] }, 'one of "a", 1, null'],
  [{ const: 'a' }, '"a"'],
  [{ type: 'boolean' }, 'true or false'],
  [{ type: 'null' }, 'null'],
  [{ type: 'object' }, 'an object'],
])('%j is called %s', (schema, expected) => {
  expect(expectedOf(readSchema(schema, 'a test'))).toBe(expected);
});
