import { LocalAwsError } from '../local-aws-error.ts';

/**
 * The limits that make a request or a record fail.
 *
 * Source, unless another is named: "Quotas and limits" of the developer guide,
 * https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 * There MB stands for MiB, as https://docs.aws.amazon.com/streams/latest/dev/large-records.html
 * spells out.
 */
export interface KinesisLimits {
  /**
   * Most records in one PutRecords. Default 500.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
   */
  readonly recordsPerRequest: number;
  /** Most bytes in one PutRecords, data before base64 plus partition keys. Default 10 MiB. */
  readonly bytesPerRequest: number;
  /**
   * Most bytes of one record, data before base64 plus partition key. Default 1 MiB; a stream
   * whose `MaxRecordSizeInKiB` was set has that limit instead.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html
   */
  readonly bytesPerRecord: number;
  /** Records that one shard takes in a second. Default 1,000. */
  readonly shardWriteRecordsPerSecond: number;
  /** Bytes that one shard takes in a second, data plus partition keys. Default 1 MiB. */
  readonly shardWriteBytesPerSecond: number;
  /** GetRecords calls that one shard answers in a second. Default 5. */
  readonly shardReadsPerSecond: number;
  /** Bytes that one shard hands out in a second through GetRecords. Default 2 MiB. */
  readonly shardReadBytesPerSecond: number;
  /**
   * CreateStream calls in a second. Default 5.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
   */
  readonly createStreamCallsPerSecond: number;
  /**
   * DeleteStream calls in a second. Default 5.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html
   */
  readonly deleteStreamCallsPerSecond: number;
  /**
   * DescribeStream calls in a second. Default 10.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStream.html
   */
  readonly describeStreamCallsPerSecond: number;
  /**
   * DescribeStreamSummary calls in a second. Default 20.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
   */
  readonly describeStreamSummaryCallsPerSecond: number;
  /**
   * ListShards calls in a second for one stream. Default 1,000.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html
   */
  readonly listShardsCallsPerSecond: number;
  /**
   * ListStreams calls in a second. Default 5.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreams.html
   */
  readonly listStreamsCallsPerSecond: number;
  /**
   * MergeShards calls in a second. Default 5.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_MergeShards.html
   */
  readonly mergeShardsCallsPerSecond: number;
  /**
   * SplitShard calls in a second. Default 5.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html
   */
  readonly splitShardCallsPerSecond: number;
  /**
   * UpdateShardCount calls in a second. Default 10.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
   */
  readonly updateShardCountCallsPerSecond: number;
  /**
   * UpdateShardCount calls that succeed for one stream in any 24 hours. Default 10.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
   */
  readonly updateShardCountsPerDay: number;
  /**
   * How many times as many shards, or as few, UpdateShardCount may lead to. Default 2.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
   */
  readonly updateShardCountFactor: number;
  /**
   * Open shards of all provisioned streams. Default 20,000, the quota in us-east-1, us-west-2 and
   * eu-west-1; elsewhere it is 1,000 or 6,000.
   */
  readonly shardsPerAccount: number;
  /**
   * AddTagsToStream calls in a second. Default 5.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_AddTagsToStream.html
   */
  readonly addTagsToStreamCallsPerSecond: number;
  /**
   * RemoveTagsFromStream calls in a second. Default 5.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RemoveTagsFromStream.html
   */
  readonly removeTagsFromStreamCallsPerSecond: number;
  /**
   * ListTagsForStream calls in a second. Default 5.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForStream.html
   */
  readonly listTagsForStreamCallsPerSecond: number;
  /** IncreaseStreamRetentionPeriod calls in a second for one stream. Default 5. */
  readonly increaseStreamRetentionPeriodCallsPerSecond: number;
  /** DecreaseStreamRetentionPeriod calls in a second for one stream. Default 5. */
  readonly decreaseStreamRetentionPeriodCallsPerSecond: number;
  /** How often one stream may change its capacity mode in any 24 hours. Default 2. */
  readonly streamModeSwitchesPerDay: number;
  /**
   * Streams that are CREATING at any time. Default 5.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
   */
  readonly creatingStreams: number;
  /** Streams in on-demand mode. Default 50. */
  readonly onDemandStreamsPerAccount: number;
}

/** `false` switches every limit off; in an object, `false` switches off that one. */
export type KinesisLimitOptions =
  | false
  | { readonly [Limit in keyof KinesisLimits]?: KinesisLimits[Limit] | false };

const MIB = 1024 * 1024;

const documentedLimits: KinesisLimits = {
  recordsPerRequest: 500,
  bytesPerRequest: 10 * MIB,
  bytesPerRecord: MIB,
  shardWriteRecordsPerSecond: 1000,
  shardWriteBytesPerSecond: MIB,
  shardReadsPerSecond: 5,
  shardReadBytesPerSecond: 2 * MIB,
  createStreamCallsPerSecond: 5,
  deleteStreamCallsPerSecond: 5,
  describeStreamCallsPerSecond: 10,
  describeStreamSummaryCallsPerSecond: 20,
  listShardsCallsPerSecond: 1000,
  listStreamsCallsPerSecond: 5,
  mergeShardsCallsPerSecond: 5,
  splitShardCallsPerSecond: 5,
  updateShardCountCallsPerSecond: 10,
  updateShardCountsPerDay: 10,
  updateShardCountFactor: 2,
  shardsPerAccount: 20_000,
  addTagsToStreamCallsPerSecond: 5,
  removeTagsFromStreamCallsPerSecond: 5,
  listTagsForStreamCallsPerSecond: 5,
  increaseStreamRetentionPeriodCallsPerSecond: 5,
  decreaseStreamRetentionPeriodCallsPerSecond: 5,
  streamModeSwitchesPerDay: 2,
  creatingStreams: 5,
  onDemandStreamsPerAccount: 50,
};

/**
 * Fills in the documented limits; a limit that is off is `Infinity`.
 *
 * @throws {@link LocalAwsError} `invalid_option` when a limit is unknown or no positive number
 */
export function resolveLimits(options: KinesisLimitOptions = {}): KinesisLimits {
  const given: Readonly<Record<string, unknown>> = options === false ? {} : options;
  const names = Object.keys(documentedLimits);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new LocalAwsError(
      'invalid_option',
      `limits.${unknown} is no limit of Kinesis; there are ${names.join(', ')}.`,
    );
  }
  const resolve = (name: keyof KinesisLimits): number => {
    const value = options === false ? false : (options[name] ?? documentedLimits[name]);
    if (value === false) return Infinity;
    if (typeof value === 'number' && value > 0) return value;
    throw new LocalAwsError(
      'invalid_option',
      `limits.${name} must be a positive number, or false to switch it off; received ${String(value)}.`,
    );
  };
  return {
    recordsPerRequest: resolve('recordsPerRequest'),
    bytesPerRequest: resolve('bytesPerRequest'),
    bytesPerRecord: resolve('bytesPerRecord'),
    shardWriteRecordsPerSecond: resolve('shardWriteRecordsPerSecond'),
    shardWriteBytesPerSecond: resolve('shardWriteBytesPerSecond'),
    shardReadsPerSecond: resolve('shardReadsPerSecond'),
    shardReadBytesPerSecond: resolve('shardReadBytesPerSecond'),
    createStreamCallsPerSecond: resolve('createStreamCallsPerSecond'),
    deleteStreamCallsPerSecond: resolve('deleteStreamCallsPerSecond'),
    describeStreamCallsPerSecond: resolve('describeStreamCallsPerSecond'),
    describeStreamSummaryCallsPerSecond: resolve('describeStreamSummaryCallsPerSecond'),
    listShardsCallsPerSecond: resolve('listShardsCallsPerSecond'),
    listStreamsCallsPerSecond: resolve('listStreamsCallsPerSecond'),
    mergeShardsCallsPerSecond: resolve('mergeShardsCallsPerSecond'),
    splitShardCallsPerSecond: resolve('splitShardCallsPerSecond'),
    updateShardCountCallsPerSecond: resolve('updateShardCountCallsPerSecond'),
    updateShardCountsPerDay: resolve('updateShardCountsPerDay'),
    updateShardCountFactor: resolve('updateShardCountFactor'),
    shardsPerAccount: resolve('shardsPerAccount'),
    addTagsToStreamCallsPerSecond: resolve('addTagsToStreamCallsPerSecond'),
    removeTagsFromStreamCallsPerSecond: resolve('removeTagsFromStreamCallsPerSecond'),
    listTagsForStreamCallsPerSecond: resolve('listTagsForStreamCallsPerSecond'),
    increaseStreamRetentionPeriodCallsPerSecond: resolve(
      'increaseStreamRetentionPeriodCallsPerSecond',
    ),
    decreaseStreamRetentionPeriodCallsPerSecond: resolve(
      'decreaseStreamRetentionPeriodCallsPerSecond',
    ),
    streamModeSwitchesPerDay: resolve('streamModeSwitchesPerDay'),
    creatingStreams: resolve('creatingStreams'),
    onDemandStreamsPerAccount: resolve('onDemandStreamsPerAccount'),
  };
}
