import type { Entry } from './lane.ts';

/** Entries by the time at which they were added; any one leaves in constant time. */
export class AgeList<T> {
  #oldest: Entry<T> | undefined;
  #newest: Entry<T> | undefined;
  /** Every entry before this one is in an open batch. */
  #closed: Entry<T> | undefined;

  get oldest(): Entry<T> | undefined {
    return this.#oldest;
  }

  /** The oldest entry that is not in an open batch; constant amortized time. */
  oldestClosed(): Entry<T> | undefined {
    while (this.#closed?.place === 'open') this.#closed = this.#closed.newer;
    return this.#closed;
  }

  /** An entry that was in an open batch no longer is. */
  rewind(entry: Entry<T>): void {
    if (this.#closed === undefined || entry.ordinal < this.#closed.ordinal) this.#closed = entry;
  }

  push(entry: Entry<T>): void {
    this.#closed ??= entry;
    entry.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  /** Takes out an entry that is in. */
  remove(entry: Entry<T>): void {
    if (this.#closed === entry) this.#closed = entry.newer;
    if (entry.older === undefined) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === undefined) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    entry.older = undefined;
    entry.newer = undefined;
  }

  clear(): void {
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#closed = undefined;
  }
}
