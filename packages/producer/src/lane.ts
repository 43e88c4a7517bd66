import type { ShardQueue } from './shard-queue.ts';
import type { WaitingLine } from './waiting-line.ts';

/** One event in the buffer. */
export class Entry<T> {
  readonly value: T;
  readonly lane: Lane<T>;
  /** Of data and partition key, and what a record adds to them. */
  readonly bytes: number;
  readonly addedAtMs: number;
  /** Place in the order of adding, from 1. */
  readonly ordinal: number;
  /** How many batches have carried it. */
  attempts = 0;
  /** Must travel in a batch of its own: the batch it was in was refused as a whole. */
  alone = false;

  // Owned by the buffer.
  place: 'waiting' | 'lane' | 'open' | 'gone' = 'waiting';
  behind: Entry<T> | undefined;
  older: Entry<T> | undefined;
  newer: Entry<T> | undefined;

  constructor(value: T, lane: Lane<T>, bytes: number, addedAtMs: number, ordinal: number) {
    this.value = value;
    this.lane = lane;
    this.bytes = bytes;
    this.addedAtMs = addedAtMs;
    this.ordinal = ordinal;
  }

  get partitionKey(): string {
    return this.lane.key;
  }
}

/** The queue of one partition key. Only a run from its head may travel, in one record. */
export class Lane<T> {
  readonly key: string;
  head: Entry<T> | undefined;
  tail: Entry<T> | undefined;
  records = 0;
  bytes = 0;
  state: 'idle' | 'ready' | 'open' | 'held' = 'idle';
  /** How many from the head are in an open batch. */
  open = 0;
  /** The latest time that one of them, having failed, was told to wait for. */
  heldUntilMs = Number.NEGATIVE_INFINITY;
  /** The shard that the key belongs to, as far as that is known, and its bucket there. */
  queue: ShardQueue<T> | undefined;
  bucket = 0;
  /** Where later events of the key wait for room, and how many do: nobody overtakes them. */
  line: WaitingLine<T> | undefined;
  waiting = 0;

  constructor(key: string) {
    this.key = key;
  }

  push(entry: Entry<T>): void {
    entry.place = 'lane';
    if (this.tail === undefined) this.head = entry;
    else this.tail.behind = entry;
    this.tail = entry;
    this.#count(1, entry.bytes);
  }

  /** Takes out the head, or, where everything before it is open, the entry behind that. */
  remove(entry: Entry<T>): void {
    if (this.head === entry) {
      this.head = entry.behind;
      if (this.head === undefined) this.tail = undefined;
    } else {
      let before = this.head;
      while (before !== undefined && before.behind !== entry) before = before.behind;
      if (before === undefined) throw new Error('an entry was removed from a lane of others');
      before.behind = entry.behind;
      if (this.tail === entry) this.tail = before;
    }
    entry.behind = undefined;
    entry.place = 'gone';
    this.#count(-1, -entry.bytes);
  }

  #count(records: number, bytes: number): void {
    this.records += records;
    this.bytes += bytes;
    const { queue } = this;
    if (queue === undefined) return;
    queue.heldRecords += records;
    queue.heldBytes += bytes;
  }
}
