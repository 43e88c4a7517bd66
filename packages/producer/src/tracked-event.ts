import type { EventType } from '@clickstream/events';
import type { ByteArena, Piece } from './byte-arena.ts';
import type { Receipt } from './receipt.ts';
import type { WriterContract } from './seal-event.ts';
import type { SpilledEvent } from './spill/frame.ts';
import type { SpillTicket } from './spill/shelf.ts';
import { UUID_LENGTH } from './uuid-v7.ts';

const NO_KEYS: readonly string[] = [];
const NO_PIECE: Piece = { memory: Buffer.alloc(0), liveBytes: 0 };

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
  #arena: ByteArena | undefined;
  #piece = NO_PIECE;
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
    event.#piece = { memory: Buffer.from(data), liveBytes: data.length };
    event.#seal(partitionKey, event.#piece.memory.length);
    event.#restoredId = eventId;
    return event;
  }

  /**
   * The event is complete: its JSON lies in the arena's piece.
   *
   * @param idOffset where the event id begins, from the JSON's begin
   */
  seal(partitionKey: string, arena: ByteArena, start: number, end: number, idOffset: number): void {
    arena.commit(end);
    this.#arena = arena;
    this.#piece = arena.piece;
    this.#offset = start;
    this.#idOffset = idOffset;
    this.#seal(partitionKey, end - start);
  }

  #seal(partitionKey: string, dataBytes: number): void {
    this.fields = undefined;
    this.partitionKey = partitionKey;
    this.dataBytes = dataBytes;
    this.bytes = dataBytes + Buffer.byteLength(partitionKey);
  }

  /** Leaves a piece of memory that is hardly used by others any more. */
  compact(): void {
    if (this.#arena === undefined) return;
    const place = { piece: this.#piece, offset: this.#offset };
    const { piece, offset } = this.#arena.move(place, this.dataBytes);
    this.#piece = piece;
    this.#offset = offset;
  }

  /** Once it is settled. Its data can still be read, until everybody has let go of it. */
  release(): void {
    this.#arena?.release(this.#piece, this.dataBytes);
    this.#arena = undefined;
  }

  /** Whether it is valid and complete. */
  get isSealed(): boolean {
    return this.dataBytes > 0;
  }

  /** The full event as JSON, in UTF-8. */
  get data(): Buffer {
    return this.#piece.memory.subarray(this.#offset, this.#offset + this.dataBytes);
  }

  /** The full event as JSON. */
  get json(): string {
    return this.#piece.memory.toString('utf8', this.#offset, this.#offset + this.dataBytes);
  }

  /** Its identity. It is read from the JSON when it is asked for: while the event waits, nobody does. */
  get eventId(): string {
    const start = this.#offset + this.#idOffset;
    return this.#restoredId ?? this.#piece.memory.toString('latin1', start, start + UUID_LENGTH);
  }
}
