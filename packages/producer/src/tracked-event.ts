import type { EventType } from '@clickstream/events';
import type { Receipt } from './receipt.ts';
import type { WriterContract } from './seal-event.ts';
import type { SpilledEvent } from './spill/frame.ts';
import type { SpillTicket } from './spill/shelf.ts';
import { UUID_LENGTH } from './uuid-v7.ts';

const NO_KEYS: readonly string[] = [];
const NO_BYTES: Buffer = Buffer.alloc(0);

/**
 * An event from the call to its settlement, in one object: a busy producer holds thousands.
 *
 * It begins with the caller's fields. Sealing it (see `sealEvent`) validates them and writes them as
 * JSON into memory outside the heap; the fields are let go then.
 */
export class TrackedEvent {
  readonly eventType: EventType;
  /** Undefined: an earlier process sealed it. */
  readonly contract: WriterContract | undefined;
  /** The caller's fields, a copy; undefined once they are sealed. */
  fields: unknown;
  /** Stamped when it was tracked; undefined if the caller gave it, or there is none. */
  readonly timestamp: string | undefined;
  readonly traceparent: string | undefined;
  readonly receipt: Promise<Receipt>;
  resolve!: (receipt: Receipt) => void;
  reject!: (error: Error) => void;

  /** The user: one user's events stay in order. */
  partitionKey = '';
  /** What it has that a writer should no longer send, as in the contract's `deprecated`. */
  deprecated = NO_KEYS;
  /** Of data and partition key in UTF-8: what Kinesis counts. */
  bytes = 0;
  /** Of {@link data}. */
  dataBytes = 0;
  #piece = NO_BYTES;
  #offset = 0;
  #idOffset = 0;
  #restoredId: string | undefined;

  /** An error, or the result that the stream gave for its record. */
  lastFailure: unknown;
  /** Where it is in the log. Undefined: there is none, or the disk refused. */
  ticket: SpillTicket | undefined;

  constructor(
    eventType: EventType,
    contract?: WriterContract,
    fields?: unknown,
    timestamp?: string,
    traceparent?: string,
  ) {
    this.eventType = eventType;
    this.contract = contract;
    this.fields = fields;
    this.timestamp = timestamp;
    this.traceparent = traceparent;
    this.receipt = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** An event that an earlier process sealed. */
  static restore({ eventType, eventId, partitionKey, data }: SpilledEvent): TrackedEvent {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by this package
    const event = new TrackedEvent(eventType as EventType);
    const bytes = Buffer.from(data);
    event.seal(partitionKey, bytes, 0, bytes.length, 0);
    event.#restoredId = eventId;
    return event;
  }

  /**
   * The event is complete.
   *
   * @param end where its JSON ends in the piece that it lies in
   * @param idOffset where the event id begins, from the JSON's begin
   */
  seal(partitionKey: string, piece: Buffer, offset: number, end: number, idOffset: number): void {
    this.fields = undefined;
    this.partitionKey = partitionKey;
    this.#piece = piece;
    this.#offset = offset;
    this.#idOffset = offset + idOffset;
    this.dataBytes = end - offset;
    this.bytes = this.dataBytes + Buffer.byteLength(partitionKey);
  }

  /** Whether it is valid and complete. */
  get isSealed(): boolean {
    return this.dataBytes > 0;
  }

  /** The full event as JSON, in UTF-8. */
  get data(): Buffer {
    return this.#piece.subarray(this.#offset, this.#offset + this.dataBytes);
  }

  /** The full event as JSON. */
  get json(): string {
    return this.#piece.toString('utf8', this.#offset, this.#offset + this.dataBytes);
  }

  /** Its identity. It is read from the JSON when it is asked for: while the event waits, nobody does. */
  get eventId(): string {
    return (
      this.#restoredId ??
      this.#piece.toString('latin1', this.#idOffset, this.#idOffset + UUID_LENGTH)
    );
  }
}
