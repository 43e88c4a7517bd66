import { type Account, requiredStream, streamNotFound, streamStatus } from './account.ts';
import { type HashKey, parseHashKey } from './hash-key.ts';
import { type Input, invalidField, isList, isObject, optionalString, required } from './input.ts';
import { KinesisError } from './kinesis-error.ts';
import type { Operation } from './operation.ts';
import type { Shard, StoredRecord } from './shard.ts';
import {
  type NewRecord,
  putRecord,
  type Stream,
  shardOf,
  throttled,
  throttleMessage,
} from './stream.ts';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Reads one record of a request. `at` names it in errors, as in `records.3.member.`. */
function readRecord(stream: Stream, input: Input, at: string): NewRecord {
  const path = `${at}partitionKey`;
  const partitionKey = optionalString(input, 'PartitionKey', { max: 256, path });
  if (stream.distribution === 'USER_PARTITION_KEY') required(path, partitionKey);
  const { Data: data } = input;
  if (data === undefined || data === null) {
    throw invalidField(`${at}data`, undefined, 'Member must not be null');
  }
  if (typeof data !== 'string' || data.length % 4 !== 0 || !BASE64.test(data)) {
    throw new KinesisError('SerializationException', `${at}data is not base64.`);
  }
  const bytes = recordBytes(data, partitionKey);
  const maxBytes = maxRecordBytes(stream);
  if (bytes > maxBytes) {
    throw new KinesisError(
      'InvalidArgumentException',
      `The record at '${at}data' is ${bytes} bytes with its partition key, more than the ${maxBytes} bytes that stream ${stream.name} takes.`,
    );
  }
  return {
    partitionKey,
    data,
    bytes,
    explicitHashKey: readExplicitHashKey(input['ExplicitHashKey']),
  };
}

/** What a record counts for: its data, given in base64, before base64, and its partition key. */
export function recordBytes(data: string, partitionKey: string | undefined): number {
  // For base64 this is arithmetic on the length: nothing is decoded.
  return Buffer.byteLength(data, 'base64') + Buffer.byteLength(partitionKey ?? '');
}

function maxRecordBytes(stream: Stream): number {
  const { bytesPerRecord } = stream.limits;
  if (bytesPerRecord === Infinity || stream.maxRecordSizeInKiB === undefined) return bytesPerRecord;
  return stream.maxRecordSizeInKiB * 1024;
}

function readExplicitHashKey(value: unknown): HashKey | undefined {
  if (value === undefined || value === null) return undefined;
  const hashKey = typeof value === 'string' ? parseHashKey(value) : undefined;
  if (hashKey === undefined) {
    throw new KinesisError(
      'InvalidArgumentException',
      `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${JSON.stringify(value)}`,
    );
  }
  return hashKey;
}

/** A stream that takes records: a stream that is still being created does not exist yet. */
function writableStream(account: Account, input: Input, nowMs: number): Stream {
  const stream = requiredStream(account, input, nowMs);
  if (streamStatus(stream, nowMs) === 'CREATING') throw streamNotFound(account, stream.name);
  return stream;
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html */
export const putRecordOperation: Operation = (account, input, nowMs) => {
  const stream = writableStream(account, input, nowMs);
  const ordering = { max: 128, pattern: /^(0|[1-9]\d{0,128})$/ };
  const after = optionalString(input, 'SequenceNumberForOrdering', ordering);
  // https://docs.aws.amazon.com/streams/latest/dev/service-managed-pk-producing-behavior.html
  if (after !== undefined && stream.distribution === 'AUTO') {
    throw new KinesisError(
      'InvalidArgumentException',
      `SequenceNumberForOrdering cannot be provided: stream ${stream.name} distributes records by itself.`,
    );
  }
  const record = readRecord(stream, input, '');
  const shard = shardOf(stream, record);
  const stored = store(account, stream, shard, record, nowMs);
  if (stored === undefined) throw throttled(stream, shard);
  return { ShardId: shard.id, SequenceNumber: stored.sequenceNumber };
};

function store(
  account: Account,
  stream: Stream,
  shard: Shard,
  record: NewRecord,
  nowMs: number,
): StoredRecord | undefined {
  const stored = putRecord(stream, shard, record, nowMs);
  if (stored === undefined) return undefined;
  account.recordsAccepted += 1;
  const { partitionKey, data, arrivedAtMs } = stored;
  const place = { stream: stream.name, shard: shard.id };
  account.journal?.append({ type: 'record', ...place, partitionKey, data, arrivedAtMs });
  return stored;
}

/** The answer for one record of a PutRecords. */
export type PutRecordsEntry =
  | { readonly ShardId: string; readonly SequenceNumber: string }
  | { readonly ErrorCode: string; readonly ErrorMessage: string };

/** Decides for single records of a PutRecords that they fail; undefined lets one pass. */
export type RecordFault = (index: number) => RecordErrorCode | undefined;

/** Why a single record can fail. */
export type RecordErrorCode = 'InternalFailure' | 'ProvisionedThroughputExceededException';

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
export const putRecords: Operation = (account, input, nowMs) =>
  putRecordsWithFaults(account, input, nowMs, () => undefined);

/** PutRecords in which chosen records fail, as they do on a bad day. */
export function putRecordsWithFaults(
  account: Account,
  input: Input,
  nowMs: number,
  fault: RecordFault,
): { FailedRecordCount: number; Records: PutRecordsEntry[] } {
  const stream = writableStream(account, input, nowMs);
  const records = readRecords(stream, input);
  const entries = records.map((record, index): PutRecordsEntry => {
    const shard = shardOf(stream, record);
    const code = fault(index);
    if (code === 'InternalFailure') {
      return { ErrorCode: code, ErrorMessage: 'Internal service failure.' };
    }
    const stored = code === undefined ? store(account, stream, shard, record, nowMs) : undefined;
    if (stored !== undefined) return { ShardId: shard.id, SequenceNumber: stored.sequenceNumber };
    return {
      ErrorCode: 'ProvisionedThroughputExceededException',
      ErrorMessage: throttleMessage(stream, shard),
    };
  });
  const failed = entries.filter((entry) => 'ErrorCode' in entry).length;
  return { FailedRecordCount: failed, Records: entries };
}

function readRecords(stream: Stream, input: Input): NewRecord[] {
  const { Records: list } = input;
  if (list === undefined || list === null) {
    throw invalidField('records', undefined, 'Member must not be null');
  }
  if (!isList(list)) throw new KinesisError('SerializationException', 'Records must be a list.');
  if (list.length === 0) {
    throw invalidField('records', list, 'Member must have length greater than or equal to 1');
  }
  const { recordsPerRequest, bytesPerRequest } = stream.limits;
  if (list.length > recordsPerRequest) {
    throw invalidField(
      'records',
      `[${list.length} records]`,
      `Member must have length less than or equal to ${recordsPerRequest}`,
    );
  }
  let bytes = 0;
  const records = list.map((item, index) => {
    const at = `records.${index + 1}.member.`;
    if (!isObject(item)) {
      throw new KinesisError('SerializationException', `${at} must be an object.`);
    }
    const record = readRecord(stream, item, at);
    bytes += record.bytes;
    return record;
  });
  if (bytes > bytesPerRequest) {
    throw new KinesisError(
      'InvalidArgumentException',
      `Records size exceeds ${bytesPerRequest / 1024 / 1024} MB limit`,
    );
  }
  return records;
}
