import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import {
  choice,
  decimal,
  flag,
  list,
  openChoice,
  optional,
  record,
  text,
  traceparent,
} from './fields.ts';
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

// The cases of the specification: https://www.w3.org/TR/trace-context/#traceparent-header-field-values
test.each([
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', true],
  ['cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00', true],
  ['ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', false],
  ['00-00000000000000000000000000000000-00f067aa0ba902b7-01', false],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01', false],
  ['00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01', false],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more', false],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7', false],
])('a traceparent is that of W3C Trace Context: %s', (value, valid) => {
  const field = traceparent({ description: 'Where.', examples: [value], pii: 'none' });
  expect(new Ajv2020({ strict: false }).validate(toPlainSchema(field), value)).toBe(valid);
});
