import { EventSourceMappingError } from './error.ts';
import { compileFilters, type Filter } from './filter.ts';
import { type InferredKinesisBehaviour, inferredKinesisDefaults } from './inferred.ts';
import {
  arn,
  checkNames,
  type EventSourceMappingProperties,
  flag,
  integer,
  invalid,
  reportsBatchItemFailures,
  text,
} from './properties.ts';

/** Where a mapping starts in shards that it has never read. */
export type StartingPosition =
  | { readonly type: 'LATEST' }
  | { readonly type: 'TRIM_HORIZON' }
  | { readonly type: 'AT_TIMESTAMP'; readonly timestampMs: number };

/** Where discarded batches are reported. */
export interface OnFailureDestination {
  readonly kind: 'sqs' | 'sns' | 's3';
  readonly arn: string;
}

/** A Kinesis mapping's settings, complete and checked. */
export interface KinesisSettings {
  readonly streamArn: string;
  readonly region: string;
  readonly account: string;
  /** With its version or alias, `$LATEST` when none was given. */
  readonly functionArn: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly lanes: number;
  readonly bisect: boolean;
  readonly partialResponses: boolean;
  /** Retries after the first invocation; −1 until the record expires. */
  readonly retries: number;
  /** −1 for no limit. */
  readonly maximumAgeMs: number;
  readonly start: StartingPosition;
  readonly filters: readonly Filter[];
  readonly onFailure: OnFailureDestination | undefined;
  readonly inferred: InferredKinesisBehaviour;
  readonly maximumBufferedRecords: number;
  readonly maximumBufferedBytes: number;
}

const names = [
  'EventSourceArn',
  'FunctionName',
  'Enabled',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'ParallelizationFactor',
  'BisectBatchOnFunctionError',
  'FunctionResponseTypes',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'StartingPosition',
  'StartingPositionTimestamp',
  'TumblingWindowInSeconds',
  'FilterCriteria',
  'DestinationConfig',
];

/**
 * Checks CloudFormation's properties of a Kinesis mapping and fills in AWS's defaults.
 * @throws EventSourceMappingError that names the property, what was expected and what was found.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
 */
export function resolveKinesisSettings(
  properties: EventSourceMappingProperties,
  inferred: Partial<InferredKinesisBehaviour> = {},
): KinesisSettings {
  checkNames(properties, names, 'Kinesis');
  refuseTumblingWindow(properties.TumblingWindowInSeconds);
  const stream = arn('EventSourceArn', properties.EventSourceArn, ['kinesis']);
  if (!stream.arn.includes(':stream/') || stream.arn.includes('/consumer/')) {
    throw new EventSourceMappingError(
      'unsupported_setting',
      'EventSourceArn',
      'only a stream can be read, not a registered consumer (enhanced fan-out); give the ARN of the stream',
    );
  }
  const batchSize = integer('BatchSize', properties.BatchSize, {
    min: 1,
    max: 10_000,
    default: 100,
  });
  const lanes = integer('ParallelizationFactor', properties.ParallelizationFactor, {
    min: 1,
    max: 10,
    default: 1,
  });
  const behaviour = { ...inferredKinesisDefaults, ...inferred };
  return {
    streamArn: stream.arn,
    region: stream.region,
    account: stream.account,
    functionArn: functionArn(text('FunctionName', properties.FunctionName), stream),
    enabled: flag('Enabled', properties.Enabled, true),
    batchSize,
    windowMs:
      1_000 *
      integer('MaximumBatchingWindowInSeconds', properties.MaximumBatchingWindowInSeconds, {
        min: 0,
        max: 300,
        default: 0,
      }),
    lanes,
    bisect: flag('BisectBatchOnFunctionError', properties.BisectBatchOnFunctionError, false),
    partialResponses: reportsBatchItemFailures(properties.FunctionResponseTypes),
    retries: integer('MaximumRetryAttempts', properties.MaximumRetryAttempts, {
      min: -1,
      max: 10_000,
      default: -1,
    }),
    maximumAgeMs: maximumAgeMs(properties.MaximumRecordAgeInSeconds),
    start: startingPosition(properties),
    filters: compileFilters(properties.FilterCriteria, 'data'),
    onFailure: onFailure(properties.DestinationConfig?.OnFailure?.Destination),
    inferred: behaviour,
    maximumBufferedRecords:
      behaviour.maximumBufferedRecords ?? Math.max(10_000, 2 * batchSize * lanes),
    maximumBufferedBytes:
      behaviour.maximumBufferedBytes ?? 2 * lanes * behaviour.maximumPayloadBytes,
  };
}

/** A function may be named by its ARN, with or without a qualifier, or by its bare name. */
function functionArn(name: string, stream: { readonly region: string; readonly account: string }) {
  const whole = name.startsWith('arn:')
    ? name
    : `arn:aws:lambda:${stream.region}:${stream.account}:function:${name}`;
  return whole.split(':').length > 7 ? whole : `${whole}:$LATEST`;
}

function maximumAgeMs(value: unknown): number {
  const setting = 'MaximumRecordAgeInSeconds';
  const seconds = integer(setting, value, { min: -1, max: 604_800, default: -1 });
  if (seconds !== -1 && seconds < 60) {
    throw invalid(setting, `must be -1 (no limit) or within 60..604800, got ${seconds}`);
  }
  return seconds === -1 ? -1 : seconds * 1_000;
}

function startingPosition(properties: EventSourceMappingProperties): StartingPosition {
  const { StartingPosition: type, StartingPositionTimestamp: seconds } = properties;
  if (type === 'AT_TIMESTAMP') {
    if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) {
      throw invalid(
        'StartingPositionTimestamp',
        'must be given in Unix seconds when StartingPosition is AT_TIMESTAMP',
      );
    }
    return { type, timestampMs: Math.round(seconds * 1_000) };
  }
  if (seconds !== undefined) {
    throw invalid('StartingPositionTimestamp', 'is only valid with StartingPosition AT_TIMESTAMP');
  }
  if (type === 'LATEST' || type === 'TRIM_HORIZON') return { type };
  throw invalid(
    'StartingPosition',
    `is required: LATEST, TRIM_HORIZON or AT_TIMESTAMP, got ${String(type)}`,
  );
}

function onFailure(value: unknown): OnFailureDestination | undefined {
  if (value === undefined) return undefined;
  const setting = 'DestinationConfig.OnFailure.Destination';
  const destination = arn(setting, value, ['sqs', 'sns', 's3'] as const);
  if (destination.arn.endsWith('.fifo')) {
    throw invalid(setting, 'a FIFO queue or topic cannot be an on-failure destination on AWS');
  }
  return { kind: destination.service, arn: destination.arn };
}

function refuseTumblingWindow(value: unknown): void {
  const setting = 'TumblingWindowInSeconds';
  const seconds = integer(setting, value, { min: 0, max: 900, default: 0 });
  if (seconds !== 0) {
    throw new EventSourceMappingError(
      'unsupported_setting',
      setting,
      'tumbling windows (state carried from one invocation to the next) are not implemented; leave it out or set it to 0',
    );
  }
}
