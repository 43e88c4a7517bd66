import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { choice, decimal, flag, list, openChoice, optional, record, text } from './fields.ts';
import { canonicalJson, toPlainSchema, writerSchema } from './json-schema.ts';

const note = text({ description: 'A note.', examples: ['hi'], maxLength: 9 });

test('a choice is an enum', () => {
  expect(toPlainSchema(choice(['asc', 'desc'], { description: 'Order.' }))).toEqual({
    description: 'Order.',
    examples: ['asc'],
    type: 'string',
    enum: ['asc', 'desc'],
  });
});

test('a record lists what is required', () => {
  const place = record(
    { note, seen: optional(flag({ description: 'Seen?', examples: [true] })) },
    { title: 'Place', description: 'Where.' },
  );
  expect(toPlainSchema(list(place, { description: 'Places.', maxItems: 3 }))).toMatchObject({
    type: 'array',
    maxItems: 3,
    items: { title: 'Place', type: 'object', required: ['note'] },
  });
});

test('a decimal has bounds and decimals of its own', () => {
  const field = { description: 'Share.', examples: [0.5], maximum: 1, decimals: 2 } as const;
  expect(decimal(field)).toMatchObject({ minimum: 0, maximum: 1, multipleOf: 0.01 });
});

test('canonical JSON does not depend on the order of keys, but on the order of lists', () => {
  expect(canonicalJson({ b: [2, { d: 1, c: 0 }], a: 1 })).toBe(
    canonicalJson({ a: 1, b: [2, { c: 0, d: 1 }] }),
  );
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test('an open choice is bounded text to a reader and an enum to a writer', () => {
  const size = openChoice(['S', 'M'], { description: 'Size.', maxLength: 3, pii: 'none' });
  const reader = toPlainSchema(
    list(record({ size, note }, { title: 'Variant', description: 'One.' }), {
      description: 'All.',
      maxItems: 2,
    }),
  );
  expect(reader).toHaveProperty('items.properties.size', {
    description: 'Size.',
    'x-pii': 'none',
    examples: ['S'],
    maxLength: 3,
    'x-open-enum': ['S', 'M'],
    type: 'string',
  });
  const writer = writerSchema(reader);
  expect(writer).toHaveProperty('items.properties.size', {
    description: 'Size.',
    'x-pii': 'none',
    examples: ['S'],
    enum: ['S', 'M'],
    type: 'string',
  });
  expect(writer).toMatchObject({ items: { additionalProperties: false } });
  expect(reader).not.toHaveProperty('items.additionalProperties');
  const accepts = (schema: object, word: string) =>
    new Ajv2020({ strict: false }).validate(schema, [{ size: word, note: 'x' }]);
  const words = ['S', 'XL', 'huge'];
  expect(words.map((word) => accepts(reader, word))).toEqual([true, true, false]);
  expect(words.map((word) => accepts(writer, word))).toEqual([true, false, false]);
});
