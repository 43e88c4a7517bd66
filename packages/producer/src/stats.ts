import type { ByteArena } from './byte-arena.ts';
import type { OrderedBuffer } from './ordered-buffer.ts';

/** A snapshot of the producer; the counts are since its creation. */
export interface ProducerStats {
  /** Events held in the buffer, open requests included. */
  readonly bufferedRecords: number;
  readonly bufferedBytes: number;
  /**
   * Memory that the JSON of all these events takes, outside the heap, but for what was taken over
   * from the spill directory. Events share it, so where some
   * wait long beside others that are delivered it is more than their bytes: twice as much and 4 MiB
   * at most.
   */
  readonly memoryBytes: number;
  /** Events that wait for room in the buffer. */
  readonly waitingRecords: number;
  /** The partition key with the most events in the buffer. Undefined: it is empty. */
  readonly longestQueue: { readonly partitionKey: string; readonly records: number } | undefined;
  /** Shards that have throttled and are written to more slowly since. */
  readonly throttledShards: readonly ThrottledShard[];
  readonly openRequests: number;
  /** Requests sent, whatever came of them. */
  readonly requests: number;
  /** Requests that failed as a whole. */
  readonly failedRequests: number;
  /** Records sent, as Kinesis counts them: an aggregate of many events is one. */
  readonly records: number;
  /** Times that an event was sent again. */
  readonly retries: number;
  readonly delivered: number;
  /** Events that were queued or refused and will not reach the stream. */
  readonly failed: number;
  /** Those of them that had to make room for newer ones (`whenFull: 'drop-oldest'`). */
  readonly dropped: number;
  /**
   * Valid events that were tracked although they, or fields that they set, are deprecated, by what
   * is: `{ 'page_view.title': 12 }`. Find out who sends them before the next major version does.
   */
  readonly deprecated: Readonly<Record<string, number>>;
}

/** How fast a shard is written to. */
export interface ThrottledShard {
  readonly shardId: string;
  /** Of 1,000 records or 1 MiB a second, whichever is reached first: above 0, at most 1.25. */
  readonly rate: number;
}

/** What the engine counts. */
export class Counters {
  requests = 0;
  failedRequests = 0;
  records = 0;
  retries = 0;
  delivered = 0;
  failed = 0;
  dropped = 0;
  readonly #deprecated = new Map<string, number>();

  countDeprecated(keys: readonly string[]): void {
    for (const key of keys) this.#deprecated.set(key, (this.#deprecated.get(key) ?? 0) + 1);
  }

  get deprecated(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#deprecated);
  }
}

export function statsOf<T>(
  buffer: OrderedBuffer<T>,
  { heldBytes }: ByteArena,
  openRequests: number,
  counters: Counters,
): ProducerStats {
  const { longestLane, queues } = buffer;
  return {
    bufferedRecords: buffer.records,
    bufferedBytes: buffer.bytes,
    memoryBytes: heldBytes,
    waitingRecords: buffer.waitingRecords,
    longestQueue: longestLane && { partitionKey: longestLane.key, records: longestLane.records },
    throttledShards: queues.flatMap(({ shard, pacer }) =>
      shard !== undefined && pacer.isPaced ? [{ shardId: shard.shardId, rate: pacer.rate }] : [],
    ),
    openRequests,
    requests: counters.requests,
    failedRequests: counters.failedRequests,
    records: counters.records,
    retries: counters.retries,
    delivered: counters.delivered,
    failed: counters.failed,
    dropped: counters.dropped,
    deprecated: counters.deprecated,
  };
}
