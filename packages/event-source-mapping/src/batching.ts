import type { KinesisRecord } from './kinesis-record.ts';

/** A record that was read and is not settled yet. */
export interface BufferedRecord {
  readonly record: KinesisRecord;
  /** What it adds to the payload of an invocation. */
  readonly payloadBytes: number;
  readonly bufferedAtMs: number;
  /** The record read just before it in its shard, or `undefined` at the start: the checkpoint while this one is unsettled. */
  readonly previous: string | undefined;
}

/** Records of one lane that wait for a batch, oldest first. */
export interface RecordQueue {
  readonly length: number;
  readonly payloadBytes: number;
  readonly first: BufferedRecord | undefined;
  push(record: BufferedRecord): void;
  /** Removes and returns the oldest `count`. */
  take(count: number): readonly BufferedRecord[];
  /** How many of the oldest fit into one batch: 1 at least, even if that one is too large. */
  fitting(limits: BatchLimits): number;
}

/** What closes a batch. */
export interface BatchLimits {
  readonly batchSize: number;
  /** For the records alone, the envelope taken off. */
  readonly payloadBytes: number;
}

export function createRecordQueue(): RecordQueue {
  let records: BufferedRecord[] = [];
  let head = 0;
  let payloadBytes = 0;

  return {
    get length() {
      return records.length - head;
    },
    get payloadBytes() {
      return payloadBytes;
    },
    get first() {
      return records[head];
    },
    push(record) {
      records.push(record);
      payloadBytes += record.payloadBytes;
    },
    take(count) {
      const taken = records.slice(head, head + count);
      head += taken.length;
      for (const record of taken) payloadBytes -= record.payloadBytes;
      // Forget what was taken once it is the larger half, so that a take costs O(1) a record.
      if (head * 2 >= records.length) {
        records = records.slice(head);
        head = 0;
      }
      return taken;
    },
    fitting(limits) {
      let bytes = 0;
      let count = 0;
      while (count < limits.batchSize) {
        const next = records[head + count];
        if (next === undefined) break;
        bytes += next.payloadBytes;
        if (bytes > limits.payloadBytes && count > 0) break;
        count += 1;
      }
      return count;
    },
  };
}

/**
 * When the waiting records become a batch: at once when they fill one, else when the window has
 * passed since the oldest of them was read.
 * @returns ms since the epoch; `-Infinity` for at once, `Infinity` when nothing waits.
 */
export function batchDueAtMs(queue: RecordQueue, limits: BatchLimits, windowMs: number): number {
  if (queue.first === undefined) return Infinity;
  const full = queue.length >= limits.batchSize || queue.payloadBytes >= limits.payloadBytes;
  return full || windowMs === 0 ? -Infinity : queue.first.bufferedAtMs + windowMs;
}
