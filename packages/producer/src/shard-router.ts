import { hash } from 'node:crypto';
import type { OpenShard, Route, Router } from './router.ts';
import type { ShardRange } from './transport.ts';

const HEX_DIGITS = 32;

/** The shards of a stream, each with the hash keys that belong to it. */
export interface ShardRouter extends Router {
  /** Whether the shard takes the records of this partition key. */
  holds(shardId: string, partitionKey: string): boolean;
}

/**
 * Predicts the shard of a partition key from the ranges of hash keys, as Kinesis does: by the MD5 of
 * its UTF-8 bytes. Numbers are compared as 32 hexadecimal digits, which MD5 yields as it is.
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
      start: toHex(startingHashKey),
      end: toHex(endingHashKey),
      hashKey: startingHashKey,
    }))
    .toSorted((a, b) => (a.start < b.start ? -1 : 1));
  const indexOf = (hashKey: string): number => {
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
      const hashKey = hash('md5', partitionKey, 'hex');
      return { shard: indexOf(hashKey), bucket: Number.parseInt(hashKey.slice(-8), 16) % buckets };
    },
    holds(shardId, partitionKey) {
      const hashKey = hash('md5', partitionKey, 'hex');
      const range = sorted.find((one) => one.shardId === shardId);
      return range !== undefined && range.start <= hashKey && hashKey <= range.end;
    },
  };
}

function toHex(decimal: string): string {
  return BigInt(decimal).toString(16).padStart(HEX_DIGITS, '0');
}
