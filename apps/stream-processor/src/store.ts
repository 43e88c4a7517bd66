import type { Decimal } from './decimal.ts';

/** By how much an event moves a counter. */
export interface Increment {
  /** The counter's name, of any length. */
  readonly counter: string;
  readonly by: Decimal;
}

/** An event to be applied, and where it lies in the stream. */
export interface StoreEvent {
  /** With {@link eventId} the identity of the event. */
  readonly userId: string;
  readonly eventId: string;
  readonly eventType: string;
  /** The event as JSON text. */
  readonly json: string;
  readonly partitionKey: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Only if the record was aggregated with others: its place among them, from 0. */
  readonly subsequenceNumber?: number;
  readonly increments: readonly Increment[];
}

/** `duplicate`: it had been applied before, so nothing was changed. */
export type Verdict = 'applied' | 'duplicate';

/** What an {@link EventStore} may be told besides the events. */
export interface ApplyOptions {
  /** Aborts what has not begun; what is underway may be applied or not. */
  readonly signal?: AbortSignal;
}

/**
 * Where events and counters are kept: the user's timeline, and each event's increments, both or
 * neither, exactly once however often the event comes.
 */
export interface EventStore {
  /**
   * Applies events in the order given: none before all that precede it are. If it rejects, a first
   * part of them may have been applied; calling again with the same events is safe.
   *
   * @returns a verdict per event. After a lost answer an event that this very call has applied may
   *   be called a duplicate.
   */
  apply(events: readonly StoreEvent[], options?: ApplyOptions): Promise<readonly Verdict[]>;
}
