import {
  AGGREGATED_RECORD,
  DIGEST_BYTES,
  digestOf,
  MAGIC,
  MAGIC_BYTES,
  RECORD,
  WIRE,
} from './format.ts';
import { MessageReader } from './message-reader.ts';

/** One of the records that a producer has put into one Kinesis record. */
export interface UserRecord {
  /** The partition key that its producer gave it; the outer record may have another. */
  readonly partitionKey: string;
  /** The hash key that the producer gave in the place of the partition key's own, in decimal digits. */
  readonly explicitHashKey?: string;
  /** A view into the outer record's bytes, not a copy. */
  readonly data: Uint8Array;
}

/** A record as it is read, before the tables are known: they may come behind it. */
interface Draft {
  readonly partitionKeyIndex: number;
  readonly explicitHashKeyIndex: number | undefined;
  readonly data: Uint8Array;
}

const KEY = (AGGREGATED_RECORD.partitionKeys << 3) | WIRE.bytes;
const EXPLICIT_HASH_KEY = (AGGREGATED_RECORD.explicitHashKeys << 3) | WIRE.bytes;
const USER_RECORD = (AGGREGATED_RECORD.records << 3) | WIRE.bytes;
const KEY_INDEX = (RECORD.partitionKey << 3) | WIRE.varint;
const EXPLICIT_HASH_KEY_INDEX = (RECORD.explicitHashKey << 3) | WIRE.varint;
const DATA = (RECORD.data << 3) | WIRE.bytes;

/**
 * Whether a record begins as an aggregated one and is long enough. Costs next to nothing. Any bytes
 * can begin so: only {@link deaggregate} knows.
 */
export function isAggregated(data: Uint8Array): boolean {
  return (
    data.length > MAGIC_BYTES + DIGEST_BYTES &&
    data[0] === MAGIC >>> 24 &&
    data[1] === ((MAGIC >>> 16) & 0xff) &&
    data[2] === ((MAGIC >>> 8) & 0xff) &&
    data[3] === (MAGIC & 0xff)
  );
}

/**
 * The user records of an aggregated record, in order: the place in the array is what KCL calls the
 * subsequence number. Undefined when it is a record like any other: no magic number, a wrong MD5, or
 * no valid message between them. KCL too hands such a record out as it is.
 *
 * Unlike KCL, it is undefined as well when a user record names a key that is in no table (KCL logs
 * that and drops the rest of them), and a user record is there also when its key lies on another
 * shard (KCL drops the whole record, which is how records get lost after a reshard).
 */
export function deaggregate(data: Uint8Array): readonly UserRecord[] | undefined {
  if (!isAggregated(data)) return undefined;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const end = bytes.length - DIGEST_BYTES;
  const message = bytes.subarray(MAGIC_BYTES, end);
  if (!digestOf(message).equals(bytes.subarray(end))) return undefined;

  const partitionKeys: string[] = [];
  const explicitHashKeys: string[] = [];
  const drafts: Draft[] = [];
  const reader = new MessageReader(message);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === KEY) partitionKeys.push(reader.bytes().toString('utf8'));
    else if (tag === EXPLICIT_HASH_KEY) explicitHashKeys.push(reader.bytes().toString('utf8'));
    else if (tag === USER_RECORD) {
      const draft = readDraft(reader.message());
      if (draft === undefined) return undefined;
      drafts.push(draft);
    } else reader.skip(tag);
  }
  return reader.failed ? undefined : resolve(drafts, partitionKeys, explicitHashKeys);
}

/** Undefined when it is no message, or without what a user record must have. */
function readDraft(reader: MessageReader): Draft | undefined {
  let partitionKeyIndex: number | undefined;
  let explicitHashKeyIndex: number | undefined;
  let data: Uint8Array | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    // A field that comes twice counts as it came last.
    if (tag === KEY_INDEX) partitionKeyIndex = reader.varint();
    else if (tag === EXPLICIT_HASH_KEY_INDEX) explicitHashKeyIndex = reader.varint();
    else if (tag === DATA) data = reader.bytes();
    else reader.skip(tag);
  }
  if (reader.failed || partitionKeyIndex === undefined || data === undefined) return undefined;
  return { partitionKeyIndex, explicitHashKeyIndex, data };
}

function resolve(
  drafts: readonly Draft[],
  partitionKeys: readonly string[],
  explicitHashKeys: readonly string[],
): readonly UserRecord[] | undefined {
  const records: UserRecord[] = [];
  for (const { partitionKeyIndex, explicitHashKeyIndex, data } of drafts) {
    const partitionKey = partitionKeys[partitionKeyIndex];
    if (partitionKey === undefined) return undefined;
    if (explicitHashKeyIndex === undefined) {
      records.push({ partitionKey, data });
      continue;
    }
    const explicitHashKey = explicitHashKeys[explicitHashKeyIndex];
    if (explicitHashKey === undefined) return undefined;
    records.push({ partitionKey, explicitHashKey, data });
  }
  return records;
}
