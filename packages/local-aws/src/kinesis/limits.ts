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
  };
}
