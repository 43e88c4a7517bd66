import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../test/arbitraries.ts';
import { formatHashKey, hashKeyOf, parseHashKey } from './hash-key.ts';

const point = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });

test('a partition key lies at the MD5 of its UTF-8 bytes', () => {
  fc.assert(
    fc.property(anyText, (key) => {
      const digest = createHash('md5').update(Buffer.from(key)).digest('hex');
      expect(formatHashKey(hashKeyOf(key))).toBe(BigInt(`0x${digest}`).toString());
    }),
  );
});

test('hash keys compare like their numbers, and survive the decimal digits of the API', () => {
  fc.assert(
    fc.property(point, point, (one, two) => {
      const [a = '', b = ''] = [one, two].map((value) => parseHashKey(value.toString()));
      expect(a < b).toBe(one < two);
      expect(formatHashKey(a)).toBe(one.toString());
      expect(a).toHaveLength(32);
    }),
  );
});

test('knows the ends of the space, and what is no hash key', () => {
  const last = '340282366920938463463374607431768211455';
  expect(parseHashKey('0')).toBe('0'.repeat(32));
  expect(parseHashKey(last)).toBe('f'.repeat(32));
  const none = ['', '-1', '01', '1e3', 'abc', '340282366920938463463374607431768211456'];
  expect(none.map(parseHashKey)).toEqual(none.map(() => undefined));
});
