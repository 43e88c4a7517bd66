import type { Entry } from './lane.ts';
import type { Lanes } from './lanes.ts';
import { Outgoing } from './outgoing.ts';
import type { ShardQueue, Worth } from './shard-queue.ts';

/** The limits of a {@link Batcher}; see the options of the same names. */
export interface BatchLimits {
  readonly maxBatchRecords: number;
  readonly maxRequestBytes: number;
  /** Bytes of events in one record; 0: one event a record. */
  readonly maxAggregateBytes: number;
}

/**
 * Makes batches of what is ready. Shards take turns, and in a shard the ready lanes, so neither a
 * busy key nor a throttled shard starves the others.
 */
export class Batcher<T> {
  readonly #limits: BatchLimits;
  readonly #lanes: Lanes<T>;

  constructor(limits: BatchLimits, lanes: Lanes<T>) {
    this.#limits = limits;
    this.#lanes = lanes;
  }

  /** Whether what is ready fills a batch, so that there is nothing to linger for. */
  get isFull(): boolean {
    return this.#isFull(this.#lanes.readyRecords, this.#lanes.readyBytes);
  }

  /** When the next batch should be taken. Infinity: there is nothing to take. */
  sendAtMs(nowMs: number, lingerMs: number): number {
    if (this.#lanes.readyRecords === 0) return Number.POSITIVE_INFINITY;
    const { queues } = this.#lanes;
    queues.routeAll();
    let records = 0;
    let bytes = 0;
    let dueAtMs = Number.POSITIVE_INFINITY;
    for (const queue of queues.all) {
      if (queue.readyRecords === 0) continue;
      const freeAtMs = queue.pacer.nextAtMs(nowMs);
      dueAtMs = Math.min(dueAtMs, Math.max(freeAtMs, queue.oldestAtMs + lingerMs));
      if (freeAtMs > nowMs) continue;
      records += queue.readyRecords;
      bytes += queue.bytesInBuckets(this.#limits.maxAggregateBytes);
    }
    return this.#isFull(records, bytes) ? nowMs : dueAtMs;
  }

  /**
   * The next batch; its events are open. Of aggregates, the full ones are taken; and once an event
   * of the shard has lingered long enough, those that are half as old, too, for few requests. The
   * others may still grow.
   */
  take(nowMs: number, lingerMs: number): Outgoing<T>[] {
    const batch: Outgoing<T>[] = [];
    let bytes = 0;
    const { queues } = this.#lanes;
    queues.routeAll();
    const { maxAggregateBytes } = this.#limits;
    const worthOf = (queue: ShardQueue<T>): Worth => ({
      readyBytes: maxAggregateBytes,
      addedAtMs:
        queue.oldestAtMs + lingerMs <= nowMs ? nowMs - lingerMs / 2 : Number.NEGATIVE_INFINITY,
    });
    while (batch.length < this.#limits.maxBatchRecords) {
      const next = queues.next(nowMs, worthOf);
      if (next === undefined) break;
      const { queue, bucket } = next;
      const isFirst = batch.length === 0;
      if (!isFirst && (queue.peek(bucket)?.head?.alone === true || isAlone(batch))) break;
      const room = this.#limits.maxRequestBytes - bytes;
      const record = this.#fill(queue, bucket, room, isFirst);
      if (record === undefined) break;
      queue.pacer.spend(record.bytes);
      bytes += record.bytes;
      batch.push(record);
    }
    queues.updateOldest();
    return batch;
  }

  /** The next record of a bucket; undefined if even its first event is too large for the room. */
  #fill(
    queue: ShardQueue<T>,
    bucket: number,
    roomBytes: number,
    isFirst: boolean,
  ): Outgoing<T> | undefined {
    const { maxAggregateBytes } = this.#limits;
    const first = queue.peek(bucket)?.head;
    if (first === undefined || (!isFirst && first.bytes > roomBytes)) return undefined;
    const record = new Outgoing(queue, bucket, first);
    this.#lanes.openLane(queue, bucket, first.lane);
    this.#lanes.open(first);
    if (maxAggregateBytes === 0 || first.alone) return record;
    const room = Math.min(maxAggregateBytes, roomBytes);
    const fits = (entry: Entry<T>): boolean => record.bytes + entry.bytes <= room && !entry.alone;
    const addRun = (head: Entry<T> | undefined): void => {
      for (let entry = head; entry !== undefined && fits(entry); entry = entry.behind) {
        this.#lanes.open(entry);
        record.add(entry);
      }
    };
    addRun(first.behind);
    let lane = queue.peek(bucket);
    while (lane?.head !== undefined && fits(lane.head)) {
      this.#lanes.openLane(queue, bucket, lane);
      addRun(lane.head);
      lane = queue.peek(bucket);
    }
    return record;
  }

  #isFull(records: number, bytes: number): boolean {
    const { maxAggregateBytes, maxBatchRecords, maxRequestBytes } = this.#limits;
    return (maxAggregateBytes === 0 && records >= maxBatchRecords) || bytes >= maxRequestBytes;
  }
}

function isAlone<T>([record]: readonly Outgoing<T>[]): boolean {
  return record?.entries[0]?.alone === true;
}
