import type { IncompleteBatch, PermanentFailure, TransientFailure } from './failures.ts';
import type { RecordPosition } from './record-context.ts';

/**
 * Watches batches at work, for metrics and logs. Both methods are called synchronously, between the
 * events of a batch, so each must be quick. What they throw changes nothing; the first of it in a batch
 * is written to stderr.
 */
export interface BatchObserver {
  /** Once per event, when it is clear what becomes of it in this invocation. */
  eventSettled?(event: SettledEvent): void;
  /** Once per invocation, at its end. */
  batchSettled?(batch: SettledBatch): void;
}

/** What became of one event. An event that was never started is only counted, by its batch. */
export type SettledEvent = SettledRecord & EventOutcome;

export type EventOutcome =
  /** Its handler has succeeded, and `commit` if there is one. */
  | { readonly outcome: 'handled'; readonly eventId: string; readonly eventType: string }
  /** It can never be processed, and `onPermanentFailure` has put it away. */
  | { readonly outcome: 'rejected'; readonly failure: PermanentFailure }
  /** It will be delivered again. */
  | { readonly outcome: 'failed'; readonly failure: TransientFailure };

interface SettledRecord {
  readonly record: RecordPosition;
  /** From the start of its work until it was settled, waiting for `commit` included. */
  readonly durationMs: number;
  /** How long ago the stream accepted the record, by the clock of this machine. */
  readonly arrivalAgeMs: number;
}

/** What became of one batch. */
export interface SettledBatch {
  /** Lambda's id of the invocation. */
  readonly requestId?: string;
  readonly streamArn: string;
  readonly shardId: string;
  /** Kinesis records in the batch; an aggregated one counts once. */
  readonly records: number;
  /** Of them, those in which a producer had aggregated several. */
  readonly aggregatedRecords: number;
  /** Events in the batch: what the records hold once they are taken apart. */
  readonly events: number;
  /** Events that are done, by `event_type`. */
  readonly handled: Readonly<Record<string, number>>;
  /** Events that were put away, by the reason of their {@link PermanentFailure}. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Events whose work has failed and which are delivered again. */
  readonly failed: number;
  /** Events that were not started, or not committed, when the batch was stopped. */
  readonly unfinished: number;
  /** Why the batch was stopped; left out when it was worked through. */
  readonly stoppedBy?: IncompleteBatch['reason'];
  /** Kinesis records that are delivered again, among them some that were done. */
  readonly redelivered: number;
  /** From the call of the handler until now. */
  readonly durationMs: number;
  /** What is left of the invocation's time. */
  readonly remainingMs: number;
  /** How long ago the stream accepted the oldest record, by the clock of this machine. */
  readonly arrivalAgeMs: number;
  /** How long ago the oldest valid event happened, by its `timestamp`; left out without one. */
  readonly eventAgeMs?: number;
}
