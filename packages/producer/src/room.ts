import type { Entry, Lane } from './lane.ts';
import type { ShardQueues } from './shard-queues.ts';
import { WaitingLine } from './waiting-line.ts';

/** The limits of a {@link Room}; see the options of the same names. */
export interface RoomLimits {
  readonly maxBufferBytes: number;
  readonly maxBufferRecords: number;
  /** What may wait for room besides; 0 turns waiting off. */
  readonly maxWaitingBytes: number;
  readonly maxWaitingRecords: number;
}

/**
 * How much the buffer holds, and who waits for room in it. A throttled shard gets half of it at most:
 * what is beyond waits in a line of its own, so that it does not hold up the events of others.
 */
export class Room<T> {
  readonly #limits: RoomLimits;
  readonly #queues: ShardQueues<T>;
  readonly #line: WaitingLine<T>;
  readonly #slowLine: WaitingLine<T>;
  #bytes = 0;
  #records = 0;
  /** Older events are still to come: newer ones must not overtake them. */
  isRestoring = false;

  constructor(limits: RoomLimits, queues: ShardQueues<T>) {
    this.#limits = limits;
    this.#queues = queues;
    const { maxWaitingBytes, maxWaitingRecords } = limits;
    this.#line = new WaitingLine(maxWaitingRecords, maxWaitingBytes);
    this.#slowLine = new WaitingLine(Math.ceil(maxWaitingRecords / 2), maxWaitingBytes);
  }

  /** Without those that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  get records(): number {
    return this.#records;
  }

  get waitingBytes(): number {
    return this.#line.bytes + this.#slowLine.bytes;
  }

  get waitingRecords(): number {
    return this.#line.records + this.#slowLine.records;
  }

  /** An event has come in. */
  occupy(bytes: number): void {
    this.#records += 1;
    this.#bytes += bytes;
  }

  /** An event that was in has gone. */
  vacate(bytes: number): void {
    this.#records -= 1;
    this.#bytes -= bytes;
  }

  /** Whether so much more is within the limits. */
  fits(bytes: number): boolean {
    return (
      this.#records < this.#limits.maxBufferRecords &&
      this.#bytes + bytes <= this.#limits.maxBufferBytes
    );
  }

  /**
   * Where a new event of a key belongs.
   *
   * @returns the line that it must wait in; undefined if not even that has room
   */
  placeFor(lane: Lane<T>, bytes: number): 'inside' | WaitingLine<T> | undefined {
    const isCrowded = this.#isCrowded(lane, bytes);
    const line = lane.line ?? (isCrowded ? this.#slowLine : this.#line);
    if (line.records === 0 && !isCrowded && !this.isRestoring && this.fits(bytes)) return 'inside';
    const { maxWaitingBytes, maxWaitingRecords } = this.#limits;
    const mayWait =
      line.takes(bytes) &&
      this.waitingRecords < maxWaitingRecords &&
      this.waitingBytes + bytes <= maxWaitingBytes;
    return mayWait ? line : undefined;
  }

  /** Lets the next event out of its line that there is room for now. Each line keeps its order. */
  admit(): Entry<T> | undefined {
    if (this.isRestoring) return undefined;
    return this.#admitFrom(this.#line) ?? this.#admitFrom(this.#slowLine);
  }

  /** Takes out everything that waits; nothing is inside any more. */
  drain(): Entry<T>[] {
    const drained: Entry<T>[] = [];
    for (const line of [this.#line, this.#slowLine]) {
      for (let entry = line.shift(); entry !== undefined; entry = line.shift()) drained.push(entry);
    }
    this.#bytes = 0;
    this.#records = 0;
    return drained;
  }

  #admitFrom(line: WaitingLine<T>): Entry<T> | undefined {
    const first = line.first();
    if (first === undefined || !this.fits(first.bytes)) return undefined;
    return this.#isCrowded(first.lane, first.bytes) ? undefined : line.shift();
  }

  /** Whether the event is of a throttled shard that has its half of the buffer already. */
  #isCrowded(lane: Lane<T>, bytes: number): boolean {
    if (!this.#queues.mayBePaced || this.#queues.all.length === 1) return false;
    const queue = this.#queues.route(lane);
    if (queue?.pacer.isPaced !== true || queue.heldRecords === 0) return false;
    const { maxBufferBytes, maxBufferRecords } = this.#limits;
    return (
      queue.heldRecords * 2 >= maxBufferRecords || (queue.heldBytes + bytes) * 2 > maxBufferBytes
    );
  }
}
