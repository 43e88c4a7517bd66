import { LocalAwsError } from '../local-aws-error.ts';
import { type Account, streamNotFound } from './account.ts';
import { countCall, createControlPlane } from './control-plane.ts';
import type { Input } from './input.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { KinesisError } from './kinesis-error.ts';
import { type KinesisLimitOptions, resolveLimits } from './limits.ts';
import type { Operation } from './operation.ts';
import { putRecordOperation, putRecords, recordBytes } from './put-operations.ts';
import { getRecords, getShardIterator } from './read-operations.ts';
import { append } from './shard.ts';
import { listShards, merge, split, updateShardCountOperation } from './shard-operations.ts';
import { findShard, type Stream } from './stream.ts';
import {
  addTagsToStream,
  createStreamOperation,
  decreaseRetention,
  deleteStream,
  describeStream,
  describeStreamSummary,
  increaseRetention,
  listStreams,
  listTagsForStream,
  removeTagsFromStream,
  updateMaxRecordSize,
  updateRecordDistribution,
  updateStreamMode,
} from './stream-operations.ts';

/** What a Kinesis of one's own can be told. */
export interface KinesisOptions {
  /** Part of every ARN. Default `us-east-1`. */
  readonly region?: string;
  /** Twelve digits, part of every ARN. Default `000000000000`. */
  readonly accountId?: string;
  /** The documented limits, unless changed or switched off; see `KinesisLimits`. */
  readonly limits?: KinesisLimitOptions;
  /**
   * How long a stream is CREATING after CreateStream and UPDATING after a change. Default 0, at
   * once, where AWS takes seconds: a test that wants to see the waiting sets it.
   */
  readonly statusDelayMs?: number;
}

/** Operations that change streams; those that put records write down the records themselves. */
const CHANGES = new Set([
  'AddTagsToStream',
  'CreateStream',
  'DecreaseStreamRetentionPeriod',
  'DeleteStream',
  'IncreaseStreamRetentionPeriod',
  'MergeShards',
  'RemoveTagsFromStream',
  'SplitShard',
  'UpdateMaxRecordSize',
  'UpdateShardCount',
  'UpdateStreamMode',
  'UpdateStreamRecordDistributionStrategy',
]);

const operations = new Map<string, Operation>(
  Object.entries({
    AddTagsToStream: addTagsToStream,
    CreateStream: createStreamOperation,
    DecreaseStreamRetentionPeriod: decreaseRetention,
    DeleteStream: deleteStream,
    DescribeStream: describeStream,
    DescribeStreamSummary: describeStreamSummary,
    GetRecords: getRecords,
    GetShardIterator: getShardIterator,
    IncreaseStreamRetentionPeriod: increaseRetention,
    ListShards: listShards,
    ListStreams: listStreams,
    ListTagsForStream: listTagsForStream,
    MergeShards: merge,
    PutRecord: putRecordOperation,
    PutRecords: putRecords,
    RemoveTagsFromStream: removeTagsFromStream,
    SplitShard: split,
    UpdateMaxRecordSize: updateMaxRecordSize,
    UpdateShardCount: updateShardCountOperation,
    UpdateStreamMode: updateStreamMode,
    UpdateStreamRecordDistributionStrategy: updateRecordDistribution,
  }),
);

/**
 * A Kinesis without a network or a clock: state, to be driven through `execute`.
 *
 * @param journal what happened before, which happens again, and where changes are written down.
 * Default: a Kinesis without a past that forgets all.
 * @throws {@link LocalAwsError} `invalid_option` when an option is out of range
 */
export function createKinesis(options: KinesisOptions = {}, journal?: Journal): Account {
  const { region = 'us-east-1', accountId = '000000000000', statusDelayMs = 0 } = options;
  if (!/^\d{12}$/.test(accountId)) {
    throw new LocalAwsError(
      'invalid_option',
      `accountId must be twelve digits, received ${accountId}.`,
    );
  }
  if (!(statusDelayMs >= 0 && Number.isFinite(statusDelayMs))) {
    throw new LocalAwsError(
      'invalid_option',
      `statusDelayMs must be 0 or more, received ${statusDelayMs}.`,
    );
  }
  const limits = resolveLimits(options.limits);
  const account = {
    region,
    accountId,
    statusDelayMs,
    limits,
    control: createControlPlane(limits),
    streams: new Map<string, Stream>(),
    recordsAccepted: 0,
  };
  // What was allowed then stays so, whatever the limits are now.
  const past = { ...account, control: createControlPlane(), journal: undefined };
  for (const entry of journal?.entries ?? []) replay(past, entry);
  return { ...account, journal };
}

/** The same requests and records at the same times give the same shards and sequence numbers. */
function replay(account: Account, entry: JournalEntry): void {
  if (entry.type === 'request') {
    execute(account, entry.operation, entry.input, entry.atMs);
    return;
  }
  const { partitionKey, data, arrivedAtMs } = entry;
  const stream = account.streams.get(entry.stream);
  if (stream === undefined) throw streamNotFound(account, entry.stream);
  const bytes = recordBytes(data, partitionKey);
  append(findShard(stream, entry.shard), { partitionKey, data, bytes }, arrivedAtMs);
}

/**
 * Answers one request: the name of an operation and the body that the AWS SDK would send for it.
 *
 * @throws KinesisError whatever AWS would answer instead.
 */
export function execute(account: Account, operation: string, input: Input, nowMs: number): object {
  const run = operations.get(operation);
  if (run === undefined) {
    throw new KinesisError(
      'UnknownOperationException',
      `${operation} is not available on this local Kinesis. Available: ${[...operations.keys()].join(', ')}.`,
    );
  }
  countCall(account, operation, input, nowMs);
  const answer = run(account, input, nowMs);
  if (CHANGES.has(operation)) {
    account.journal?.append({ type: 'request', operation, input, atMs: nowMs });
  }
  return answer;
}
