import { hashKeyOf } from '@clickstream/aggregation';

export interface Shard {
  readonly id: string;
  readonly start: bigint;
  readonly end: bigint;
}

const HASH_KEYS = 1n << 128n;

/** The open shards of a stream, of equal ranges. */
export interface Shards {
  readonly open: () => readonly Shard[];
  readonly of: (partitionKey: string, explicitHashKey: string | undefined) => Shard;
  /** Splits every shard in two. */
  readonly split: () => void;
}

export function createShards(count: number): Shards {
  let next = 0;
  const divide = (parts: number): Shard[] =>
    Array.from({ length: parts }, (_, index) => ({
      id: `shardId-${String(next++).padStart(12, '0')}`,
      start: (HASH_KEYS * BigInt(index)) / BigInt(parts),
      end: (HASH_KEYS * BigInt(index + 1)) / BigInt(parts) - 1n,
    }));
  let open = divide(count);
  const known = new Map<string, Shard>();

  const at = (hashKey: bigint): Shard => {
    const shard = open[Number((hashKey * BigInt(open.length)) >> 128n)];
    if (shard === undefined) throw new RangeError(`${hashKey} is not a hash key`);
    return shard;
  };
  return {
    open: () => open,
    of(partitionKey, explicitHashKey) {
      if (explicitHashKey !== undefined) return at(BigInt(explicitHashKey));
      const before = known.get(partitionKey);
      if (before !== undefined) return before;
      const shard = at(BigInt(`0x${hashKeyOf(partitionKey)}`));
      known.set(partitionKey, shard);
      return shard;
    },
    split() {
      open = divide(open.length * 2);
      known.clear();
    },
  };
}
