import { Fifo } from './fifo.ts';
import type { Lane } from './lane.ts';
import type { OpenShard } from './router.ts';
import { ShardPacer } from './shard-pacer.ts';

/** Ready lanes whose events may share a record. */
class Bucket<T> {
  /** May hold lanes that expiry has emptied; they are skipped. */
  readonly lanes = new Fifo<Lane<T>>();
  /** At the heads of the ready lanes. */
  readyBytes = 0;
  /** When the oldest of those was added. Infinity: there is none. */
  oldestAtMs = Number.POSITIVE_INFINITY;
}

/** Which buckets are worth a record now: those with so much, and those that wait for so long. */
export interface Worth {
  readonly readyBytes: number;
  readonly addedAtMs: number;
}

/** The lanes of one shard that are ready to travel, by bucket. */
export class ShardQueue<T> {
  /** Undefined: which shards there are is not known, and this stands for all of them. */
  readonly shard: OpenShard | undefined;
  readonly pacer: ShardPacer;
  /** Of every lane of the shard, ready or not. */
  heldRecords = 0;
  heldBytes = 0;
  /** At the heads of the ready lanes. */
  readyRecords = 0;
  readyBytes = 0;
  /** When the oldest of those was added. Infinity: there is none. */
  oldestAtMs = Number.POSITIVE_INFINITY;
  readonly #buckets: readonly Bucket<T>[];
  #turn = 0;

  constructor(shard: OpenShard | undefined, buckets: number, pacer = new ShardPacer()) {
    this.shard = shard;
    this.pacer = pacer;
    this.#buckets = Array.from({ length: buckets }, () => new Bucket<T>());
  }

  push(lane: Lane<T>): void {
    const { head } = lane;
    if (head === undefined) return;
    const bucket = this.#buckets[lane.bucket];
    if (bucket === undefined) return;
    bucket.lanes.push(lane);
    this.count(lane, 1, head.bytes);
    bucket.oldestAtMs = Math.min(bucket.oldestAtMs, head.addedAtMs);
    this.oldestAtMs = Math.min(this.oldestAtMs, bucket.oldestAtMs);
  }

  /** The head of a ready lane has come, gone or changed. */
  count({ bucket: index }: Lane<T>, records: number, bytes: number): void {
    this.readyRecords += records;
    this.readyBytes += bytes;
    const bucket = this.#buckets[index];
    if (bucket !== undefined) bucket.readyBytes += bytes;
  }

  /** The head of a ready lane has gone, with the lane or without. */
  lostHead(lane: Lane<T>, records: number, bytes: number): void {
    this.count(lane, records, bytes);
    this.updateOldest();
  }

  /** What the buckets have ready that have at least so much. */
  bytesInBuckets(leastBytes: number): number {
    if (leastBytes === 0) return this.readyBytes;
    let bytes = 0;
    for (const { readyBytes } of this.#buckets) if (readyBytes >= leastBytes) bytes += readyBytes;
    return bytes;
  }

  /** The next lane of a bucket. */
  peek(index: number): Lane<T> | undefined {
    const lanes = this.#buckets[index]?.lanes;
    let lane = lanes?.peek();
    while (lane !== undefined && lane.state !== 'ready') {
      lanes?.shift();
      lane = lanes?.peek();
    }
    return lane;
  }

  /** Takes that lane out. */
  shift(index: number): void {
    const bucket = this.#buckets[index];
    const lane = bucket?.lanes.shift();
    if (lane?.head !== undefined) this.count(lane, -1, -lane.head.bytes);
    if (bucket !== undefined) bucket.oldestAtMs = this.#oldestOf(index);
  }

  /** The bucket whose turn it is among those that are worth a record. */
  nextBucket({ readyBytes, addedAtMs }: Worth): number | undefined {
    for (let step = 0; step < this.#buckets.length; step += 1) {
      const index = (this.#turn + step) % this.#buckets.length;
      const bucket = this.#buckets[index];
      if (bucket === undefined || this.peek(index) === undefined) continue;
      if (bucket.readyBytes < readyBytes && bucket.oldestAtMs > addedAtMs) continue;
      this.#turn = index + 1;
      return index;
    }
    return undefined;
  }

  /** After lanes were taken out: looks anew for the oldest. */
  updateOldest(): void {
    this.oldestAtMs = Number.POSITIVE_INFINITY;
    for (const [index, bucket] of this.#buckets.entries()) {
      bucket.oldestAtMs = this.#oldestOf(index);
      this.oldestAtMs = Math.min(this.oldestAtMs, bucket.oldestAtMs);
    }
  }

  /** Takes out all lanes; they are idle then. */
  drain(): Lane<T>[] {
    const drained: Lane<T>[] = [];
    for (const index of this.#buckets.keys()) {
      for (let lane = this.peek(index); lane !== undefined; lane = this.peek(index)) {
        this.shift(index);
        lane.state = 'idle';
        drained.push(lane);
      }
    }
    this.updateOldest();
    return drained;
  }

  #oldestOf(index: number): number {
    return this.peek(index)?.head?.addedAtMs ?? Number.POSITIVE_INFINITY;
  }
}
