import { LocalAwsError } from '../local-aws-error.ts';
import type { Account } from './account.ts';
import type { Input } from './input.ts';
import { KinesisError } from './kinesis-error.ts';
import { type KinesisLimitOptions, resolveLimits } from './limits.ts';
import type { Operation } from './operation.ts';
import { putRecordOperation, putRecords } from './put-operations.ts';
import { getRecords, getShardIterator } from './read-operations.ts';
import { listShards, merge, split, updateShardCountOperation } from './shard-operations.ts';
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
 * @throws {@link LocalAwsError} `invalid_option` when an option is out of range
 */
export function createKinesis(options: KinesisOptions = {}): Account {
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
  return {
    region,
    accountId,
    statusDelayMs,
    limits: resolveLimits(options.limits),
    streams: new Map(),
    recordsAccepted: 0,
  };
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
  return run(account, input, nowMs);
}
