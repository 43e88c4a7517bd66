import type { ParseFailureReason, ValidationIssue } from '@clickstream/events';
import type { RecordPosition } from './record-context.ts';

/** A record that can never be processed, with everything needed to look into it or replay it. */
export interface PermanentFailure {
  /** `rejected`: a handler threw a `PermanentError`. The others say why it is no known event. */
  readonly reason: ParseFailureReason | 'rejected';
  /** One readable sentence. */
  readonly message: string;
  /** What does not match the event's schema; empty unless the reason is `invalid`. */
  readonly issues: readonly ValidationIssue[];
  readonly eventId?: string;
  readonly eventType?: string;
  /** The position of the record, and its payload as it came; of an aggregated one its own payload. */
  readonly record: RecordPosition & { readonly data: Uint8Array };
  /** What the handler threw. */
  readonly cause?: unknown;
}

/** Something that may well succeed when the record is delivered again. */
export interface TransientFailure {
  /** What failed: the event's handler, `commit`, or `onPermanentFailure`. */
  readonly stage: 'handler' | 'commit' | 'permanent_failure';
  readonly error: unknown;
  /** The record concerned; for `commit` the first of the chunk. */
  readonly record: RecordPosition;
  readonly eventId?: string;
  readonly eventType?: string;
}

/** An invocation that gave records back. */
export interface IncompleteBatch {
  /** `deadline`: nothing failed, the time was up. */
  readonly reason: 'failure' | 'deadline';
  /** Lambda's id of the invocation. */
  readonly requestId?: string;
  readonly streamArn: string;
  readonly shardId: string;
  /** The sequence number that was returned: from here on everything is delivered again. */
  readonly firstUnfinished: string;
  /** How many Kinesis records there were; an aggregated one counts once. */
  readonly batchSize: number;
  /** How many of them will be delivered again. */
  readonly redelivered: number;
  /** When the stream accepted the oldest of them, in milliseconds since the epoch. */
  readonly oldestArrivedAtMs: number;
  /**
   * In the order in which they happened; what had not settled when time ran out comes last, with a
   * `ConsumerError` whose code is `deadline`.
   */
  readonly failures: readonly TransientFailure[];
}
