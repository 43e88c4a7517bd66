/** What became of one event: where it lies in the stream, or why it does not. */
export type CollectResult =
  | {
      readonly event_id: string;
      readonly shard_id: string;
      readonly sequence_number: string;
      /** How often it was sent until the stream had it. */
      readonly attempts: number;
    }
  | { readonly error: { readonly code: string; readonly message: string } };

/** One event of a shopper, as the page shows it. */
export interface TrailEntry {
  /** Which event: `click`. */
  readonly event: string;
  /** Of what: the element, the page, the amount. */
  readonly detail: string;
  /** Missing while it is on its way. */
  readonly result?: CollectResult;
}

const maxUsers = 500;
const maxEntries = 20;
const maxTextLength = 200;

/**
 * The latest events of the latest shoppers, for the page's "what your clicks became". A page that
 * is left does not hear what became of its last click; the next page reads it here.
 *
 * It is a show-piece, in memory and bounded; the stream is where the events are.
 */
export class Trail {
  readonly #entries = new Map<string, readonly TrailEntry[]>();

  /** The latest events of a user, latest first. */
  of(userId: string): readonly TrailEntry[] {
    return this.#entries.get(userId) ?? [];
  }

  /** Notes an event, and later what became of it. */
  follow(
    userId: string,
    event: string,
    detail: string,
    delivery: Promise<CollectResult>,
  ): Promise<CollectResult> {
    const entry = { event: clip(event), detail: clip(detail) };
    this.#keep(userId, [entry, ...this.of(userId)].slice(0, maxEntries));
    return delivery.then((result) => {
      const entries = this.#entries.get(userId);
      if (entries !== undefined) {
        const settled = entries.map((other) => (other === entry ? { ...entry, result } : other));
        this.#entries.set(userId, settled);
      }
      return result;
    });
  }

  #keep(userId: string, entries: readonly TrailEntry[]): void {
    // Who was noted last goes last, so the first is who has been away for longest.
    this.#entries.delete(userId);
    this.#entries.set(userId, entries);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > maxUsers && oldest !== undefined) this.#entries.delete(oldest);
  }
}

function clip(text: string): string {
  return text.slice(0, maxTextLength);
}
