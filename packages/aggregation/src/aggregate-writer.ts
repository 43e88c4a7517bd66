import { AggregationError } from './errors.ts';
import {
  AGGREGATED_RECORD,
  DIGEST_BYTES,
  digestOf,
  MAGIC,
  MAGIC_BYTES,
  RECORD,
  WIRE,
} from './format.ts';
import { varintBytes, writeVarint } from './varint.ts';

const KEY_TAG = (AGGREGATED_RECORD.partitionKeys << 3) | WIRE.bytes;
const RECORD_TAG = (AGGREGATED_RECORD.records << 3) | WIRE.bytes;
const INDEX_TAG = (RECORD.partitionKey << 3) | WIRE.varint;
const DATA_TAG = (RECORD.data << 3) | WIRE.bytes;

const ENVELOPE_BYTES = MAGIC_BYTES + DIGEST_BYTES;
/** A tag, a length of up to five bytes, a tag, an index, a tag, a length: before a record's data. */
const MAX_RECORD_HEAD_BYTES = 18;
/** So that a string that is longer than was said does not look as if it fitted. */
const SLACK_BYTES = 4;
const INITIAL_CAPACITY_BYTES = 4_096;

/**
 * Collects user records into one aggregated Kinesis record, in the format of the Kinesis Producer
 * Library, so that KCL, Lambda de-aggregators, Firehose and others read it:
 * https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
 *
 * The writer keeps its memory from one record to the next; make one and use it again. It knows no
 * limits: ask {@link AggregateWriter.sizeWith} before {@link AggregateWriter.add}, and mind that all
 * records of one aggregate lie on the shard of the outer record's partition key.
 */
export class AggregateWriter {
  /** The place of each partition key in the table. */
  readonly #indices = new Map<string, number>();
  // The two parts of the message grow apart, so that the table comes first, as the KPL has it.
  #table: Buffer = Buffer.allocUnsafeSlow(INITIAL_CAPACITY_BYTES);
  #tableBytes = 0;
  #records: Buffer = Buffer.allocUnsafeSlow(INITIAL_CAPACITY_BYTES);
  #recordsBytes = 0;
  #count = 0;

  /** How many user records have been added. */
  get count(): number {
    return this.#count;
  }

  /** How many bytes {@link AggregateWriter.finish} would return now. */
  get sizeBytes(): number {
    return ENVELOPE_BYTES + this.#tableBytes + this.#recordsBytes;
  }

  /**
   * How many bytes {@link AggregateWriter.finish} would return, exactly, if this user record were
   * added first.
   */
  sizeWith(partitionKey: string, dataBytes: number): number {
    let size = this.sizeBytes;
    let index = this.#indices.get(partitionKey);
    if (index === undefined) {
      index = this.#indices.size;
      const keyBytes = Buffer.byteLength(partitionKey);
      size += 1 + varintBytes(keyBytes) + keyBytes;
    }
    const recordBytes = bytesOfRecord(index, dataBytes);
    return size + 1 + varintBytes(recordBytes) + recordBytes;
  }

  /**
   * Adds a user record at the end. Its data is copied; a string is written as UTF-8.
   *
   * @param dataBytes how many bytes the data has; who knows it already saves counting them again.
   * @throws {@link AggregationError} `wrong_size` when the data has more or fewer bytes; nothing was
   *   added then.
   */
  add(
    partitionKey: string,
    data: string | Uint8Array,
    dataBytes: number = typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength,
  ): void {
    const known = this.#indices.get(partitionKey);
    const index = known ?? this.#indices.size;
    const end = this.#recordsBytes + MAX_RECORD_HEAD_BYTES + dataBytes + SLACK_BYTES;
    if (end > this.#records.length) this.#records = grown(this.#records, this.#recordsBytes, end);

    const records = this.#records;
    let at = this.#recordsBytes;
    records[at++] = RECORD_TAG;
    at = writeVarint(records, at, bytesOfRecord(index, dataBytes));
    records[at++] = INDEX_TAG;
    at = writeVarint(records, at, index);
    records[at++] = DATA_TAG;
    at = writeVarint(records, at, dataBytes);
    const written = typeof data === 'string' ? records.write(data, at) : copy(data, records, at);
    if (written !== dataBytes) {
      throw new AggregationError(
        'wrong_size',
        `The data has not ${dataBytes} bytes, as was said: pass its byte length, or leave it out.`,
      );
    }
    if (known === undefined) this.#addKey(partitionKey, index);
    this.#recordsBytes = at + written;
    this.#count += 1;
  }

  /**
   * The aggregated record, in memory of its own; the writer is empty after that.
   *
   * @throws {@link AggregationError} `empty` when there is nothing to finish.
   */
  finish(): Uint8Array {
    if (this.#count === 0) {
      throw new AggregationError('empty', 'There is no user record to finish: add one first.');
    }
    const record = Buffer.allocUnsafeSlow(this.sizeBytes);
    let at = record.writeUInt32BE(MAGIC);
    at += this.#table.copy(record, at, 0, this.#tableBytes);
    at += this.#records.copy(record, at, 0, this.#recordsBytes);
    digestOf(record.subarray(MAGIC_BYTES, at)).copy(record, at);
    this.reset();
    return record;
  }

  /** Forgets what was added. */
  reset(): void {
    this.#indices.clear();
    this.#tableBytes = 0;
    this.#recordsBytes = 0;
    this.#count = 0;
  }

  #addKey(partitionKey: string, index: number): void {
    const keyBytes = Buffer.byteLength(partitionKey);
    const end = this.#tableBytes + 6 + keyBytes;
    if (end > this.#table.length) this.#table = grown(this.#table, this.#tableBytes, end);
    let at = this.#tableBytes;
    this.#table[at++] = KEY_TAG;
    at = writeVarint(this.#table, at, keyBytes);
    this.#tableBytes = at + this.#table.write(partitionKey, at);
    this.#indices.set(partitionKey, index);
  }
}

/** The length of the `Record` message without its own tag and length. */
function bytesOfRecord(index: number, dataBytes: number): number {
  return 1 + varintBytes(index) + 1 + varintBytes(dataBytes) + dataBytes;
}

function copy(data: Uint8Array, target: Buffer, at: number): number {
  // Said to be shorter than it is, it might not fit; `set` would throw.
  if (data.byteLength <= target.length - at) target.set(data, at);
  return data.byteLength;
}

function grown(buffer: Buffer, usedBytes: number, neededBytes: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, neededBytes));
  buffer.copy(larger, 0, 0, usedBytes);
  return larger;
}
