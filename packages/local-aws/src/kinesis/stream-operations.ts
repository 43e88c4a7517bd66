import {
  beginUpdate,
  requiredActiveStream,
  requiredStream,
  requiredStreamName,
  streamArn,
  streamStatus,
} from './account.ts';
import {
  assertCreationQuota,
  assertModeSwitchable,
  assertOnDemandQuota,
  assertShardQuota,
  countStreamCall,
} from './control-plane.ts';
import {
  type Input,
  invalidField,
  isList,
  optionalChoice,
  optionalInteger,
  optionalObject,
  optionalString,
  required,
} from './input.ts';
import { KinesisError } from './kinesis-error.ts';
import type { Operation } from './operation.ts';
import { describeShard } from './shard-operations.ts';
import {
  createStream,
  type RecordDistributionStrategy,
  type Stream,
  type StreamMode,
} from './stream.ts';

const MODES: readonly StreamMode[] = ['PROVISIONED', 'ON_DEMAND'];
const DISTRIBUTIONS: readonly RecordDistributionStrategy[] = ['AUTO', 'USER_PARTITION_KEY'];
/** An on-demand stream starts with 4 MB/s of writes: four shards' worth. */
const ON_DEMAND_SHARDS = 4;
/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html */
const RETENTION_HOURS = { min: 24, max: 8760 };
const RECORD_SIZE_KIB = { min: 1024, max: 10_240 };

export const createStreamOperation: Operation = (account, input, nowMs) => {
  const name = requiredStreamName(input);
  const mode = readMode(input) ?? 'PROVISIONED';
  const shardCount = optionalInteger(input, 'ShardCount', { min: 1, max: 10_000 });
  if (mode === 'PROVISIONED' && shardCount === undefined) {
    throw new KinesisError(
      'ValidationException',
      'ShardCount must be specified for a stream in PROVISIONED mode.',
    );
  }
  if (mode === 'ON_DEMAND' && shardCount !== undefined) {
    throw new KinesisError(
      'ValidationException',
      'ShardCount must not be specified for a stream in ON_DEMAND mode.',
    );
  }
  const distribution = optionalChoice(input, 'RecordDistributionStrategy', DISTRIBUTIONS);
  if (distribution !== undefined) assertDistributable(name, mode, distribution);
  if (account.streams.has(name)) {
    throw new KinesisError(
      'ResourceInUseException',
      `Stream ${name} under account ${account.accountId} already exists.`,
    );
  }
  assertCreationQuota(account, nowMs);
  if (mode === 'ON_DEMAND') assertOnDemandQuota(account);
  if (shardCount !== undefined) assertShardQuota(account, shardCount);
  const stream = createStream(
    {
      name,
      accountId: account.accountId,
      arn: streamArn(account, name),
      limits: account.limits,
      mode,
      ...(distribution && { distribution }),
      maxRecordSizeInKiB: optionalInteger(input, 'MaxRecordSizeInKiB', RECORD_SIZE_KIB),
    },
    shardCount ?? ON_DEMAND_SHARDS,
    nowMs,
  );
  stream.busyUntilMs = nowMs + account.statusDelayMs;
  addTags(stream, input);
  account.streams.set(name, stream);
  return {};
};

function readMode(input: Input): StreamMode | undefined {
  const details = optionalObject(input, 'StreamModeDetails');
  return details && required('StreamMode', optionalChoice(details, 'StreamMode', MODES));
}

export const deleteStream: Operation = (account, input, nowMs) => {
  account.streams.delete(requiredStream(account, input, nowMs).name);
  return {};
};

export const listStreams: Operation = (account, input, nowMs) => {
  const limit = optionalInteger(input, 'Limit', { min: 1, max: 10_000 }) ?? 100;
  const after =
    optionalString(input, 'ExclusiveStartStreamName', { max: 128 }) ??
    optionalString(input, 'NextToken', { max: 1_048_576 }) ??
    '';
  const streams = [...account.streams.values()]
    .filter((stream) => stream.name > after)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const page = streams.slice(0, limit);
  const more = page.length < streams.length;
  return {
    StreamNames: page.map((stream) => stream.name),
    StreamSummaries: page.map((stream) => ({
      StreamName: stream.name,
      StreamARN: stream.arn,
      StreamStatus: streamStatus(stream, nowMs),
      StreamModeDetails: { StreamMode: stream.mode },
      StreamCreationTimestamp: stream.createdAtMs / 1000,
    })),
    HasMoreStreams: more,
    ...(more ? { NextToken: page.at(-1)?.name } : {}),
  };
};

function describe(stream: Stream, nowMs: number): object {
  return {
    StreamName: stream.name,
    StreamARN: stream.arn,
    StreamStatus: streamStatus(stream, nowMs),
    StreamModeDetails: { StreamMode: stream.mode },
    RetentionPeriodHours: stream.retentionHours,
    StreamCreationTimestamp: stream.createdAtMs / 1000,
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: 'NONE',
  };
}

export const describeStream: Operation = (account, input, nowMs) => {
  const limit = optionalInteger(input, 'Limit', { min: 1, max: 10_000 }) ?? 100;
  const after = optionalString(input, 'ExclusiveStartShardId', { max: 128 }) ?? '';
  const stream = requiredStream(account, input, nowMs);
  const shards = [...stream.shards.values()].filter((shard) => shard.id > after);
  return {
    StreamDescription: {
      ...describe(stream, nowMs),
      Shards: shards.slice(0, limit).map(describeShard),
      HasMoreShards: shards.length > limit,
    },
  };
};

export const describeStreamSummary: Operation = (account, input, nowMs) => {
  const stream = requiredStream(account, input, nowMs);
  return {
    StreamDescriptionSummary: {
      ...describe(stream, nowMs),
      OpenShardCount: stream.open.length,
      ConsumerCount: 0,
      MaxRecordSizeInKiB: stream.maxRecordSizeInKiB ?? RECORD_SIZE_KIB.min,
      ...(stream.mode === 'ON_DEMAND' && { RecordDistributionStrategy: stream.distribution }),
    },
  };
};

/** Increase and Decrease differ in the direction they refuse. */
function changeRetention(direction: 'increase' | 'decrease'): Operation {
  const operation =
    direction === 'increase' ? 'IncreaseStreamRetentionPeriod' : 'DecreaseStreamRetentionPeriod';
  return (account, input, nowMs) => {
    const hours = required(
      'RetentionPeriodHours',
      optionalInteger(input, 'RetentionPeriodHours', { min: 1, max: RETENTION_HOURS.max }),
    );
    const stream = requiredActiveStream(account, input, nowMs);
    countStreamCall(account, operation, stream, nowMs);
    const current = stream.retentionHours;
    if (hours < RETENTION_HOURS.min) {
      throw new KinesisError(
        'InvalidArgumentException',
        `Minimum allowed retention period is ${RETENTION_HOURS.min} hours. Requested retention period (${hours} hours) is too short.`,
      );
    }
    if (direction === 'increase' ? hours < current : hours > current) {
      throw new KinesisError(
        'InvalidArgumentException',
        `Requested retention period (${hours} hours) for stream ${stream.name} can not be ${
          direction === 'increase' ? 'shorter' : 'longer'
        } than existing retention period (${current} hours). Use ${
          direction === 'increase' ? 'Decrease' : 'Increase'
        }RetentionPeriod API.`,
      );
    }
    stream.retentionHours = hours;
    beginUpdate(account, stream, nowMs);
    return {};
  };
}

export const increaseRetention = changeRetention('increase');
export const decreaseRetention = changeRetention('decrease');

export const updateStreamMode: Operation = (account, input, nowMs) => {
  const mode = required('StreamModeDetails', readMode(input));
  const stream = requiredActiveStream(account, input, nowMs);
  if (mode !== stream.mode) {
    assertModeSwitchable(account, stream, nowMs);
    if (mode === 'ON_DEMAND') assertOnDemandQuota(account);
    stream.modeSwitchedAtMs.push(nowMs);
  }
  stream.mode = mode;
  // AWS does not say what becomes of AUTO, which a provisioned stream cannot have.
  if (mode === 'PROVISIONED') stream.distribution = 'USER_PARTITION_KEY';
  beginUpdate(account, stream, nowMs);
  return {};
};

function assertDistributable(
  name: string,
  mode: StreamMode,
  distribution: RecordDistributionStrategy,
): void {
  if (mode === 'ON_DEMAND' || distribution === 'USER_PARTITION_KEY') return;
  throw new KinesisError(
    'InvalidArgumentException',
    `Stream ${name} is in PROVISIONED mode: only an ON_DEMAND stream takes the record distribution strategy AUTO.`,
  );
}

/**
 * In effect at once, without a pause in UPDATING.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamRecordDistributionStrategy.html
 */
export const updateRecordDistribution: Operation = (account, input, nowMs) => {
  const distribution = required(
    'RecordDistributionStrategy',
    optionalChoice(input, 'RecordDistributionStrategy', DISTRIBUTIONS),
  );
  required('StreamARN', optionalString(input, 'StreamARN', { max: 2048 }));
  const stream = requiredActiveStream(account, input, nowMs);
  assertDistributable(stream.name, stream.mode, distribution);
  stream.distribution = distribution;
  return {};
};

export const updateMaxRecordSize: Operation = (account, input, nowMs) => {
  const kib = required(
    'MaxRecordSizeInKiB',
    optionalInteger(input, 'MaxRecordSizeInKiB', RECORD_SIZE_KIB),
  );
  const stream = requiredActiveStream(account, input, nowMs);
  stream.maxRecordSizeInKiB = kib;
  beginUpdate(account, stream, nowMs);
  return {};
};

function addTags(stream: Stream, input: Input): void {
  const tags = optionalObject(input, 'Tags') ?? {};
  for (const key of Object.keys(tags)) {
    stream.tags.set(key, optionalString(tags, key, { min: 0, max: 256 }) ?? '');
  }
}

export const addTagsToStream: Operation = (account, input, nowMs) => {
  addTags(requiredStream(account, input, nowMs), input);
  return {};
};

export const removeTagsFromStream: Operation = (account, input, nowMs) => {
  const keys = input['TagKeys'];
  const stream = requiredStream(account, input, nowMs);
  if (!isList(keys)) throw invalidField('TagKeys', keys, 'Member must be a list');
  for (const key of keys) stream.tags.delete(String(key));
  return {};
};

export const listTagsForStream: Operation = (account, input, nowMs) => ({
  Tags: [...requiredStream(account, input, nowMs).tags].map(([Key, Value]) => ({ Key, Value })),
  HasMoreTags: false,
});
