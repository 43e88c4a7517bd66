import { HeldLanes } from './held-lanes.ts';
import { type Entry, Lane } from './lane.ts';
import type { Router } from './router.ts';
import type { ShardQueue } from './shard-queue.ts';
import { ShardQueues } from './shard-queues.ts';

/** Lanes without events are kept, up to so many, so that busy keys are not routed again and again. */
const MAX_IDLE_LANES = 20_000;

/**
 * The lanes of all keys, each with what may become of it now: ready, its head may travel; open, some
 * of it travels and the rest waits; held, its head failed and waits for its time. So the events of a
 * key stay in order.
 */
export class Lanes<T> {
  /** The ready ones, by shard. */
  readonly queues = new ShardQueues<T>();
  readonly #byKey = new Map<string, Lane<T>>();
  readonly #held = new HeldLanes<T>();
  #readyRecords = 0;
  #readyBytes = 0;
  #openRecords = 0;

  /** At the heads of the ready lanes. */
  get readyRecords(): number {
    return this.#readyRecords;
  }

  get readyBytes(): number {
    return this.#readyBytes;
  }

  get openRecords(): number {
    return this.#openRecords;
  }

  /** When the next lane that is held may try again. Infinity: none is held. */
  get wakeAtMs(): number {
    return this.#held.wakeAtMs;
  }

  /** The one with the most events. */
  get longest(): Lane<T> | undefined {
    let longest: Lane<T> | undefined;
    for (const lane of this.#byKey.values()) {
      if (lane.records > (longest?.records ?? 0)) longest = lane;
    }
    return longest;
  }

  of(key: string): Lane<T> {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const lane = new Lane<T>(key);
    this.#byKey.set(key, lane);
    return lane;
  }

  /** Lets go of a lane without events, if there are many lanes. */
  forget(lane: Lane<T>): void {
    if (lane.records > 0 || lane.waiting > 0 || this.#byKey.size <= MAX_IDLE_LANES) return;
    if (this.#byKey.get(lane.key) === lane) this.#byKey.delete(lane.key);
  }

  /** Adds an event behind its key's others. */
  push(entry: Entry<T>): void {
    const { lane } = entry;
    lane.push(entry);
    if (lane.state === 'idle') this.#makeReady(lane);
  }

  /** Takes out the next lane of a bucket: it is open, once its head is. */
  openLane(queue: ShardQueue<T>, bucket: number, lane: Lane<T>): void {
    queue.shift(bucket);
    this.#readyRecords -= 1;
    this.#readyBytes -= lane.head?.bytes ?? 0;
    lane.state = 'open';
  }

  /** An event of an open lane goes into a batch. */
  open(entry: Entry<T>): void {
    entry.place = 'open';
    entry.attempts += 1;
    entry.lane.open += 1;
    this.#openRecords += 1;
  }

  /** An open event is settled for good. */
  settle(entry: Entry<T>): void {
    this.#close(entry);
    entry.lane.remove(entry);
    this.#reopen(entry.lane);
  }

  /** An open event has failed: it stays at the head, and its key waits until the given time. */
  hold(entry: Entry<T>, untilMs: number): void {
    this.#close(entry);
    const { lane } = entry;
    entry.place = 'lane';
    lane.heldUntilMs = Math.max(lane.heldUntilMs, untilMs);
    this.#reopen(lane);
  }

  /** Makes the held lanes ready whose time has come. */
  wake(nowMs: number): void {
    for (const lane of this.#held.wake(nowMs)) {
      lane.state = 'idle';
      this.#makeReady(lane);
    }
  }

  /** Takes out an event that is not open. */
  evict(entry: Entry<T>): void {
    const { lane } = entry;
    const wasReady = lane.state === 'ready' && lane.head === entry;
    lane.remove(entry);
    if (wasReady) {
      const records = lane.head === undefined ? -1 : 0;
      const bytes = (lane.head?.bytes ?? 0) - entry.bytes;
      if (lane.head === undefined) lane.state = 'idle';
      this.#readyRecords += records;
      this.#readyBytes += bytes;
      lane.queue?.lostHead(lane, records, bytes);
    }
    this.forget(lane);
  }

  /** From now on keys belong to the shards that this router says. */
  reroute(router: Router): void {
    this.queues.reroute(router, this.#byKey.values());
  }

  /** Takes out everything, each key's in order. */
  drain(): Entry<T>[] {
    const drained: Entry<T>[] = [];
    for (const lane of this.#byKey.values()) {
      for (let entry = lane.head; entry !== undefined; entry = entry.behind) drained.push(entry);
      lane.head = undefined;
      lane.state = 'idle';
    }
    this.#byKey.clear();
    this.#held.clear();
    this.queues.clear();
    this.#readyRecords = 0;
    this.#readyBytes = 0;
    this.#openRecords = 0;
    return drained;
  }

  #makeReady(lane: Lane<T>): void {
    if (lane.head === undefined) return;
    lane.state = 'ready';
    this.queues.push(lane);
    this.#readyRecords += 1;
    this.#readyBytes += lane.head.bytes;
  }

  #close(entry: Entry<T>): void {
    if (entry.place !== 'open')
      throw new Error('an event was settled that is not in an open batch');
    entry.lane.open -= 1;
    this.#openRecords -= 1;
  }

  /** Once nothing of a lane is open any more, it goes on. */
  #reopen(lane: Lane<T>): void {
    if (lane.open > 0) return;
    const untilMs = lane.heldUntilMs;
    lane.heldUntilMs = Number.NEGATIVE_INFINITY;
    lane.state = 'idle';
    if (lane.head === undefined) {
      this.forget(lane);
    } else if (untilMs === Number.NEGATIVE_INFINITY) {
      this.#makeReady(lane);
    } else {
      lane.state = 'held';
      this.#held.push(lane, untilMs);
    }
  }
}
