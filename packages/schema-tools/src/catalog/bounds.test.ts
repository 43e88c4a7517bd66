import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundsOf, count } from './bounds.ts';

test.each([
  [{ type: 'string', minLength: 1, maxLength: 8192 }, 'string', '1 to 8,192 characters'],
  [{ type: 'string', maxLength: 9, 'x-expected': 'a word' }, 'string', 'a word'],
  [
    { type: 'string', format: 'uri', maxLength: 99, 'x-expected': 'an address' },
    'URL',
    'an address, up to 99 characters',
  ],
  [{ type: 'string', format: 'date-time', maxLength: 24 }, 'timestamp', ''],
  [
    { type: 'integer', minimum: 0, maximum: 1e6, 'x-unit': 'ms' },
    'whole number',
    '0 to 1,000,000 ms',
  ],
  [
    { type: 'number', exclusiveMinimum: -2, exclusiveMaximum: 3, multipleOf: 0.01 },
    'decimal number',
    'more than -2; less than 3; at most 2 decimals',
  ],
  [{ type: 'number', multipleOf: 1e-9 }, 'decimal number', 'at most 9 decimals'],
  [{ type: 'array', minItems: 1, items: {} }, 'list', 'at least 1 entries'],
  [{ type: 'boolean' }, 'boolean', ''],
  [{}, 'anything', ''],
])('%j is a %s: %s', (schema, kind, limits) => {
  const bounds = boundsOf(schema);
  expect([bounds.kind, bounds.limits.join('; ')]).toEqual([kind, limits]);
});

test('listed values, and whether there may be others', () => {
  expect(boundsOf({ type: 'string', enum: ['a', 'b'] })).toMatchObject({
    kind: 'one of',
    values: ['a', 'b'],
    open: false,
  });
  expect(boundsOf({ enum: [1, null] })).toMatchObject({ values: ['1', 'null'] });
  expect(boundsOf({ const: 'x', type: 'string' })).toMatchObject({ kind: 'always', values: ['x'] });
  expect(boundsOf({ type: 'string', 'x-open-enum': ['a'], maxLength: 9 })).toMatchObject({
    kind: 'one of',
    values: ['a'],
    open: true,
  });
});

test('the example lies within the stretch, and the stretch within the scale', () => {
  const number = fc.double({ min: -1e12, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(fc.tuple(number, number, number), (numbers) => {
      const [minimum = 0, example = 0, maximum = 0] = numbers.toSorted((a, b) => a - b);
      const { scale } = boundsOf({ type: 'number', minimum, maximum, examples: [example] });
      const places = [0, scale?.from, scale?.example, scale?.to, 1];
      expect(places.toSorted((a, b) => Number(a) - Number(b))).toEqual(places);
    }),
  );
});

test.each([
  [0, '0'],
  [999, '999'],
  [1e11, '100,000,000,000'],
  [-1234.5678, '-1,234.5678'],
  [1e-9, '0.000000001'],
])('%d is written %s', (value, text) => expect(count(value)).toBe(text));
