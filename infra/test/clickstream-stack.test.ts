import { describe, expect, test } from 'vitest';
import { arnOf, refTo, Synthesized } from './synthesize.ts';

const synthesized = new Synthesized();

const stream = synthesized.the('AWS::Kinesis::Stream');
const events = synthesized.the('AWS::DynamoDB::Table', 'Events');
const counters = synthesized.the('AWS::DynamoDB::Table', 'Counters');
const bucket = synthesized.the('AWS::S3::Bucket');
const queue = synthesized.the('AWS::SQS::Queue', 'Queue');
const parked = synthesized.the('AWS::SQS::Queue', 'Parked');
const streamProcessor = synthesized.the('AWS::Lambda::Function', 'StreamProcessor');
const dlqHandler = synthesized.the('AWS::Lambda::Function', 'DlqHandler');

describe('what holds data', () => {
  test('keeps its logical id: another one would replace it', () => {
    const stateful = synthesized.all(
      'AWS::Kinesis::Stream',
      'AWS::DynamoDB::Table',
      'AWS::S3::Bucket',
      'AWS::SQS::Queue',
      'AWS::Lambda::EventSourceMapping',
    );
    expect(stateful.map(({ id }) => id)).toMatchInlineSnapshot(`
      [
        "DeadLettersDlqHandlerFunctionSqsEventSourceClickstreamDeadLettersQueue08A69B4676245020",
        "DeadLettersParkedEE0CB46B",
        "DeadLettersQueue631681B1",
        "EventStreamA212D9D0",
        "QuarantineBucket2B128B57",
        "StreamProcessorFunctionMapping3A39C201",
        "TablesCountersF3818E58",
        "TablesEventsE8DD42EA",
      ]
    `);
  });

  test.each([stream, events, counters, bucket, queue, parked])(
    '$id survives the deletion of the stack',
    ({ definition }) => {
      expect(definition).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    },
  );

  test('the stream is encrypted, has two shards and keeps records over a weekend', () => {
    expect(stream.properties).toEqual({
      ShardCount: 2,
      RetentionPeriodHours: 72,
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
    });
  });

  test.each([
    { table: events, hash: 'user_id', range: 'event_id', type: 'S' },
    { table: counters, hash: 'counter', range: 'slot', type: 'N' },
  ])('$table.id has its keys, is on demand, recoverable, protected', (expected) => {
    const { table, hash, range, type } = expected;
    expect(table.properties).toEqual({
      KeySchema: [
        { AttributeName: hash, KeyType: 'HASH' },
        { AttributeName: range, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: hash, AttributeType: 'S' },
        { AttributeName: range, AttributeType: type },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
      SSESpecification: { SSEEnabled: false }, // false means: with a key that DynamoDB owns
    });
  });

  test('the bucket is private, encrypted, and forgets', () => {
    expect(bucket.properties).toEqual({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
        ],
      },
      LifecycleConfiguration: {
        Rules: [
          {
            Id: 'ForgetPersonalData',
            Status: 'Enabled',
            ExpirationInDays: 365,
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          },
        ],
      },
    });
  });

  test('a dead letter waits six times the timeout, twenty times, then is parked', () => {
    expect(queue.properties).toEqual({
      MessageRetentionPeriod: 14 * 24 * 3600,
      VisibilityTimeout: 6 * Number(dlqHandler.properties['Timeout']),
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: arnOf(parked), maxReceiveCount: 20 },
    });
    expect(parked.properties).toEqual({
      MessageRetentionPeriod: 14 * 24 * 3600,
      SqsManagedSseEnabled: true,
    });
  });

  test('answers over TLS only', () => {
    const policies = [
      synthesized.the('AWS::S3::BucketPolicy').properties,
      ...synthesized.all('AWS::SQS::QueuePolicy').map(({ properties }) => properties),
    ];
    expect(policies).toMatchObject([
      { Bucket: refTo(bucket), PolicyDocument: { Statement: [denyWithoutTls('s3:*'), {}] } },
      { Queues: [refTo(parked)], PolicyDocument: { Statement: [denyWithoutTls('sqs:*')] } },
      { Queues: [refTo(queue)], PolicyDocument: { Statement: [denyWithoutTls('sqs:*')] } },
    ]);
  });
});

function denyWithoutTls(action: string): object {
  const Condition = { Bool: { 'aws:SecureTransport': 'false' } };
  return { Effect: 'Deny', Action: action, Principal: { AWS: '*' }, Condition };
}

describe('the mappings', () => {
  test('the stream feeds the stream-processor', () => {
    const mapping = synthesized.the('AWS::Lambda::EventSourceMapping', 'StreamProcessor');
    expect(mapping.properties).toEqual({
      EventSourceArn: arnOf(stream),
      FunctionName: refTo(streamProcessor),
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 5,
      ParallelizationFactor: 2,
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 48 * 3600,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: arnOf(queue) } },
      MetricsConfig: { Metrics: ['EventCount'] },
    });
  });

  test('the dead-letter queue feeds the dlq-handler', () => {
    const mapping = synthesized.the('AWS::Lambda::EventSourceMapping', 'DlqHandler');
    expect(mapping.properties).toEqual({
      EventSourceArn: arnOf(queue),
      FunctionName: refTo(dlqHandler),
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  test.each([
    [24, 16],
    [72, 48],
    [8760, 168],
  ])('a stream of %i h leaves the dlq-handler time after %i h', (retentionHours, maxAgeHours) => {
    const other = new Synthesized({ retentionHours });
    const mapping = other.the('AWS::Lambda::EventSourceMapping', 'StreamProcessor');
    expect(mapping.properties['MaximumRecordAgeInSeconds']).toBe(maxAgeHours * 3600);
  });
});

describe('the functions', () => {
  test.each([streamProcessor, dlqHandler])('$id runs on Node.js 24 and Graviton', (lambda) => {
    expect(lambda.properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
  });

  test('get the names of what they use', () => {
    expect(streamProcessor.properties['Environment']).toEqual({
      Variables: {
        EVENTS_TABLE: refTo(events),
        COUNTERS_TABLE: refTo(counters),
        DEAD_LETTER_QUEUE_URL: refTo(queue),
        QUARANTINE_BUCKET: refTo(bucket),
        NODE_OPTIONS: '--enable-source-maps',
      },
    });
    expect(dlqHandler.properties['Environment']).toEqual({
      Variables: {
        QUARANTINE_BUCKET: refTo(bucket),
        NODE_OPTIONS: '--enable-source-maps',
      },
    });
  });

  test('keep their logs for a month', () => {
    const logs = synthesized.all('AWS::Logs::LogGroup');
    expect(logs).toMatchObject([
      { properties: { RetentionInDays: 30 } },
      { properties: { RetentionInDays: 30 } },
    ]);
  });
});

test('the outputs tell what a producer and an operator need', () => {
  expect(synthesized.outputs).toEqual({
    StreamName: { Value: refTo(stream) },
    EventsTableName: { Value: refTo(events) },
    CountersTableName: { Value: refTo(counters) },
    DeadLetterQueueUrl: { Value: refTo(queue) },
    QuarantineBucketName: { Value: refTo(bucket) },
  });
});

test('the number of shards can be chosen', () => {
  const other = new Synthesized({ shardCount: '8' });
  expect(other.the('AWS::Kinesis::Stream').properties['ShardCount']).toBe(8);
});
