import { requiredStream, streamNotFound } from './account.ts';
import {
  type Input,
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
import { findShard, MAX_RECORDS_PER_READ, readShard, type Stream } from './stream.ts';

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
      ...(record.partitionKey !== undefined && { PartitionKey: record.partitionKey }),
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
