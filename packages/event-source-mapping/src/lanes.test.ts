import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { laneOf } from './lanes.ts';

const keys = Array.from({ length: 2_000 }, (_, i) => `user-${i}`);

// That records of one key stay in order whatever the ParallelizationFactor is documented:
// https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html. How lanes are cut is not: these are
// laws of ours.
test('law: the keys of one shard spread over all lanes alike', () => {
  // The lower half of the hash range: one of two shards.
  const ofShard = keys.filter((key) => hash('md5', key, 'hex') < '8');
  const counts = Map.groupBy(ofShard, (key) => laneOf(key, 4));
  expect(counts.size).toBe(4);
  for (const { length } of counts.values()) {
    expect(length / ofShard.length).toBeGreaterThan(0.2);
    expect(length / ofShard.length).toBeLessThan(0.3);
  }
});

test('law: lanes are ranges: with more of them a range is only cut, never mixed', () => {
  for (const key of keys) expect(Math.floor(laneOf(key, 10) / 2)).toBe(laneOf(key, 5));
});

test('law: one lane takes everything', () => {
  expect(new Set(keys.map((key) => laneOf(key, 1)))).toEqual(new Set([0]));
});
