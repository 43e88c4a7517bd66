import { expect, test } from 'vitest';
import { breakAt } from './fixture.ts';

const valid = { 'a/b': 1, list: [{ '~': 2 }] };

test.each([
  ['/a~1b', [3], { 'a/b': 3, list: [{ '~': 2 }] }],
  ['/list/0/~0', [null], { 'a/b': 1, list: [{ '~': null }] }],
  ['/list/0/new', [true], { 'a/b': 1, list: [{ '~': 2, new: true }] }],
  ['/a~1b', [], { list: [{ '~': 2 }] }],
  ['', [[]], []],
] as const)('%s is replaced by %j', (path, replacement, value) => {
  const before = structuredClone(valid);
  expect(breakAt(valid, 'type', path, ...replacement)).toEqual({ rule: 'type', path, value });
  expect(valid).toEqual(before);
});

test('what is not there cannot be broken', () => {
  expect(() => breakAt(valid, 'type', '/nothing/here', 1)).toThrow(
    'There is nothing at /nothing/here to break.',
  );
});
