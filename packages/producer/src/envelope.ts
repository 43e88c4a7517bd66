import {
  type EventContract,
  type EventInputMap,
  type EventMap,
  type EventType,
  formatIssues,
} from '@clickstream/events';
import { deprecatedIn } from './deprecated.ts';
import { ProducerError } from './producer-error.ts';
import { type Snapshot, snapshot } from './snapshot.ts';
import type { SpilledEvent } from './spill/frame.ts';
import { activeTraceparent } from './trace-context.ts';
import { uuidV7 } from './uuid-v7.ts';

/** Quotes, colon and comma of a field. */
const BYTES_PER_VALUE = 6;
/** A UTF-16 unit takes six bytes where JSON writes it as an escape. */
const MAX_BYTES_PER_CHARACTER = 6;
/** A number has up to 24 digits. */
const MAX_BYTES_PER_VALUE = 32;

/** What is written before the fields takes about so much, and at most twice that. */
const STAMPS_BYTES = 160;

/** What the SDK adds, unless the caller has given it. */
interface Stamps {
  readonly timestamp: string | undefined;
  readonly traceparent: string | undefined;
}

/** What the engine needs of an event. */
export type SealedEvent = Pick<
  Envelope,
  | 'eventType'
  | 'eventId'
  | 'partitionKey'
  | 'data'
  | 'dataBytes'
  | 'bytes'
  | 'estimatedBytes'
  | 'deprecated'
>;

/** An event that an earlier process sealed. */
export function restoreEvent(event: SpilledEvent): SealedEvent {
  const dataBytes = Buffer.byteLength(event.data);
  const bytes = dataBytes + Buffer.byteLength(event.partitionKey);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by this package
  const eventType = event.eventType as EventType;
  return { ...event, eventType, dataBytes, bytes, estimatedBytes: bytes, deprecated: [] };
}

/**
 * An event, ready for the stream: read, validated and stamped. It is written as JSON when that is
 * first asked for, which is not in the caller's call.
 */
export class Envelope {
  readonly eventType: EventType;
  readonly eventId: string;
  /** The user: one user's events stay in order. */
  readonly partitionKey: string;
  /** What it has that a writer should no longer send, as in the contract's `deprecated`. */
  readonly deprecated: readonly string[];
  /** About what {@link bytes} will be: exact for ASCII text without escapes and numbers. */
  readonly estimatedBytes: number;
  readonly #contract: WriterContract;
  readonly #stamps: Stamps;
  #fields: object | undefined;
  #data = '';
  #dataBytes = 0;
  #keyBytes = 0;

  constructor(
    contract: WriterContract,
    eventId: string,
    stamps: Stamps,
    partitionKey: string,
    { value, characters, values }: Snapshot & { readonly value: object },
  ) {
    this.eventType = contract.type;
    this.eventId = eventId;
    this.partitionKey = partitionKey;
    this.deprecated = deprecatedIn(value, contract.deprecated);
    this.#contract = contract;
    this.#stamps = stamps;
    this.#fields = value;
    this.estimatedBytes =
      STAMPS_BYTES + characters + values * BYTES_PER_VALUE + partitionKey.length;
  }

  /** The full event as JSON. */
  get data(): string {
    this.#seal();
    return this.#data;
  }

  /** How long {@link data} is in UTF-8. */
  get dataBytes(): number {
    this.#seal();
    return this.#dataBytes;
  }

  /** What Kinesis counts: data and partition key in UTF-8. */
  get bytes(): number {
    this.#seal();
    return this.#dataBytes + this.#keyBytes;
  }

  #seal(): void {
    if (this.#fields === undefined) return;
    // The minted values need no escaping, and the input has at least its user_id.
    const { type, version } = this.#contract;
    const { timestamp, traceparent } = this.#stamps;
    const time = timestamp === undefined ? '' : `"timestamp":"${timestamp}",`;
    const span = traceparent === undefined ? '' : `"traceparent":"${traceparent}",`;
    this.#data = `{"event_id":"${this.eventId}","event_type":"${type}","schema_version":"${version}",${time}${span}${JSON.stringify(this.#fields).slice(1)}`;
    this.#dataBytes = Buffer.byteLength(this.#data);
    this.#keyBytes = Buffer.byteLength(this.partitionKey);
    this.#fields = undefined;
  }
}

/** Input that was read and is valid. */
export type ValidInput<Type extends EventType> = Snapshot & {
  readonly value: EventInputMap[Type];
};

/** The part of a contract that writing needs. */
export type WriterContract<Type extends EventType = EventType> = Pick<
  EventContract<EventMap[Type], EventInputMap[Type]>,
  'type' | 'version' | 'deprecated' | 'isInput' | 'explainInput'
>;

/**
 * Turns what a caller passed into a record: reads it once, validates it, mints the event id, stamps
 * type, version and (if the caller gave none) the time and the active span.
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
): ValidInput<Type> {
  const { value, characters, values } = snapshot(contract.type, input, maxRecordBytes);
  if (!contract.isInput(value)) {
    throw new ProducerError(
      'invalid_event',
      `${contract.type}: ${formatIssues(contract.explainInput(value))}`,
    );
  }
  return { value, characters, values };
}

/**
 * The second half of {@link sealEvent}: identity, stamps, JSON.
 *
 * @throws ProducerError `record_too_large`
 */
export function sealFields<Type extends EventType>(
  contract: WriterContract<Type>,
  input: ValidInput<Type>,
  maxRecordBytes: number,
): Envelope {
  const { value, characters, values } = input;
  const { user_id: partitionKey, timestamp, traceparent } = value;
  const eventId = uuidV7();
  const stamps: Stamps = {
    timestamp: timestamp === undefined ? isoNow() : undefined,
    traceparent: traceparent === undefined ? activeTraceparent() : undefined,
  };
  const envelope = new Envelope(contract, eventId, stamps, partitionKey, input);
  // Most events are far from the limit, however their characters are written.
  const atMost =
    2 * STAMPS_BYTES +
    (characters + partitionKey.length) * MAX_BYTES_PER_CHARACTER +
    values * MAX_BYTES_PER_VALUE;
  if (atMost > maxRecordBytes && envelope.bytes > maxRecordBytes) {
    throw new ProducerError(
      'record_too_large',
      `${contract.type}: the record takes ${envelope.bytes} bytes and maxRecordBytes is ${maxRecordBytes}; track less data, or raise the limit here and on the stream`,
    );
  }
  return envelope;
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
