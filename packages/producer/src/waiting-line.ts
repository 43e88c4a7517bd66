import { Fifo } from './fifo.ts';
import type { Entry } from './lane.ts';

/** Entries that wait for room in the buffer, first come, first served. */
export class WaitingLine<T> {
  readonly #entries = new Fifo<Entry<T>>();
  readonly #maxRecords: number;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxRecords: number, maxBytes: number) {
    this.#maxRecords = maxRecords;
    this.#maxBytes = maxBytes;
  }

  get records(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether one more, so large, may wait. */
  takes(bytes: number): boolean {
    return this.records < this.#maxRecords && this.#bytes + bytes <= this.#maxBytes;
  }

  first(): Entry<T> | undefined {
    return this.#entries.peek();
  }

  push(entry: Entry<T>): void {
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
    entry.lane.line = this;
    entry.lane.waiting += 1;
  }

  /** Lets the first one out. */
  shift(): Entry<T> | undefined {
    return this.#leave(this.#entries.shift());
  }

  /** Lets the last one out. */
  pop(): Entry<T> | undefined {
    return this.#leave(this.#entries.pop());
  }

  #leave(entry: Entry<T> | undefined): Entry<T> | undefined {
    if (entry === undefined) return undefined;
    this.#bytes -= entry.bytes;
    entry.lane.waiting -= 1;
    if (entry.lane.waiting === 0) entry.lane.line = undefined;
    entry.place = 'gone';
    return entry;
  }
}
