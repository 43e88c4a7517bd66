import {
  type EventContract,
  type EventInputMap,
  type EventMap,
  type EventType,
  formatIssues,
} from '@clickstream/events';
import { deprecatedIn } from './deprecated.ts';
import { ProducerError } from './producer-error.ts';
import { snapshot } from './snapshot.ts';
import { uuidV7 } from './uuid-v7.ts';

/** An event, ready for the stream: validated, stamped, serialized once. */
export interface Envelope {
  readonly eventType: EventType;
  readonly eventId: string;
  /** The user: one user's events stay in order. */
  readonly partitionKey: string;
  /** The full event as JSON. */
  readonly data: string;
  /** What Kinesis counts: data and partition key in UTF-8. */
  readonly bytes: number;
  /** What it has that a writer should no longer send, as in the contract's `deprecated`. */
  readonly deprecated: readonly string[];
}

/** The part of a contract that writing needs. */
export type WriterContract<Type extends EventType = EventType> = Pick<
  EventContract<EventMap[Type], EventInputMap[Type]>,
  'type' | 'version' | 'deprecated' | 'isInput' | 'explainInput'
>;

/**
 * Turns what a caller passed into a record: reads it once, validates it, mints the event id, stamps
 * type, version and (if the caller gave none) the time.
 *
 * @throws ProducerError `invalid_event` naming the fields, or `record_too_large`
 */
export function sealEvent<Type extends EventType>(
  contract: WriterContract<Type>,
  input: unknown,
  maxRecordBytes: number,
): Envelope {
  return sealFields(contract, readInput(contract, input, maxRecordBytes), maxRecordBytes);
}

/**
 * The first half of {@link sealEvent}: a copy of the input that is valid.
 *
 * @throws ProducerError `invalid_event` naming the fields, or `record_too_large`
 */
export function readInput<Type extends EventType>(
  contract: WriterContract<Type>,
  input: unknown,
  maxRecordBytes: number,
): EventInputMap[Type] {
  const fields = snapshot(contract.type, input, maxRecordBytes);
  if (!contract.isInput(fields)) {
    throw new ProducerError(
      'invalid_event',
      `${contract.type}: ${formatIssues(contract.explainInput(fields))}`,
    );
  }
  return fields;
}

/**
 * The second half of {@link sealEvent}: identity, stamps, JSON.
 *
 * @throws ProducerError `record_too_large`
 */
export function sealFields<Type extends EventType>(
  contract: WriterContract<Type>,
  fields: EventInputMap[Type],
  maxRecordBytes: number,
): Envelope {
  const { user_id: partitionKey, timestamp } = fields;
  const eventId = uuidV7();
  const stamped = timestamp === undefined ? `"timestamp":"${isoNow()}",` : '';
  // The minted values need no escaping, and the input has at least its user_id.
  const data = `{"event_id":"${eventId}","event_type":"${contract.type}","schema_version":"${contract.version}",${stamped}${JSON.stringify(fields).slice(1)}`;
  const bytes = Buffer.byteLength(data) + Buffer.byteLength(partitionKey);
  if (bytes > maxRecordBytes) {
    throw new ProducerError(
      'record_too_large',
      `${contract.type}: the record takes ${bytes} bytes and maxRecordBytes is ${maxRecordBytes}; track less data, or raise the limit here and on the stream`,
    );
  }
  const deprecated = deprecatedIn(fields, contract.deprecated);
  return { eventType: contract.type, eventId, partitionKey, data, bytes, deprecated };
}

let lastMs = -1;
let lastIso = '';

/** The time now. Many events fall into one millisecond, and formatting is the dear part. */
function isoNow(): string {
  const ms = Date.now();
  if (ms !== lastMs) {
    lastMs = ms;
    lastIso = new Date(ms).toISOString();
  }
  return lastIso;
}
