import { WIRE } from './format.ts';

/** Groups within groups beyond this are refused, as by protobuf's own parsers. */
const MAX_DEPTH = 100;

/**
 * Reads a protobuf message field by field, over a part of a buffer and without copying. Bytes that
 * are no message make it `failed` and end it: no exception per record that a stranger wrote.
 */
export class MessageReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;
  /** Whether what was read so far is no message. */
  failed = false;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** The next field's tag, `(number << 3) | wire type`; 0 at the end or when `failed`. */
  tag(): number {
    if (this.failed || this.#at === this.#end) return 0;
    const tag = this.varint();
    if (tag >>> 3 === 0) this.failed = true;
    return this.failed ? 0 : tag;
  }

  /**
   * A varint's lowest 32 bits, as unsigned. That is how protobuf for Java, and so KCL, reads lengths
   * and turns the indices into numbers.
   */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#at < this.#end ? (this.#bytes[this.#at++] ?? 0) : -1;
      if (byte < 0) break;
      // A shift takes its lowest five bits only.
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    this.failed = true;
    return 0;
  }

  /** A length-delimited value, as a view. */
  bytes(): Buffer {
    const start = this.#skip(this.varint());
    return this.#bytes.subarray(start, this.#at);
  }

  /** A length-delimited message, read from the same buffer. */
  message(): MessageReader {
    const start = this.#skip(this.varint());
    return new MessageReader(this.#bytes, start, this.#at);
  }

  /** Passes over the value that belongs to a tag. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case WIRE.varint:
        this.varint();
        break;
      case WIRE.fixed64:
        this.#skip(8);
        break;
      case WIRE.bytes:
        this.#skip(this.varint());
        break;
      case WIRE.groupStart:
        this.#skipGroup(tag, depth + 1);
        break;
      case WIRE.fixed32:
        this.#skip(4);
        break;
      default:
        this.failed = true;
    }
  }

  #skipGroup(start: number, depth: number): void {
    const end = (start & ~7) | WIRE.groupEnd;
    if (depth > MAX_DEPTH) this.failed = true;
    for (let tag = this.tag(); tag !== end >>> 0; tag = this.tag()) {
      if (tag === 0) this.failed = true;
      if (this.failed) return;
      this.skip(tag, depth);
    }
  }

  /** Moves on; returns where it was. */
  #skip(length: number): number {
    const start = this.#at;
    if (this.failed || length > this.#end - start) this.failed = true;
    else this.#at += length;
    return start;
  }
}
