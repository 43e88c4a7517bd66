import { createShards } from '../sink/shards.ts';
import type { WorkEvent } from '../workload.ts';

export interface Delivered {
  readonly work: readonly WorkEvent[];
  readonly shards: number;
  /** By number of the event, in milliseconds since the epoch. */
  readonly trackedAtMs: readonly number[];
  /** 0: never. */
  readonly takenAtMs: readonly number[];
}

/**
 * From the call to the moment at which the stream took the event, for the 99th of a hundred events:
 * of those that are not on the first shard, the one that may be hot. An event that was never taken
 * counts as infinitely late.
 */
export function otherShardsP99Ms({ work, shards, trackedAtMs, takenAtMs }: Delivered): number {
  const stream = createShards(shards);
  const latencies = trackedAtMs.flatMap((trackedMs, number) => {
    const event = work[number];
    if (event === undefined || stream.of(event.userId, undefined).start === 0n) return [];
    const takenMs = takenAtMs[number] ?? 0;
    return [takenMs === 0 ? Infinity : takenMs - trackedMs];
  });
  const sorted = latencies.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? NaN;
}
