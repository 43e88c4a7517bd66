import { expect, test } from 'vitest';
import { createShards } from '../sink/shards.ts';
import { createWorkload } from '../workload.ts';
import { otherShardsP99Ms } from './delivery-latency.ts';

const shards = 4;
const work = createWorkload({ seed: 'test', events: 2_000, users: 200 });
const trackedAtMs = work.map((_, number) => number);
const isHot = work.map(({ userId }) => createShards(shards).of(userId, undefined).start === 0n);

test('what happens on the first shard does not count', () => {
  const takenAtMs = trackedAtMs.map((ms, number) => ms + (isHot[number] ? 9_000 : 5));
  expect(otherShardsP99Ms({ work, shards, trackedAtMs, takenAtMs })).toBe(5);
});

test('an event that was never taken is infinitely late', () => {
  const takenAtMs = trackedAtMs.map((ms, number) => (isHot[number] ? ms + 5 : 0));
  expect(otherShardsP99Ms({ work, shards, trackedAtMs, takenAtMs })).toBe(Infinity);
});
