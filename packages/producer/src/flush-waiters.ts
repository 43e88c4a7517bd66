/** What became of the events that were pending at the call of `flush` or `close`. */
export interface FlushResult {
  readonly delivered: number;
  readonly failed: number;
  /** Neither yet: `timeoutMs` was shorter, or they are kept for the next producer. */
  readonly pending: number;
}

interface Waiter {
  /** The newest event that was pending at the call; later ones do not count. */
  readonly upTo: number;
  pending: number;
  delivered: number;
  failed: number;
  /** Not to be settled by this process. */
  kept: number;
  readonly resolve: (result: FlushResult) => void;
}

/** The calls of `flush` that are not answered yet. */
export class FlushWaiters {
  #waiters: Waiter[] = [];

  get size(): number {
    return this.#waiters.length;
  }

  /** Waits until this many events, up to the given ordinal, are settled, or the time is over. */
  add(upTo: number, pending: number, timeoutMs: number | undefined): Promise<FlushResult> {
    if (pending === 0) return Promise.resolve({ delivered: 0, failed: 0, pending: 0 });
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const waiter: Waiter = {
        upTo,
        pending,
        delivered: 0,
        failed: 0,
        kept: 0,
        resolve: (result) => {
          clearTimeout(timer);
          resolve(result);
        },
      };
      this.#waiters.push(waiter);
      if (timeoutMs !== undefined) timer = setTimeout(() => this.#finish(waiter), timeoutMs);
    });
  }

  /** Counts an event that was settled. */
  count(ordinal: number, outcome: 'delivered' | 'failed' | 'kept'): void {
    for (const waiter of this.#waiters) {
      if (ordinal > waiter.upTo) continue;
      waiter.pending -= 1;
      waiter[outcome] += 1;
      if (waiter.pending === 0) this.#finish(waiter);
    }
  }

  #finish(waiter: Waiter): void {
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    const { delivered, failed, pending, kept } = waiter;
    waiter.resolve({ delivered, failed, pending: pending + kept });
  }
}
