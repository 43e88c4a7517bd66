import { expect, test } from 'vitest';
import { fieldAnchor, fieldTree, flatten, setBy } from './field-tree.ts';

const text = { type: 'string' };

test('fields have paths through records and lists', () => {
  const line = { type: 'object', properties: { price: text, tags: { items: { items: text } } } };
  const fields = fieldTree({
    properties: { lines: { type: 'array', items: line }, place: line },
    required: ['place'],
  });
  expect(flatten(fields).map(({ path, required }) => [path, required])).toEqual([
    ['lines[]', false],
    ['lines[].price', false],
    ['lines[].tags[][]', false],
    ['place', true],
    ['place.price', false],
    ['place.tags[][]', false],
  ]);
  expect(fieldAnchor('lines[].tags[][]')).toBe('field.lines.tags');
});

test('what the caller may and must pass tells who sets a field', () => {
  const [stamped, defaulted, given, maybe] = fieldTree({
    properties: { stamped: text, defaulted: text, given: text, maybe: text },
    required: ['stamped', 'defaulted', 'given'],
  });
  const input = {
    properties: { defaulted: text, given: text, maybe: text },
    required: ['given'],
  };
  const by = [stamped, defaulted, given, maybe].map((field) => field && setBy(field, input));
  expect(by).toEqual(['sdk', 'caller-or-sdk', 'caller', 'caller']);
});
