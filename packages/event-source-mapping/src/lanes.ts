import { hash } from 'node:crypto';

/**
 * Which of a shard's lanes (concurrent batches, `ParallelizationFactor`) a partition key belongs to.
 *
 * The same key always lands in the same lane, which keeps its order. AWS does not say which hash it
 * divides; here it is the last 32 bits of the key's MD5, cut into ranges of equal width. The first
 * bits would not do: they already decide the shard, so all keys of a shard would share a lane.
 */
export function laneOf(partitionKey: string, lanes: number): number {
  if (lanes === 1) return 0;
  const last32 = Number.parseInt(hash('md5', partitionKey, 'hex').slice(-8), 16);
  return Math.floor((last32 * lanes) / 2 ** 32);
}
