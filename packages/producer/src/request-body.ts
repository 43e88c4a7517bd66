import type { TransportRecord } from './transport.ts';

const DATA = Buffer.from('{"Data":"');
const PARTITION_KEY = Buffer.from('","PartitionKey":');
const HASH_KEY = Buffer.from(',"ExplicitHashKey":"');
/** Of all that is around data and partition key: 39 digits of a hash key, three `"`, `},`. */
const RECORD_BYTES = DATA.length + PARTITION_KEY.length + HASH_KEY.length + 44;
/** JSON writes a UTF-16 unit with six characters at most. */
const MAX_BYTES_PER_CHARACTER = 6;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const CLOSING_BRACE = 0x7d;

/**
 * The body of a PutRecords request.
 *
 * It is put together in one piece of memory: as a string it would be a rope of hundreds of parts,
 * and to flatten that takes many times as long. What is short is written byte by byte, which takes
 * less than a call out of JavaScript.
 *
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export function writeBody(streamName: string, records: readonly TransportRecord[]): Uint8Array {
  const head = `{"StreamName":${JSON.stringify(streamName)},"Records":[`;
  const capacity = records.reduce(
    (sum, { partitionKey, data }) =>
      sum +
      RECORD_BYTES +
      partitionKey.length * MAX_BYTES_PER_CHARACTER +
      Math.ceil(data.byteLength / 3) * 4,
    head.length + 2,
  );
  const body = Buffer.allocUnsafe(capacity);
  let at = body.write(head);
  for (const { partitionKey, explicitHashKey, data } of records) {
    const bytes = Buffer.isBuffer(data)
      ? data
      : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    at = writeBytes(body, at, DATA);
    at += body.write(bytes.toString('base64'), at, 'latin1');
    at = writeBytes(body, at, PARTITION_KEY);
    at = writeString(body, at, partitionKey);
    if (explicitHashKey !== undefined) {
      at = writeBytes(body, at, HASH_KEY);
      at += body.write(`${explicitHashKey}"`, at, 'latin1');
    }
    body[at++] = CLOSING_BRACE;
    body[at++] = COMMA;
  }
  if (records.length > 0) at -= 1; // the comma
  at += body.write(']}', at);
  return body.subarray(0, at);
}

/** @returns where it ends */
function writeBytes(body: Uint8Array, start: number, bytes: Uint8Array): number {
  for (let index = 0; index < bytes.length; index += 1) body[start + index] = bytes[index] ?? 0;
  return start + bytes.length;
}

/**
 * Writes a string as JSON.
 *
 * @returns where it ends
 */
function writeString(body: Buffer, start: number, text: string): number {
  body[start] = QUOTE;
  let at = start + 1;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const isPlain = unit >= 0x20 && unit < 0x7f && unit !== QUOTE && unit !== BACKSLASH;
    if (!isPlain) return start + body.write(JSON.stringify(text), start);
    body[at++] = unit;
  }
  body[at] = QUOTE;
  return at + 1;
}
