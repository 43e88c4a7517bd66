import { AgeList } from './age-list.ts';
import { HeldLanes } from './held-lanes.ts';
import { Entry, Lane } from './lane.ts';
import { Outgoing } from './outgoing.ts';
import type { Router } from './router.ts';
import type { ShardQueue, Worth } from './shard-queue.ts';
import { ShardQueues } from './shard-queues.ts';
import { WaitingLine } from './waiting-line.ts';

/** The limits of an {@link OrderedBuffer}; see the options of the same names. */
export interface BufferLimits {
  readonly maxBufferBytes: number;
  readonly maxBufferRecords: number;
  /** What may wait for room besides; 0 turns waiting off. */
  readonly maxWaitingBytes: number;
  readonly maxWaitingRecords: number;
  readonly maxBatchRecords: number;
  readonly maxRequestBytes: number;
  /** Bytes of events in one record; 0: one event a record. */
  readonly maxAggregateBytes: number;
  readonly deliveryTimeoutMs: number;
}

/** Lanes without events are kept, up to so many, so that busy keys are not routed again and again. */
const MAX_IDLE_LANES = 20_000;

/**
 * Keeps events in order for each partition key while batches fail, arrive late and are retried.
 * Pure: no clock, no I/O, no timers; the caller passes the time, which must not go backwards.
 *
 * Every key has a lane. A record takes a run from the head of a lane, one event if events are not
 * aggregated; and a batch has at most one record of a lane, because PutRecords stores the records
 * of one request independently: of two records with one key the first could fail and the second
 * land. A lane with events in an open batch gives nothing until those are settled, and what failed
 * stays at the head, so its successors wait for it.
 *
 * Shards take turns, and in a shard the ready lanes, so neither a busy key nor a throttled shard
 * starves the others: nor can it fill the buffer, see {@link OrderedBuffer.add}.
 */
export class OrderedBuffer<T> {
  readonly #limits: BufferLimits;
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #ready: ShardQueues<T>;
  readonly #held = new HeldLanes<T>();
  readonly #ages = new AgeList<T>();
  readonly #line: WaitingLine<T>;
  /** For the events of throttled shards, so that they do not hold up those of others. */
  readonly #slowLine: WaitingLine<T>;
  #ordinal = 0;
  #bytes = 0;
  #records = 0;
  #openRecords = 0;
  #readyRecords = 0;
  #readyBytes = 0;
  #isPaced = false;
  /** Older events are still to come: {@link add} must not let newer ones overtake them. */
  isRestoring = false;

  constructor(limits: BufferLimits) {
    this.#limits = limits;
    this.#ready = new ShardQueues();
    const { maxWaitingBytes, maxWaitingRecords } = limits;
    this.#line = new WaitingLine(maxWaitingRecords, maxWaitingBytes);
    this.#slowLine = new WaitingLine(Math.ceil(maxWaitingRecords / 2), maxWaitingBytes);
  }

  /** Bytes in the buffer, open batches included, the waiting lines not. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Events in the buffer, open batches included, the waiting lines not. */
  get records(): number {
    return this.#records;
  }

  get waitingBytes(): number {
    return this.#line.bytes + this.#slowLine.bytes;
  }

  get waitingRecords(): number {
    return this.#line.records + this.#slowLine.records;
  }

  /** Events in batches that were taken and are not settled. */
  get openRecords(): number {
    return this.#openRecords;
  }

  /** Lanes that {@link take} could take from now, were no shard throttled. */
  get readyRecords(): number {
    return this.#readyRecords;
  }

  /** The ordinal of the newest event. */
  get lastOrdinal(): number {
    return this.#ordinal;
  }

  /** Whether what is ready fills a batch, so that there is nothing to linger for. */
  get batchIsFull(): boolean {
    return this.#isFull(this.#readyRecords, this.#readyBytes);
  }

  /** The queues, one for each shard, as far as shards are known. */
  get queues(): readonly ShardQueue<T>[] {
    return this.#ready.all;
  }

  /** The key with the most events, and how many they are. */
  get longestLane(): { readonly key: string; readonly records: number } | undefined {
    let longest: Lane<T> | undefined;
    for (const lane of this.#lanes.values()) {
      if (lane.records > (longest?.records ?? 0)) longest = lane;
    }
    return longest;
  }

  /**
   * When the next batch should be taken. Infinity: there is nothing to take.
   *
   * @param lingerMs how long an event may wait for company
   */
  sendAtMs(nowMs: number, lingerMs: number): number {
    if (this.#readyRecords === 0) return Number.POSITIVE_INFINITY;
    this.#ready.routeAll();
    let records = 0;
    let bytes = 0;
    let dueAtMs = Number.POSITIVE_INFINITY;
    for (const queue of this.#ready.all) {
      if (queue.readyRecords === 0) continue;
      const freeAtMs = queue.pacer.nextAtMs(nowMs);
      dueAtMs = Math.min(dueAtMs, Math.max(freeAtMs, queue.oldestAtMs + lingerMs));
      if (freeAtMs > nowMs) continue;
      records += queue.readyRecords;
      bytes += queue.bytesInBuckets(this.#limits.maxAggregateBytes);
    }
    return this.#isFull(records, bytes) ? nowMs : dueAtMs;
  }

  /** When the next lane that is held back may try again. Infinity: none is held. */
  get wakeAtMs(): number {
    return this.#held.wakeAtMs;
  }

  /** When the oldest event reaches its deadline. Infinity: there is none. */
  get expireAtMs(): number {
    const { oldest } = this.#ages;
    return oldest === undefined ? Number.POSITIVE_INFINITY : this.expireAtOf(oldest);
  }

  /** The event's deadline. */
  expireAtOf({ addedAtMs }: Entry<T>): number {
    return addedAtMs + this.#limits.deliveryTimeoutMs;
  }

  /** Whether the event's deadline has come. */
  isExpired(entry: Entry<T>, nowMs: number): boolean {
    return this.expireAtOf(entry) <= nowMs;
  }

  /**
   * Adds an event behind its key's others. A throttled shard gets half of the buffer at most: what
   * is beyond waits in a line of its own.
   *
   * @returns undefined when there is no room, not even to wait
   */
  add(value: T, partitionKey: string, bytes: number, nowMs: number): Entry<T> | undefined {
    const lane = this.#laneOf(partitionKey);
    const isCrowded = this.#isCrowded(lane, bytes);
    const line = lane.line ?? (isCrowded ? this.#slowLine : this.#line);
    const fits = line.records === 0 && !isCrowded && !this.isRestoring && this.#fits(bytes);
    if (!fits && !this.#mayWait(line, bytes)) {
      this.#forget(lane);
      return undefined;
    }
    this.#ordinal += 1;
    const entry = new Entry(value, lane, bytes, nowMs, this.#ordinal);
    this.#ages.push(entry);
    if (fits) this.#enqueue(entry);
    else line.push(entry);
    return entry;
  }

  /** Adds an event that is older than those that wait. Undefined: there is no room yet. */
  restore(value: T, partitionKey: string, bytes: number, nowMs: number): Entry<T> | undefined {
    if (this.#records > 0 && !this.#fits(bytes)) return undefined;
    this.#ordinal += 1;
    const entry = new Entry(value, this.#laneOf(partitionKey), bytes, nowMs, this.#ordinal);
    this.#ages.push(entry);
    this.#enqueue(entry);
    return entry;
  }

  /** There are no older events any more: those that waited for them go on. */
  endRestoring(): void {
    this.isRestoring = false;
    this.#admit();
  }

  /** Takes out an event that was just added. */
  withdraw(entry: Entry<T>): void {
    this.#ages.remove(entry);
    this.#evict(entry);
  }

  /** Takes out the oldest event that is not in an open batch, to make room. */
  dropOldest(): Entry<T> | undefined {
    const entry = this.#ages.oldestClosed();
    if (entry === undefined) return undefined;
    this.#ages.remove(entry);
    this.#evict(entry);
    this.#admit();
    return entry;
  }

  /**
   * The next batch. Its events are open until each is settled or held. Of aggregates, the full ones
   * are taken; and once an event of the shard has lingered long enough, those that are half as old,
   * too, for few requests. The others may still grow.
   */
  take(nowMs: number, lingerMs: number): Outgoing<T>[] {
    const batch: Outgoing<T>[] = [];
    let bytes = 0;
    this.#ready.routeAll();
    const { maxAggregateBytes } = this.#limits;
    const worthOf = (queue: ShardQueue<T>): Worth => ({
      readyBytes: maxAggregateBytes,
      addedAtMs:
        queue.oldestAtMs + lingerMs <= nowMs ? nowMs - lingerMs / 2 : Number.NEGATIVE_INFINITY,
    });
    while (batch.length < this.#limits.maxBatchRecords) {
      const next = this.#ready.next(nowMs, worthOf);
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
    this.#ready.updateOldest();
    return batch;
  }

  /** Settles an open event for good, delivered or given up; those of one key in their order. */
  settle(entry: Entry<T>): void {
    this.#close(entry);
    this.#ages.remove(entry);
    this.#leaveLane(entry);
    this.#reopen(entry.lane);
    this.#admit();
  }

  /** Settles an open event as failed: its key waits until the given time, then tries again. */
  hold(entry: Entry<T>, untilMs: number): void {
    this.#close(entry);
    const { lane } = entry;
    entry.place = 'lane';
    this.#ages.rewind(entry);
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

  /**
   * Takes out every event whose deadline has come, oldest first. An open event stays until it is
   * settled: ask {@link isExpired} then.
   */
  expire(nowMs: number): Entry<T>[] {
    const expired: Entry<T>[] = [];
    for (let entry = this.#ages.oldest; entry !== undefined; entry = this.#ages.oldest) {
      if (!this.isExpired(entry, nowMs)) break;
      this.#ages.remove(entry);
      if (entry.place === 'open') continue;
      expired.push(entry);
      this.#evict(entry);
    }
    if (expired.length > 0) this.#admit();
    return expired;
  }

  /** What is held, the oldest first; without open events whose deadline has come. */
  *values(): Generator<T> {
    for (let entry = this.#ages.oldest; entry !== undefined; entry = entry.newer) yield entry.value;
  }

  /** From now on keys belong to the shards that this router says. */
  reroute(router: Router): void {
    this.#ready.reroute(router, this.#lanes.values());
    this.updatePace();
  }

  /** Whether any shard is throttled. */
  get isPaced(): boolean {
    return this.#isPaced && this.#ready.isAnyPaced;
  }

  /** After a pacer was told something. */
  updatePace(): void {
    this.#isPaced = this.#ready.isAnyPaced;
  }

  /** Takes out everything, open events included, each key's in order. Nothing is settled after. */
  drain(): Entry<T>[] {
    const drained: Entry<T>[] = [];
    for (const lane of this.#lanes.values()) {
      for (let entry = lane.head; entry !== undefined; entry = entry.behind) drained.push(entry);
      lane.head = undefined;
      lane.state = 'idle';
    }
    for (const line of [this.#line, this.#slowLine]) {
      for (let entry = line.shift(); entry !== undefined; entry = line.shift()) drained.push(entry);
    }
    for (const entry of drained) entry.place = 'gone';
    this.#lanes.clear();
    this.#held.clear();
    this.#ready.clear();
    this.#ages.clear();
    this.#bytes = 0;
    this.#records = 0;
    this.#openRecords = 0;
    this.#readyRecords = 0;
    this.#readyBytes = 0;
    return drained;
  }

  #isFull(records: number, bytes: number): boolean {
    const { maxAggregateBytes, maxBatchRecords, maxRequestBytes } = this.#limits;
    return (maxAggregateBytes === 0 && records >= maxBatchRecords) || bytes >= maxRequestBytes;
  }

  #laneOf(key: string): Lane<T> {
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = new Lane<T>(key);
    this.#lanes.set(key, lane);
    return lane;
  }

  #fits(bytes: number): boolean {
    return (
      this.#records < this.#limits.maxBufferRecords &&
      this.#bytes + bytes <= this.#limits.maxBufferBytes
    );
  }

  /** Whether the event is of a throttled shard that has its half of the buffer already. */
  #isCrowded(lane: Lane<T>, bytes: number): boolean {
    if (!this.#isPaced || this.#ready.all.length === 1) return false;
    const queue = this.#ready.route(lane);
    if (queue?.pacer.isPaced !== true || queue.heldRecords === 0) return false;
    const { maxBufferBytes, maxBufferRecords } = this.#limits;
    return (
      queue.heldRecords * 2 >= maxBufferRecords || (queue.heldBytes + bytes) * 2 > maxBufferBytes
    );
  }

  #mayWait(line: WaitingLine<T>, bytes: number): boolean {
    const { maxWaitingBytes, maxWaitingRecords } = this.#limits;
    return (
      line.takes(bytes) &&
      this.waitingRecords < maxWaitingRecords &&
      this.waitingBytes + bytes <= maxWaitingBytes
    );
  }

  /** Lets the waiting lines in as far as there is room, each in order. */
  #admit(): void {
    if (this.isRestoring) return;
    for (const line of [this.#line, this.#slowLine]) {
      for (let entry = line.first(); entry !== undefined; entry = line.first()) {
        if (!this.#fits(entry.bytes)) return;
        if (this.#isCrowded(entry.lane, entry.bytes)) break;
        line.shift();
        this.#enqueue(entry);
      }
    }
  }

  #enqueue(entry: Entry<T>): void {
    const { lane, bytes } = entry;
    lane.push(entry);
    this.#count(lane, 1, bytes);
    if (lane.state === 'idle') this.#makeReady(lane);
  }

  #count({ queue }: Lane<T>, records: number, bytes: number): void {
    this.#records += records;
    this.#bytes += bytes;
    if (queue === undefined) return;
    queue.heldRecords += records;
    queue.heldBytes += bytes;
  }

  #makeReady(lane: Lane<T>): void {
    if (lane.head === undefined) return;
    lane.state = 'ready';
    this.#ready.push(lane);
    this.#readyRecords += 1;
    this.#readyBytes += lane.head.bytes;
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
    this.#openLane(queue, bucket, first.lane);
    this.#open(first);
    if (maxAggregateBytes === 0 || first.alone) return record;
    const room = Math.min(maxAggregateBytes, roomBytes);
    const fits = (entry: Entry<T>): boolean => record.bytes + entry.bytes <= room && !entry.alone;
    const addRun = (head: Entry<T> | undefined): void => {
      for (let entry = head; entry !== undefined && fits(entry); entry = entry.behind) {
        this.#open(entry);
        record.add(entry);
      }
    };
    addRun(first.behind);
    let lane = queue.peek(bucket);
    while (lane?.head !== undefined && fits(lane.head)) {
      this.#openLane(queue, bucket, lane);
      addRun(lane.head);
      lane = queue.peek(bucket);
    }
    return record;
  }

  /** Takes the lane out of those that are ready. */
  #openLane(queue: ShardQueue<T>, bucket: number, lane: Lane<T>): void {
    queue.shift(bucket);
    this.#readyRecords -= 1;
    this.#readyBytes -= lane.head?.bytes ?? 0;
    lane.state = 'open';
  }

  #open(entry: Entry<T>): void {
    entry.place = 'open';
    entry.attempts += 1;
    entry.lane.open += 1;
    this.#openRecords += 1;
  }

  #countReady(lane: Lane<T>, records: number, bytes: number): void {
    this.#readyRecords += records;
    this.#readyBytes += bytes;
    lane.queue?.lostHead(lane, records, bytes);
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
      this.#forget(lane);
    } else if (untilMs === Number.NEGATIVE_INFINITY) {
      this.#makeReady(lane);
    } else {
      lane.state = 'held';
      this.#held.push(lane, untilMs);
    }
  }

  #leaveLane(entry: Entry<T>): void {
    entry.lane.remove(entry);
    this.#count(entry.lane, -1, -entry.bytes);
  }

  /** Takes out an event that is not open. */
  #evict(entry: Entry<T>): void {
    const { lane } = entry;
    if (entry.place === 'waiting') {
      lane.line?.shift();
      this.#forget(lane);
      return;
    }
    const wasHead = lane.head === entry;
    this.#leaveLane(entry);
    if (wasHead && lane.state === 'ready') {
      if (lane.head === undefined) lane.state = 'idle';
      const records = lane.head === undefined ? -1 : 0;
      this.#countReady(lane, records, (lane.head?.bytes ?? 0) - entry.bytes);
    }
    this.#forget(lane);
  }

  /** Lets go of a lane without events, if there are many lanes. */
  #forget(lane: Lane<T>): void {
    if (lane.records > 0 || lane.waiting > 0 || this.#lanes.size <= MAX_IDLE_LANES) return;
    if (this.#lanes.get(lane.key) === lane) this.#lanes.delete(lane.key);
  }
}

function isAlone<T>([record]: readonly Outgoing<T>[]): boolean {
  return record?.entries[0]?.alone === true;
}
