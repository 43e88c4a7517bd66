import { expect, test } from 'vitest';
import {
  EventSourceMappingError,
  type EventSourceMappingProperties,
  resolveKinesisSettings,
  resolveSqsSettings,
} from './index.ts';

const kinesis: EventSourceMappingProperties = {
  EventSourceArn: 'arn:aws:kinesis:eu-west-1:123456789012:stream/events',
  FunctionName: 'processor',
  StartingPosition: 'LATEST',
};
const sqs: EventSourceMappingProperties = {
  EventSourceArn: 'arn:aws:sqs:eu-west-1:123456789012:letters',
  FunctionName: 'dlq-handler',
};

/** What resolving these properties of a Kinesis mapping throws. */
function refusal(wrong: object): unknown {
  try {
    return resolveKinesisSettings(Object.assign({}, kinesis, wrong));
  } catch (error) {
    return error;
  }
}

// Defaults and ranges: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
// and https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html; that an on-failure
// destination is no FIFO queue:
// https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
test("Kinesis: AWS's defaults", () => {
  // Recorded on AWS, 2024-12-13: test_create_kinesis_event_source_mapping of the file that
  // vectors.test.ts names.
  expect(resolveKinesisSettings(kinesis)).toMatchObject({
    streamArn: kinesis.EventSourceArn,
    region: 'eu-west-1',
    account: '123456789012',
    enabled: true,
    batchSize: 100,
    windowMs: 0,
    lanes: 1,
    bisect: false,
    partialResponses: false,
    retries: -1,
    maximumAgeMs: -1,
    start: { type: 'LATEST' },
    filters: [],
    onFailure: undefined,
  });
});

test('Kinesis: every setting', () => {
  const settings = resolveKinesisSettings({
    ...kinesis,
    Enabled: false,
    BatchSize: 10_000,
    MaximumBatchingWindowInSeconds: 300,
    ParallelizationFactor: 10,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRetryAttempts: 10_000,
    MaximumRecordAgeInSeconds: 604_800,
    StartingPosition: 'AT_TIMESTAMP',
    StartingPositionTimestamp: 1_767_225_600.5,
    TumblingWindowInSeconds: 0,
    DestinationConfig: { OnFailure: { Destination: sqs.EventSourceArn } },
  });
  expect(settings).toMatchObject({
    enabled: false,
    batchSize: 10_000,
    windowMs: 300_000,
    lanes: 10,
    bisect: true,
    partialResponses: true,
    retries: 10_000,
    maximumAgeMs: 604_800_000,
    start: { type: 'AT_TIMESTAMP', timestampMs: 1_767_225_600_500 },
    onFailure: { kind: 'sqs', arn: sqs.EventSourceArn },
    maximumBufferedRecords: 200_000,
  });
});

test.each<[Partial<Record<keyof EventSourceMappingProperties, unknown>>, string, string]>([
  [{ BatchSize: 0 }, 'BatchSize', 'within 1..10000, got 0'],
  [{ BatchSize: 10_001 }, 'BatchSize', 'within 1..10000'],
  [{ BatchSize: '100' }, 'BatchSize', 'must be an integer, got "100"'],
  [{ BatchSize: 1.5 }, 'BatchSize', 'must be an integer'],
  [{ MaximumBatchingWindowInSeconds: 301 }, 'MaximumBatchingWindowInSeconds', '0..300'],
  [{ ParallelizationFactor: 11 }, 'ParallelizationFactor', '1..10'],
  [{ MaximumRetryAttempts: -2 }, 'MaximumRetryAttempts', '-1..10000'],
  [{ MaximumRecordAgeInSeconds: 59 }, 'MaximumRecordAgeInSeconds', '60..604800'],
  [{ MaximumRecordAgeInSeconds: 604_801 }, 'MaximumRecordAgeInSeconds', '604800'],
  [{ BisectBatchOnFunctionError: 'true' }, 'BisectBatchOnFunctionError', 'true or false'],
  [{ FunctionResponseTypes: ['Other'] }, 'FunctionResponseTypes', 'ReportBatchItemFailures'],
  [{ StartingPosition: undefined }, 'StartingPosition', 'is required'],
  [{ StartingPosition: 'AT_TIMESTAMP' }, 'StartingPositionTimestamp', 'Unix seconds'],
  [{ StartingPositionTimestamp: 1 }, 'StartingPositionTimestamp', 'only valid with'],
  [{ EventSourceArn: { 'Fn::GetAtt': [] } }, 'EventSourceArn', 'references resolved'],
  [{ EventSourceArn: sqs.EventSourceArn }, 'EventSourceArn', 'an ARN of kinesis'],
  [{ FunctionName: '' }, 'FunctionName', 'must be a string'],
  [
    { DestinationConfig: { OnFailure: { Destination: `${sqs.EventSourceArn}.fifo` } } },
    'DestinationConfig.OnFailure.Destination',
    'FIFO',
  ],
])('Kinesis: refuses %j', (wrong, setting, message) => {
  const error = refusal(wrong);
  expect(error).toBeInstanceOf(EventSourceMappingError);
  expect(error).toMatchObject({ code: 'invalid_setting', setting });
  expect(error).toHaveProperty('message', expect.stringContaining(message));
});

test.each<[Partial<Record<keyof EventSourceMappingProperties, unknown>>, string, string]>([
  [{ TumblingWindowInSeconds: 30 }, 'TumblingWindowInSeconds', 'not implemented'],
  [{ ScalingConfig: { MaximumConcurrency: 2 } }, 'ScalingConfig', 'does not have it'],
  [
    { EventSourceArn: `${kinesis.EventSourceArn}/consumer/fast:1` },
    'EventSourceArn',
    'enhanced fan-out',
  ],
])('Kinesis: does not do %j', (wrong, setting, message) => {
  const error = refusal(wrong);
  expect(error).toBeInstanceOf(EventSourceMappingError);
  expect(error).toMatchObject({ code: 'unsupported_setting', setting });
  expect(error).toHaveProperty('message', expect.stringContaining(message));
});

test.each([
  ['processor', 'arn:aws:lambda:eu-west-1:123456789012:function:processor:$LATEST'],
  ['arn:aws:lambda:eu-west-1:1:function:f', 'arn:aws:lambda:eu-west-1:1:function:f:$LATEST'],
  ['arn:aws:lambda:eu-west-1:1:function:f:live', 'arn:aws:lambda:eu-west-1:1:function:f:live'],
])('Kinesis: the function %s has the ARN %s', (FunctionName, functionArn) => {
  expect(resolveKinesisSettings({ ...kinesis, FunctionName })).toMatchObject({ functionArn });
});

test('properties without effect here are left alone', () => {
  const properties = { ...kinesis, Tags: [], MetricsConfig: { Metrics: ['EventCount'] } };
  expect(() => resolveKinesisSettings(properties)).not.toThrow();
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
test("SQS: AWS's defaults, and every setting", () => {
  expect(resolveSqsSettings(sqs)).toMatchObject({
    batchSize: 10,
    windowMs: 0,
    partialResponses: false,
    concurrency: 5,
  });
  expect(
    resolveSqsSettings({
      ...sqs,
      BatchSize: 10_000,
      MaximumBatchingWindowInSeconds: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    }),
  ).toMatchObject({ batchSize: 10_000, windowMs: 1_000, partialResponses: true, concurrency: 2 });
});

// The same page says which properties do not apply to a queue. What is not implemented is ours.
test.each<[Partial<EventSourceMappingProperties>, string]>([
  [{ BatchSize: 11 }, 'at least 1 when BatchSize is above 10'],
  [{ ScalingConfig: { MaximumConcurrency: 1 } }, '2..1000'],
  [{ EventSourceArn: `${sqs.EventSourceArn}.fifo` }, 'FIFO queues are not implemented'],
  [{ MaximumRetryAttempts: 3 }, 'does not have it'],
  [{ StartingPosition: 'LATEST' }, 'does not have it'],
])('SQS: refuses %j', (wrong, message) => {
  expect(() => resolveSqsSettings({ ...sqs, ...wrong })).toThrow(message);
});
