import type { ValidationIssue } from '@clickstream/events';
import { type Parsed, parseJson } from './fields.ts';

/**
 * Why a record could not be processed:
 * `not_json`, `unknown_event`, `unknown_version`, `invalid`: the reader refused the payload;
 * `rejected`: a handler refused the event for good;
 * `exhausted`: the event source mapping gave up on the batch that held the record.
 */
export type DeadLetterReason =
  | 'not_json'
  | 'unknown_event'
  | 'unknown_version'
  | 'invalid'
  | 'rejected'
  | 'exhausted';

export const deadLetterReasons: readonly DeadLetterReason[] = [
  'not_json',
  'unknown_event',
  'unknown_version',
  'invalid',
  'rejected',
  'exhausted',
];

/** One record of the stream as it was read, or one of those that were aggregated into it. */
export interface StreamRecord {
  readonly streamArn: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Only of an aggregated record: the place within the one with this sequence number, from 0. */
  readonly subsequenceNumber?: number;
  readonly partitionKey: string;
  /** When Kinesis stored it, in milliseconds since 1970 UTC. */
  readonly arrivedAtMs: number;
  /** The payload, byte for byte. */
  readonly data: Uint8Array;
}

/** A record that was not processed, whole, with the reason. This is what lies in the bucket. */
export interface DeadLetter {
  /**
   * Raised when an old reader would misread a new document: 2 with a `subsequenceNumber`, since a
   * reader that does not know it would store all user records of one Kinesis record in one place.
   */
  readonly documentVersion: 1 | 2;
  readonly kind: 'record';
  readonly reason: DeadLetterReason;
  /** One sentence for a person. */
  readonly message: string;
  /** Where the payload breaks its schema; empty when that is not the reason. */
  readonly issues: readonly ValidationIssue[];
  /** As far as the payload lets them be read. */
  readonly eventType?: string;
  readonly eventId?: string;
  readonly streamArn: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Only if the record was aggregated with others: its place among them, from 0. */
  readonly subsequenceNumber?: number;
  readonly partitionKey: string;
  /** When Kinesis stored the record; ISO 8601, UTC. */
  readonly arrivedAt: string;
  /** When it was given up; ISO 8601, UTC. */
  readonly failedAt: string;
  /** The record's payload, base64. */
  readonly data: string;
}

/** What {@link deadLetter} is made from; the consumer's `PermanentFailure` fits. */
export interface DeadLetterInput {
  readonly reason: DeadLetterReason;
  readonly message: string;
  readonly issues?: readonly ValidationIssue[];
  readonly eventId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly record: StreamRecord;
  /** Milliseconds since 1970 UTC. Default: now. */
  readonly failedAtMs?: number;
}

/**
 * Builds the dead letter of a record. It never throws: an arrival time that is no time becomes the
 * time of failure, because a letter that cannot be written would block its shard.
 */
export function deadLetter(input: DeadLetterInput): DeadLetter {
  const { record, failedAtMs = Date.now() } = input;
  const failedAt = new Date(failedAtMs);
  const arrivedAt = new Date(record.arrivedAtMs);
  const { subsequenceNumber } = record;
  return {
    documentVersion: subsequenceNumber === undefined ? 1 : 2,
    kind: 'record',
    reason: input.reason,
    message: input.message,
    issues: input.issues ?? [],
    ...(input.eventType === undefined ? {} : { eventType: input.eventType }),
    ...(input.eventId === undefined ? {} : { eventId: input.eventId }),
    streamArn: record.streamArn,
    shardId: record.shardId,
    sequenceNumber: record.sequenceNumber,
    ...(subsequenceNumber === undefined ? {} : { subsequenceNumber }),
    partitionKey: record.partitionKey,
    arrivedAt: (Number.isNaN(arrivedAt.getTime()) ? failedAt : arrivedAt).toISOString(),
    failedAt: failedAt.toISOString(),
    data: Buffer.from(record.data).toString('base64'),
  };
}

/** How a record is named to a person: its sequence number, and its place within if there is one. */
export function placeOf({
  sequenceNumber,
  subsequenceNumber,
}: Pick<DeadLetter, 'sequenceNumber' | 'subsequenceNumber'>): string {
  return subsequenceNumber === undefined
    ? sequenceNumber
    : `${sequenceNumber}, user record ${subsequenceNumber}`;
}

/** The bytes of the record's payload. */
export function payloadOf(letter: DeadLetter): Uint8Array {
  return Buffer.from(letter.data, 'base64');
}

/**
 * Reads a dead letter. Strict where a mistake would lose or misfile a record, forgiving elsewhere:
 * unknown fields are dropped and what is optional may be missing.
 */
export function parseDeadLetter(text: string): Parsed<DeadLetter> {
  return parseJson(text, (fields) => ({
    documentVersion: fields.oneOf('documentVersion', [1, 2] as const),
    kind: fields.oneOf('kind', ['record'] as const),
    reason: fields.oneOf('reason', deadLetterReasons),
    message: fields.textIfAny('message') ?? '',
    issues: fields.objects('issues', (issue) => ({
      path: issue.text('path'),
      expected: issue.text('expected'),
      received: issue.text('received'),
    })),
    ...(fields.has('eventType') ? { eventType: fields.text('eventType') } : {}),
    ...(fields.has('eventId') ? { eventId: fields.text('eventId') } : {}),
    streamArn: fields.text('streamArn'),
    shardId: fields.shardId('shardId'),
    sequenceNumber: fields.sequenceNumber('sequenceNumber'),
    ...(fields.has('subsequenceNumber')
      ? { subsequenceNumber: fields.count('subsequenceNumber') }
      : {}),
    partitionKey: fields.text('partitionKey'),
    arrivedAt: fields.instant('arrivedAt'),
    failedAt: fields.instant('failedAt'),
    data: fields.base64('data'),
  }));
}
