import { Fifo } from './fifo.ts';
import type { Lane } from './lane.ts';
import type { OpenShard } from './router.ts';
import { ShardPacer } from './shard-pacer.ts';

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
  /** When the oldest of those has lingered long enough. Infinity: there is none. */
  dueAtMs = Number.POSITIVE_INFINITY;
  /** May hold lanes that expiry has emptied; they are skipped. */
  readonly #buckets: Fifo<Lane<T>>[];
  #turn = 0;

  constructor(shard: OpenShard | undefined, buckets: number, pacer = new ShardPacer()) {
    this.shard = shard;
    this.pacer = pacer;
    this.#buckets = Array.from({ length: buckets }, () => new Fifo<Lane<T>>());
  }

  push(lane: Lane<T>, dueAtMs: number): void {
    this.#buckets[lane.bucket]?.push(lane);
    this.readyRecords += 1;
    this.readyBytes += lane.head?.bytes ?? 0;
    this.dueAtMs = Math.min(this.dueAtMs, dueAtMs);
  }

  /** The next lane of a bucket. */
  peek(bucket: number): Lane<T> | undefined {
    const lanes = this.#buckets[bucket];
    let lane = lanes?.peek();
    while (lane !== undefined && lane.state !== 'ready') {
      lanes?.shift();
      lane = lanes?.peek();
    }
    return lane;
  }

  /** Takes that lane out. */
  shift(bucket: number): void {
    const lane = this.#buckets[bucket]?.shift();
    this.readyRecords -= 1;
    this.readyBytes -= lane?.head?.bytes ?? 0;
  }

  /** The bucket whose turn it is. */
  nextBucket(): number | undefined {
    for (let step = 0; step < this.#buckets.length; step += 1) {
      const bucket = (this.#turn + step) % this.#buckets.length;
      if (this.peek(bucket) === undefined) continue;
      this.#turn = bucket + 1;
      return bucket;
    }
    return undefined;
  }

  /** After lanes were taken out: looks anew at when the next is due. */
  updateDue(lingerMs: number): void {
    this.dueAtMs = Number.POSITIVE_INFINITY;
    for (const bucket of this.#buckets.keys()) {
      const head = this.peek(bucket)?.head;
      if (head !== undefined) this.dueAtMs = Math.min(this.dueAtMs, head.addedAtMs + lingerMs);
    }
  }

  /** Takes out all lanes; they are idle then. */
  drain(): Lane<T>[] {
    const drained: Lane<T>[] = [];
    for (const bucket of this.#buckets.keys()) {
      for (let lane = this.peek(bucket); lane !== undefined; lane = this.peek(bucket)) {
        this.shift(bucket);
        lane.state = 'idle';
        drained.push(lane);
      }
    }
    this.dueAtMs = Number.POSITIVE_INFINITY;
    return drained;
  }
}
