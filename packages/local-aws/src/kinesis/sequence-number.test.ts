import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatSequenceNumber, parseSequenceNumber, sequenceOrigin } from './sequence-number.ts';

const second = fc.integer({ min: 0, max: 4_000_000_000 });
const shardIndex = fc.nat(100_000);
const counter = fc.nat();

test('a sequence number has 56 digits and tells what it was made of', () => {
  fc.assert(
    fc.property(second, shardIndex, counter, second, (created, index, count, written) => {
      const text = formatSequenceNumber(sequenceOrigin(created, index), count, written);
      expect(text).toMatch(/^\d{56}$/);
      expect(parseSequenceNumber(text)).toEqual({
        createdAtSecond: created,
        shardIndex: index,
        counter: count,
      });
    }),
  );
});

test('a later record has a higher number, and so has a shard of a later second', () => {
  fc.assert(
    fc.property(second, shardIndex, shardIndex, counter, counter, second, (at, a, b, m, n, now) => {
      const origin = sequenceOrigin(at, a);
      const number = BigInt(formatSequenceNumber(origin, m, now));
      expect(BigInt(formatSequenceNumber(origin, m + 1, now))).toBeGreaterThan(number);
      const child = sequenceOrigin(at + 1, b);
      expect(BigInt(formatSequenceNumber(child, n, 0))).toBeGreaterThan(number);
    }),
  );
});

test.each(['', '0', 'abc', '1'.repeat(56), '9'.repeat(56), '4'.repeat(55)])(
  '%j is no sequence number',
  (text) => {
    expect(parseSequenceNumber(text)).toBeUndefined();
  },
);

test('the numbers are those of the layout that AWS uses', () => {
  // A number recorded from AWS, in https://github.com/mhart/kinesalite/pull/87
  expect(
    parseSequenceNumber('49594189147623985939251953501666965394405037144469929986'),
  ).toMatchObject({ shardIndex: 0 });
});
