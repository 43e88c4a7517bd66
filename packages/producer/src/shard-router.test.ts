import { hash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createShardRouter } from './shard-router.ts';
import type { ShardRange } from './transport.ts';

const MAX = 2n ** 128n - 1n;

/** Shards between random boundaries, in random order. */
const ranges = fc.uniqueArray(fc.bigInt({ min: 1n, max: MAX }), { maxLength: 12 }).chain((cuts) => {
  const starts = [0n, ...cuts].toSorted((a, b) => (a < b ? -1 : 1));
  const shards = starts.map(
    (start, index): ShardRange => ({
      shardId: `shardId-${index}`,
      startingHashKey: String(start),
      endingHashKey: String((starts[index + 1] ?? MAX + 1n) - 1n),
    }),
  );
  return fc.shuffledSubarray(shards, { minLength: shards.length });
});

test('predicts the one shard whose range holds the MD5 of the key, with a hash key that lies in it', () => {
  fc.assert(
    fc.property(ranges, fc.string({ unit: 'grapheme' }), (shards, key) => {
      const router = createShardRouter(shards, 7);
      const { shard, bucket } = router.route(key);
      const hashKey = BigInt(`0x${hash('md5', key, 'hex')}`);
      const holder = shards.find(
        ({ startingHashKey, endingHashKey }) =>
          BigInt(startingHashKey) <= hashKey && hashKey <= BigInt(endingHashKey),
      );
      expect(router.shards[shard]).toEqual({
        shardId: holder?.shardId,
        hashKey: holder?.startingHashKey,
      });
      for (const { shardId } of shards) {
        expect(router.holds(shardId, key)).toBe(shardId === holder?.shardId);
      }
      expect(router.holds('shardId-unknown', key)).toBe(false);
      // The bucket of a user does not depend on the shards.
      expect(bucket).toBe(createShardRouter(shards.slice(0, 1), 7).route(key).bucket);
    }),
  );
});

test('the keys of one shard are spread over its buckets', () => {
  const shards = [
    { shardId: 'a', startingHashKey: '0', endingHashKey: String(MAX / 2n) },
    { shardId: 'b', startingHashKey: String(MAX / 2n + 1n), endingHashKey: String(MAX) },
  ];
  const router = createShardRouter(shards, 20);
  const counts = new Map<string, number>();
  for (let index = 0; index < 20_000; index += 1) {
    const { shard, bucket } = router.route(`user-${index}`);
    const place = `${shard}/${bucket}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  expect(counts.size).toBe(40);
  expect(Math.min(...counts.values())).toBeGreaterThan(400);
});
