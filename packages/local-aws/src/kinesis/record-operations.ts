import { type Account, requiredStream, streamNotFound, streamStatus } from './account.ts';
import { type HashKey, parseHashKey } from './hash-key.ts';
import {
  type Input,
  invalidField,
  isList,
  isObject,
  optionalChoice,
  optionalInteger,
  optionalString,
  optionalTimeMs,
  required,
  requiredString,
} from './input.ts';
import { formatIterator, parseIterator } from './iterator.ts';
import { KinesisError } from './kinesis-error.ts';
import type { Operation } from './operation.ts';
import { endPosition, positionAtTime, positionOf, type Shard, trimHorizon } from './shard.ts';
import { describeHashRange } from './shard-operations.ts';
import {
  findShard,
  MAX_RECORDS_PER_READ,
  type NewRecord,
  putRecord,
  readShard,
  type Stream,
  shardOf,
  throttled,
} from './stream.ts';

const PARTITION_KEY_CHARACTERS = 256;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Reads one record of a request. `at` names it in errors, as in `records.3.member.`. */
function readRecord(stream: Stream, input: Input, at: string): NewRecord {
  const { PartitionKey: partitionKey, Data: data } = input;
  if (typeof partitionKey !== 'string') {
    throw invalidField(`${at}partitionKey`, undefined, 'Member must not be null');
  }
  if (partitionKey.length === 0) {
    throw invalidField(
      `${at}partitionKey`,
      '',
      'Member must have length greater than or equal to 1',
    );
  }
  if (
    partitionKey.length > PARTITION_KEY_CHARACTERS &&
    Array.from(partitionKey).length > PARTITION_KEY_CHARACTERS
  ) {
    throw invalidField(
      `${at}partitionKey`,
      partitionKey,
      `Member must have length less than or equal to ${PARTITION_KEY_CHARACTERS}`,
    );
  }
  if (data === undefined || data === null) {
    throw invalidField(`${at}data`, undefined, 'Member must not be null');
  }
  if (typeof data !== 'string' || data.length % 4 !== 0 || !BASE64.test(data)) {
    throw new KinesisError('SerializationException', `${at}data is not base64.`);
  }
  // For base64 this is arithmetic on the length: nothing is decoded.
  const bytes = Buffer.byteLength(data, 'base64') + Buffer.byteLength(partitionKey);
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
  optionalString(input, 'SequenceNumberForOrdering', { max: 128, pattern: /^(0|[1-9]\d{0,128})$/ });
  const record = readRecord(stream, input, '');
  const shard = shardOf(stream, record);
  const stored = putRecord(stream, shard, record, nowMs);
  if (stored === undefined) throw throttled(stream, shard);
  account.recordsAccepted += 1;
  return { ShardId: shard.id, SequenceNumber: stored.sequenceNumber };
};

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
    const stored = code === undefined ? putRecord(stream, shard, record, nowMs) : undefined;
    if (stored !== undefined) return { ShardId: shard.id, SequenceNumber: stored.sequenceNumber };
    const { code: ErrorCode, message: ErrorMessage } = throttled(stream, shard);
    return { ErrorCode, ErrorMessage };
  });
  const failed = entries.filter((entry) => 'ErrorCode' in entry).length;
  account.recordsAccepted += entries.length - failed;
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
    if (!isObject(item))
      throw new KinesisError('SerializationException', `${at} must be an object.`);
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

const ITERATOR_TYPES = [
  'AT_SEQUENCE_NUMBER',
  'AFTER_SEQUENCE_NUMBER',
  'TRIM_HORIZON',
  'LATEST',
  'AT_TIMESTAMP',
] as const;

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html */
export const getShardIterator: Operation = (account, input, nowMs) => {
  const type = required(
    'ShardIteratorType',
    optionalChoice(input, 'ShardIteratorType', ITERATOR_TYPES),
  );
  const shardId = requiredString(input, 'ShardId', { max: 128, pattern: /^[a-zA-Z0-9_.-]+$/ });
  const stream = requiredStream(account, input, nowMs);
  const shard = findShard(stream, shardId);
  return {
    ShardIterator: issueIterator(
      stream,
      shard,
      startPosition(stream, shard, type, input, nowMs),
      nowMs,
    ),
  };
};

function startPosition(
  stream: Stream,
  shard: Shard,
  type: (typeof ITERATOR_TYPES)[number],
  input: Input,
  nowMs: number,
): number {
  if (type === 'TRIM_HORIZON') return trimHorizon(shard);
  if (type === 'LATEST') return endPosition(shard);
  if (type === 'AT_TIMESTAMP') return timestampPosition(shard, input, nowMs);
  const position = sequencePosition(stream, shard, type, input);
  return type === 'AT_SEQUENCE_NUMBER' ? position : position + 1;
}

function timestampPosition(shard: Shard, input: Input, nowMs: number): number {
  const timeMs = optionalTimeMs(input, 'Timestamp');
  if (timeMs === undefined) {
    throw new KinesisError(
      'InvalidArgumentException',
      'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.',
    );
  }
  if (timeMs > nowMs) {
    throw new KinesisError(
      'InvalidArgumentException',
      `The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: ${timeMs}, currentTimestampInMillis: ${nowMs}`,
    );
  }
  return positionAtTime(shard, timeMs);
}

function sequencePosition(stream: Stream, shard: Shard, type: string, input: Input): number {
  const sequenceNumber = optionalString(input, 'StartingSequenceNumber', { max: 256 });
  if (sequenceNumber === undefined) {
    throw new KinesisError(
      'InvalidArgumentException',
      `Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ${type} and no StartingSequenceNumber.`,
    );
  }
  const position = positionOf(shard, sequenceNumber);
  if (position === undefined) {
    throw new KinesisError(
      'InvalidArgumentException',
      `StartingSequenceNumber ${sequenceNumber} used in GetShardIterator on shard ${shard.id} in stream ${stream.name} under account ${stream.accountId} is invalid.`,
    );
  }
  return position;
}

function issueIterator(stream: Stream, shard: Shard, position: number, nowMs: number): string {
  return formatIterator({
    streamName: stream.name,
    streamCreatedAtMs: stream.createdAtMs,
    shardId: shard.id,
    position,
    issuedAtMs: nowMs,
  });
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html */
export const getRecords: Operation = (account, input, nowMs) => {
  const limit =
    optionalInteger(input, 'Limit', { min: 1, max: MAX_RECORDS_PER_READ }) ?? MAX_RECORDS_PER_READ;
  const token = requiredString(input, 'ShardIterator', { max: 512 });
  const iterator = parseIterator(token, nowMs);
  const stream = requiredStream(account, { StreamName: iterator.streamName }, nowMs);
  if (stream.createdAtMs !== iterator.streamCreatedAtMs) throw streamNotFound(account, stream.name);
  const shard = findShard(stream, iterator.shardId);
  const page = readShard(stream, shard, iterator.position, limit, nowMs);
  return {
    Records: page.records.map((record) => ({
      SequenceNumber: record.sequenceNumber,
      ApproximateArrivalTimestamp: record.arrivedAtMs / 1000,
      Data: record.data,
      PartitionKey: record.partitionKey,
    })),
    ...(page.nextPosition !== undefined && {
      NextShardIterator: issueIterator(stream, shard, page.nextPosition, nowMs),
    }),
    MillisBehindLatest: page.millisBehindLatest,
    ...(page.nextPosition === undefined && {
      ChildShards: page.children.map((child) => ({
        ShardId: child.id,
        ParentShards: child.parents,
        HashKeyRange: describeHashRange(child),
      })),
    }),
  };
};
