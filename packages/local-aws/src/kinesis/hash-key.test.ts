import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatHashKey,
  fromHashKey,
  HASH_KEYS,
  hashPartitionKey,
  parseHashKey,
  toHashKey,
  uniformStarts,
} from './hash-key.ts';

const value = fc.bigInt({ min: 0n, max: HASH_KEYS - 1n });

test('hash keys compare as their numbers do', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(toHashKey(a) < toHashKey(b)).toBe(a < b);
      expect(fromHashKey(toHashKey(a))).toBe(a);
      expect(parseHashKey(formatHashKey(toHashKey(a)))).toBe(toHashKey(a));
    }),
  );
});

test('a partition key is hashed by MD5 of its UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (key) => {
      expect(hashPartitionKey(key)).toBe(createHash('md5').update(key, 'utf8').digest('hex'));
    }),
  );
});

test.each(['', '-1', '01', '1.5', 'ff', (2n ** 128n).toString()])('%j is no hash key', (text) => {
  expect(parseHashKey(text)).toBeUndefined();
});

test('uniform ranges start at 0 and are of equal size', () => {
  expect(uniformStarts(2).map(formatHashKey)).toEqual([
    '0',
    '170141183460469231731687303715884105728',
  ]);
});
