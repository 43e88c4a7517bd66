import { Fifo } from './fifo.ts';

/** The limits of an {@link OrderedBuffer}; see the options of the same names. */
export interface BufferLimits {
  readonly maxBufferBytes: number;
  readonly maxBufferRecords: number;
  /** What may wait for room besides; 0 turns waiting off. */
  readonly maxWaitingBytes: number;
  readonly maxWaitingRecords: number;
  readonly maxBatchRecords: number;
  readonly maxRequestBytes: number;
  readonly lingerMs: number;
  readonly deliveryTimeoutMs: number;
}

/** One record in the buffer. */
export class Entry<T> {
  readonly value: T;
  readonly partitionKey: string;
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

  constructor(value: T, partitionKey: string, bytes: number, addedAtMs: number, ordinal: number) {
    this.value = value;
    this.partitionKey = partitionKey;
    this.bytes = bytes;
    this.addedAtMs = addedAtMs;
    this.ordinal = ordinal;
  }
}

/** The queue of one partition key. Only its head may travel. */
class Lane<T> {
  readonly key: string;
  head: Entry<T> | undefined;
  tail: Entry<T> | undefined;
  state: 'ready' | 'open' | 'held' = 'ready';

  constructor(key: string) {
    this.key = key;
  }
}

/**
 * Keeps records in order for each partition key while batches fail, arrive late and are retried.
 * Pure: no clock, no I/O, no timers; the caller passes the time, which must not go backwards.
 *
 * Every key has a lane. A batch takes at most the head of each lane, because PutRecords stores the
 * records of one request independently: of two records with one key the first could fail and the
 * second land. A lane with a record in an open batch gives nothing until that record is settled,
 * and a failed record stays at the head, so its successors wait for it.
 *
 * Ready lanes take turns, so one busy key cannot starve the others. All operations take constant
 * amortized time.
 */
export class OrderedBuffer<T> {
  readonly #limits: BufferLimits;
  readonly #lanes = new Map<string, Lane<T>>();
  /** May hold lanes that expiry has emptied; they are skipped. */
  readonly #ready = new Fifo<Lane<T>>();
  /** Lanes whose head failed, by the time at which they may try again. */
  readonly #held: { atMs: number; lanes: Lane<T>[] }[] = [];
  readonly #waiting = new Fifo<Entry<T>>();
  #oldest: Entry<T> | undefined;
  #newest: Entry<T> | undefined;
  #ordinal = 0;
  #bytes = 0;
  #records = 0;
  #waitingBytes = 0;
  #openRecords = 0;
  #readyRecords = 0;
  #readyBytes = 0;
  #dueAtMs = Number.POSITIVE_INFINITY;

  constructor(limits: BufferLimits) {
    this.#limits = limits;
  }

  /** Bytes in the buffer, open batches included, the waiting line not. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Records in the buffer, open batches included, the waiting line not. */
  get records(): number {
    return this.#records;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get waitingRecords(): number {
    return this.#waiting.size;
  }

  /** Records in batches that were taken and are not settled. */
  get openRecords(): number {
    return this.#openRecords;
  }

  /** Records that {@link take} could put into batches now. */
  get readyRecords(): number {
    return this.#readyRecords;
  }

  /** The ordinal of the newest record. */
  get lastOrdinal(): number {
    return this.#ordinal;
  }

  /** Whether what is ready fills a batch, so that there is nothing to linger for. */
  get batchIsFull(): boolean {
    return (
      this.#readyRecords >= this.#limits.maxBatchRecords ||
      this.#readyBytes >= this.#limits.maxRequestBytes
    );
  }

  /** When a ready record will have lingered long enough. Infinity: nothing is ready. */
  get dueAtMs(): number {
    return this.#dueAtMs;
  }

  /** When the next lane that is held back may try again. Infinity: none is held. */
  get wakeAtMs(): number {
    return this.#held[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** When the oldest record reaches its deadline. Infinity: there is none. */
  get expireAtMs(): number {
    return this.#oldest === undefined
      ? Number.POSITIVE_INFINITY
      : this.#oldest.addedAtMs + this.#limits.deliveryTimeoutMs;
  }

  /** Whether the record's deadline has come. */
  isExpired(entry: Entry<T>, nowMs: number): boolean {
    return entry.addedAtMs + this.#limits.deliveryTimeoutMs <= nowMs;
  }

  /** Adds a record behind its key's others. Undefined: there is no room, not even to wait. */
  add(value: T, partitionKey: string, bytes: number, nowMs: number): Entry<T> | undefined {
    const fits = this.#waiting.size === 0 && this.#fits(bytes);
    if (!fits && !this.#mayWait(bytes)) return undefined;
    this.#ordinal += 1;
    const entry = new Entry(value, partitionKey, bytes, nowMs, this.#ordinal);
    entry.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
    if (fits) {
      this.#enqueue(entry);
    } else {
      this.#waiting.push(entry);
      this.#waitingBytes += bytes;
    }
    return entry;
  }

  /** The next batch, at most one record of a key. Its records are open until each is settled. */
  take(): Entry<T>[] {
    const batch: Entry<T>[] = [];
    let bytes = 0;
    for (let lane = this.#nextReady(); lane !== undefined; lane = this.#nextReady()) {
      const entry = lane.head;
      if (entry === undefined) break;
      if (batch.length > 0) {
        const full =
          batch.length >= this.#limits.maxBatchRecords ||
          bytes + entry.bytes > this.#limits.maxRequestBytes;
        if (full || entry.alone || batch[0]?.alone === true) break;
      }
      this.#ready.shift();
      this.#readyRecords -= 1;
      this.#readyBytes -= entry.bytes;
      lane.state = 'open';
      entry.place = 'open';
      entry.attempts += 1;
      bytes += entry.bytes;
      batch.push(entry);
    }
    this.#openRecords += batch.length;
    const next = this.#nextReady()?.head;
    this.#dueAtMs =
      next === undefined ? Number.POSITIVE_INFINITY : next.addedAtMs + this.#limits.lingerMs;
    return batch;
  }

  /** Settles an open record for good, delivered or given up: its key's next record may travel. */
  settle(entry: Entry<T>): void {
    const lane = this.#close(entry);
    this.#unlinkAge(entry);
    this.#leaveLane(lane, entry);
    if (lane.head !== undefined) this.#makeReady(lane);
    this.#admit();
  }

  /** Settles an open record as failed: it stays at the head of its key until the given time. */
  hold(entry: Entry<T>, untilMs: number): void {
    const lane = this.#close(entry);
    entry.place = 'lane';
    lane.state = 'held';
    let index = this.#held.length;
    while (index > 0 && (this.#held[index - 1]?.atMs ?? 0) > untilMs) index -= 1;
    const group = this.#held[index - 1];
    if (group?.atMs === untilMs) group.lanes.push(lane);
    else this.#held.splice(index, 0, { atMs: untilMs, lanes: [lane] });
  }

  /** Makes the held lanes ready whose time has come. */
  wake(nowMs: number): void {
    let count = 0;
    for (const { atMs, lanes } of this.#held) {
      if (atMs > nowMs) break;
      count += 1;
      for (const lane of lanes) if (lane.head !== undefined) this.#makeReady(lane);
    }
    this.#held.splice(0, count);
  }

  /**
   * Takes out every record whose deadline has come, oldest first. An open record stays until it is
   * settled: ask {@link isExpired} then.
   */
  expire(nowMs: number): Entry<T>[] {
    const expired: Entry<T>[] = [];
    while (this.#oldest !== undefined && this.isExpired(this.#oldest, nowMs)) {
      const entry = this.#oldest;
      this.#unlinkAge(entry);
      if (entry.place === 'open') continue;
      expired.push(entry);
      if (entry.place === 'waiting') this.#leaveLine();
      else this.#evict(entry);
    }
    if (expired.length > 0) this.#admit();
    return expired;
  }

  /** Takes out everything, open records included, each key's in order. Nothing is settled after. */
  drain(): Entry<T>[] {
    const drained: Entry<T>[] = [];
    for (const lane of this.#lanes.values()) {
      for (let entry = lane.head; entry !== undefined; entry = entry.behind) drained.push(entry);
      lane.head = undefined;
    }
    for (let entry = this.#waiting.shift(); entry; entry = this.#waiting.shift())
      drained.push(entry);
    for (const entry of drained) entry.place = 'gone';
    this.#lanes.clear();
    this.#held.length = 0;
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#bytes = 0;
    this.#records = 0;
    this.#waitingBytes = 0;
    this.#openRecords = 0;
    this.#readyRecords = 0;
    this.#readyBytes = 0;
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    return drained;
  }

  #fits(bytes: number): boolean {
    return (
      this.#records < this.#limits.maxBufferRecords &&
      this.#bytes + bytes <= this.#limits.maxBufferBytes
    );
  }

  #mayWait(bytes: number): boolean {
    return (
      this.#waiting.size < this.#limits.maxWaitingRecords &&
      this.#waitingBytes + bytes <= this.#limits.maxWaitingBytes
    );
  }

  /** Lets the waiting line in as far as there is room, in order: nobody overtakes. */
  #admit(): void {
    for (let entry = this.#waiting.peek(); entry; entry = this.#waiting.peek()) {
      if (!this.#fits(entry.bytes)) return;
      this.#leaveLine();
      this.#enqueue(entry);
    }
  }

  #leaveLine(): void {
    const entry = this.#waiting.shift();
    if (entry === undefined) return;
    this.#waitingBytes -= entry.bytes;
    entry.place = 'gone';
  }

  #enqueue(entry: Entry<T>): void {
    entry.place = 'lane';
    this.#records += 1;
    this.#bytes += entry.bytes;
    const lane = this.#lanes.get(entry.partitionKey);
    if (lane === undefined) {
      const fresh = new Lane<T>(entry.partitionKey);
      fresh.head = entry;
      fresh.tail = entry;
      this.#lanes.set(fresh.key, fresh);
      this.#makeReady(fresh);
    } else {
      if (lane.tail !== undefined) lane.tail.behind = entry;
      lane.tail = entry;
    }
  }

  #makeReady(lane: Lane<T>): void {
    if (lane.head === undefined) return;
    lane.state = 'ready';
    this.#ready.push(lane);
    this.#readyRecords += 1;
    this.#readyBytes += lane.head.bytes;
    this.#dueAtMs = Math.min(this.#dueAtMs, lane.head.addedAtMs + this.#limits.lingerMs);
  }

  #nextReady(): Lane<T> | undefined {
    let lane = this.#ready.peek();
    while (lane !== undefined && lane.head === undefined) {
      this.#ready.shift();
      lane = this.#ready.peek();
    }
    return lane;
  }

  #close(entry: Entry<T>): Lane<T> {
    const lane = this.#lanes.get(entry.partitionKey);
    if (entry.place !== 'open' || lane?.head !== entry) {
      throw new Error('a record was settled that is not in an open batch');
    }
    this.#openRecords -= 1;
    return lane;
  }

  /** Takes the head out of its lane, and the lane out of the map if it was the last record. */
  #leaveLane(lane: Lane<T>, entry: Entry<T>): void {
    entry.place = 'gone';
    this.#records -= 1;
    this.#bytes -= entry.bytes;
    lane.head = entry.behind;
    entry.behind = undefined;
    if (lane.head !== undefined) return;
    lane.tail = undefined;
    this.#lanes.delete(lane.key);
  }

  /** Takes out a record that is not open: the head, or, as older ones are gone, the one behind. */
  #evict(entry: Entry<T>): void {
    const lane = this.#lanes.get(entry.partitionKey);
    if (lane?.head === undefined) return;
    if (lane.head !== entry) {
      lane.head.behind = entry.behind;
      if (lane.tail === entry) lane.tail = lane.head;
      entry.behind = undefined;
      entry.place = 'gone';
      this.#records -= 1;
      this.#bytes -= entry.bytes;
      return;
    }
    this.#leaveLane(lane, entry);
    if (lane.state !== 'ready') return;
    this.#readyBytes += (lane.head?.bytes ?? 0) - entry.bytes;
    if (lane.head === undefined) this.#readyRecords -= 1;
    if (this.#readyRecords === 0) this.#dueAtMs = Number.POSITIVE_INFINITY;
  }

  #unlinkAge(entry: Entry<T>): void {
    if (this.#oldest !== entry && entry.older === undefined) return; // left the list when it expired
    if (entry.older === undefined) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === undefined) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    entry.older = undefined;
    entry.newer = undefined;
  }
}
