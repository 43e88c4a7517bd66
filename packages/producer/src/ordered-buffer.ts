import { AgeList } from './age-list.ts';
import { Batcher, type BatchLimits } from './batcher.ts';
import { Entry, type Lane } from './lane.ts';
import { Lanes } from './lanes.ts';
import type { Outgoing } from './outgoing.ts';
import { Room, type RoomLimits } from './room.ts';
import type { Router } from './router.ts';
import type { ShardQueue } from './shard-queue.ts';

/** The limits of an {@link OrderedBuffer}; see the options of the same names. */
export interface BufferLimits extends RoomLimits, BatchLimits {
  readonly deliveryTimeoutMs: number;
}

/**
 * Keeps events in order for each partition key while batches fail, arrive late and are retried.
 * Pure: no clock, no I/O, no timers; the caller passes the time, which must not go backwards.
 *
 * Every key has a lane. A record takes a run from the head of a lane, one event if events are not
 * aggregated; and a batch has at most one record of a lane, because PutRecords stores the records
 * of one request independently: of two records with one key the first could fail and the second
 * land. A lane with events in an open batch gives nothing until those are settled, and what failed
 * stays at the head, so its successors wait for it.
 */
export class OrderedBuffer<T> {
  readonly #deliveryTimeoutMs: number;
  readonly #lanes = new Lanes<T>();
  readonly #room: Room<T>;
  readonly #batcher: Batcher<T>;
  readonly #ages = new AgeList<T>();
  #ordinal = 0;

  constructor(limits: BufferLimits) {
    this.#deliveryTimeoutMs = limits.deliveryTimeoutMs;
    this.#room = new Room(limits, this.#lanes.queues);
    this.#batcher = new Batcher(limits, this.#lanes);
  }

  /** Bytes in the buffer, open batches included, what waits for room not. */
  get bytes(): number {
    return this.#room.bytes;
  }

  /** Events in the buffer, open batches included, what waits for room not. */
  get records(): number {
    return this.#room.records;
  }

  get waitingBytes(): number {
    return this.#room.waitingBytes;
  }

  get waitingRecords(): number {
    return this.#room.waitingRecords;
  }

  /** Events in batches that were taken and are not settled. */
  get openRecords(): number {
    return this.#lanes.openRecords;
  }

  /** Lanes that {@link take} could take from now, were no shard throttled. */
  get readyRecords(): number {
    return this.#lanes.readyRecords;
  }

  /** The ordinal of the newest event. */
  get lastOrdinal(): number {
    return this.#ordinal;
  }

  /** Whether what is ready fills a batch, so that there is nothing to linger for. */
  get batchIsFull(): boolean {
    return this.#batcher.isFull;
  }

  /** The queues, one for each shard, as far as shards are known. */
  get queues(): readonly ShardQueue<T>[] {
    return this.#lanes.queues.all;
  }

  /** The key with the most events, and how many they are. */
  get longestLane(): { readonly key: string; readonly records: number } | undefined {
    return this.#lanes.longest;
  }

  /** Whether any shard is throttled. */
  get isPaced(): boolean {
    return this.#lanes.queues.isPaced;
  }

  /** After a pacer was told something. */
  updatePace(): void {
    this.#lanes.queues.updatePace();
  }

  /**
   * When the next batch should be taken. Infinity: there is nothing to take.
   *
   * @param lingerMs how long an event may wait for company
   */
  sendAtMs(nowMs: number, lingerMs: number): number {
    return this.#batcher.sendAtMs(nowMs, lingerMs);
  }

  /** When the next lane that is held back may try again. Infinity: none is held. */
  get wakeAtMs(): number {
    return this.#lanes.wakeAtMs;
  }

  /** When the oldest event that is not open reaches its deadline. Infinity: there is none. */
  get expireAtMs(): number {
    const oldest = this.#ages.oldestClosed();
    return oldest === undefined ? Number.POSITIVE_INFINITY : this.expireAtOf(oldest);
  }

  /** The event's deadline. */
  expireAtOf({ addedAtMs }: Entry<T>): number {
    return addedAtMs + this.#deliveryTimeoutMs;
  }

  /** Whether the event's deadline has come. */
  isExpired(entry: Entry<T>, nowMs: number): boolean {
    return this.expireAtOf(entry) <= nowMs;
  }

  /** Older events are still to come: {@link add} must not let newer ones overtake them. */
  startRestoring(): void {
    this.#room.isRestoring = true;
  }

  get isRestoring(): boolean {
    return this.#room.isRestoring;
  }

  /** Adds an event that is older than those that wait. Undefined: there is no room yet. */
  restore(value: T, partitionKey: string, bytes: number, nowMs: number): Entry<T> | undefined {
    if (this.records > 0 && !this.#room.fits(bytes)) return undefined;
    const entry = this.#create(value, this.#lanes.of(partitionKey), bytes, nowMs);
    this.#enter(entry);
    return entry;
  }

  /** There are no older events any more: those that waited for them go on. */
  endRestoring(): void {
    this.#room.isRestoring = false;
    this.#admit();
  }

  /**
   * Adds an event behind its key's others, or to those that wait for room.
   *
   * @returns undefined when there is no room, not even to wait
   */
  add(value: T, partitionKey: string, bytes: number, nowMs: number): Entry<T> | undefined {
    const lane = this.#lanes.of(partitionKey);
    const place = this.#room.placeFor(lane, bytes);
    if (place === undefined) {
      this.#lanes.forget(lane);
      return undefined;
    }
    const entry = this.#create(value, lane, bytes, nowMs);
    if (place === 'inside') this.#enter(entry);
    else place.push(entry);
    return entry;
  }

  /** Takes out the event that was added last. */
  withdraw(entry: Entry<T>): void {
    this.#ages.remove(entry);
    if (entry.place === 'waiting') this.#leaveLine(entry, entry.lane.line?.pop());
    else this.#leaveLane(entry);
  }

  /** Takes out the oldest event that is not in an open batch, to make room. */
  dropOldest(): Entry<T> | undefined {
    const entry = this.#ages.oldestClosed();
    if (entry === undefined) return undefined;
    this.#evict(entry);
    this.#admit();
    return entry;
  }

  /** The next batch. Its events are open until each is settled or held. */
  take(nowMs: number, lingerMs: number): Outgoing<T>[] {
    return this.#batcher.take(nowMs, lingerMs);
  }

  /** Settles an open event for good, delivered or given up; those of one key in their order. */
  settle(entry: Entry<T>): void {
    this.#lanes.settle(entry);
    this.#ages.remove(entry);
    this.#room.vacate(entry.bytes);
    this.#admit();
  }

  /** Settles an open event as failed: its key waits until the given time, then tries again. */
  hold(entry: Entry<T>, untilMs: number): void {
    this.#lanes.hold(entry, untilMs);
    this.#ages.rewind(entry);
  }

  /** Makes the held lanes ready whose time has come. */
  wake(nowMs: number): void {
    this.#lanes.wake(nowMs);
  }

  /**
   * Takes out every event whose deadline has come, oldest first. An open event stays until it is
   * settled: ask {@link isExpired} then.
   */
  expire(nowMs: number): Entry<T>[] {
    const expired: Entry<T>[] = [];
    let entry = this.#ages.oldestClosed();
    while (entry !== undefined && this.isExpired(entry, nowMs)) {
      expired.push(entry);
      this.#evict(entry);
      entry = this.#ages.oldestClosed();
    }
    if (expired.length > 0) this.#admit();
    return expired;
  }

  /** What is held, open events included, the oldest first. */
  *values(): Generator<T> {
    for (let entry = this.#ages.oldest; entry !== undefined; entry = entry.newer) yield entry.value;
  }

  /** From now on keys belong to the shards that this router says. */
  reroute(router: Router): void {
    this.#lanes.reroute(router);
  }

  /** Takes out everything, open events included, each key's in order. Nothing is settled after. */
  drain(): Entry<T>[] {
    const drained = [...this.#lanes.drain(), ...this.#room.drain()];
    for (const entry of drained) entry.place = 'gone';
    this.#ages.clear();
    return drained;
  }

  #create(value: T, lane: Lane<T>, bytes: number, nowMs: number): Entry<T> {
    this.#ordinal += 1;
    const entry = new Entry(value, lane, bytes, nowMs, this.#ordinal);
    this.#ages.push(entry);
    return entry;
  }

  /** Takes out the oldest event that is not open, so the first of its key, or of its line. */
  #evict(entry: Entry<T>): void {
    this.#ages.remove(entry);
    if (entry.place === 'waiting') this.#leaveLine(entry, entry.lane.line?.shift());
    else this.#leaveLane(entry);
  }

  #leaveLine(entry: Entry<T>, left: Entry<T> | undefined): void {
    if (left !== entry) throw new Error('another event left the line');
    this.#lanes.forget(entry.lane);
  }

  #leaveLane(entry: Entry<T>): void {
    this.#lanes.evict(entry);
    this.#room.vacate(entry.bytes);
  }

  #enter(entry: Entry<T>): void {
    this.#room.occupy(entry.bytes);
    this.#lanes.push(entry);
  }

  /** Lets in what waits, as far as there is room. */
  #admit(): void {
    for (let entry = this.#room.admit(); entry !== undefined; entry = this.#room.admit()) {
      this.#enter(entry);
    }
  }
}
