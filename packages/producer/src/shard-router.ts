import { type HashKey, hashKeyOf, parseHashKey } from '@clickstream/aggregation';
import type { OpenShard, Route, Router } from './router.ts';
import type { ShardRange } from './transport.ts';

/** The shards of a stream, each with the hash keys that belong to it. */
export interface ShardRouter extends Router {
  /** Whether this is one of them. */
  has(shardId: string): boolean;
  /** Whether the shard takes the records of this partition key. */
  holds(shardId: string, partitionKey: string): boolean;
}

/**
 * Predicts the shard of a partition key from the ranges of hash keys, as Kinesis does: by the MD5 of
 * its UTF-8 bytes.
 *
 * The bucket comes from the last digits: the first ones decide the shard, so within one shard they
 * are alike.
 *
 * @param ranges of the open shards, at least one, in any order
 * @see https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html#partition-key
 */
export function createShardRouter(ranges: readonly ShardRange[], buckets: number): ShardRouter {
  const sorted = ranges
    .map(({ shardId, startingHashKey, endingHashKey }) => ({
      shardId,
      start: readHashKey(startingHashKey),
      end: readHashKey(endingHashKey),
      hashKey: startingHashKey,
    }))
    .toSorted((a, b) => (a.start < b.start ? -1 : 1));
  const indexOf = (hashKey: HashKey): number => {
    let low = 0;
    let high = sorted.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((sorted[middle]?.start ?? '') <= hashKey) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    shards: sorted.map(({ shardId, hashKey }): OpenShard => ({ shardId, hashKey })),
    buckets,
    route(partitionKey): Route {
      const hashKey = hashKeyOf(partitionKey);
      return { shard: indexOf(hashKey), bucket: Number.parseInt(hashKey.slice(-8), 16) % buckets };
    },
    has: (shardId) => sorted.some((one) => one.shardId === shardId),
    holds(shardId, partitionKey) {
      const hashKey = hashKeyOf(partitionKey);
      const range = sorted.find((one) => one.shardId === shardId);
      return range !== undefined && range.start <= hashKey && hashKey <= range.end;
    },
  };
}

function readHashKey(decimal: string): HashKey {
  const hashKey = parseHashKey(decimal);
  if (hashKey === undefined) throw new Error(`'${decimal}' is no hash key of a shard`);
  return hashKey;
}
