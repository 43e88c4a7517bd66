import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { synthesize } from './synthesize.ts';

const { template, resources } = synthesize();

function logicalIds(...types: string[]): string[] {
  return Object.entries(resources)
    .filter(([, resource]) => types.includes(resource.Type))
    .map(([id]) => id)
    .toSorted();
}

/** The one logical id among those of a type that contains a text. */
function logicalId(type: string, part: string): string {
  const ids = logicalIds(type).filter((id) => id.includes(part));
  expect(ids).toHaveLength(1);
  return ids[0] as string;
}

const arnOf = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });
const ref = (id: string): object => ({ Ref: id });

const stream = logicalId('AWS::Kinesis::Stream', 'EventStream');
const queue = logicalId('AWS::SQS::Queue', 'DeadLettersQueue');
const parked = logicalId('AWS::SQS::Queue', 'DeadLettersParked');
const bucket = logicalId('AWS::S3::Bucket', 'Quarantine');
const events = logicalId('AWS::DynamoDB::Table', 'Events');
const counters = logicalId('AWS::DynamoDB::Table', 'Counters');
const streamProcessor = logicalId('AWS::Lambda::Function', 'StreamProcessor');
const dlqHandler = logicalId('AWS::Lambda::Function', 'DlqHandler');

function mappingOf(functionId: string, among = resources): Record<string, unknown> | undefined {
  return Object.values(among).find(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::EventSourceMapping' &&
      JSON.stringify(Properties['FunctionName']) === JSON.stringify(ref(functionId)),
  )?.Properties;
}

function environment(id: string): unknown {
  return (resources[id]?.Properties['Environment'] as { Variables: unknown } | undefined)
    ?.Variables;
}

describe('what holds data', () => {
  test('keeps its logical id: another one would replace it', () => {
    const stateful = logicalIds(
      'AWS::Kinesis::Stream',
      'AWS::DynamoDB::Table',
      'AWS::S3::Bucket',
      'AWS::SQS::Queue',
      'AWS::Lambda::EventSourceMapping',
    );
    expect(stateful).toMatchInlineSnapshot(`
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
    '%s survives the deletion of the stack',
    (id) => {
      expect(resources[id]).toMatchObject({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      });
    },
  );

  test('the stream is encrypted, has two shards and keeps records over a weekend', () => {
    expect(resources[stream]?.Properties).toEqual({
      ShardCount: 2,
      RetentionPeriodHours: 72,
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
    });
  });

  test.each([
    [events, 'user_id', 'event_id', 'S'],
    [counters, 'counter', 'slot', 'N'],
  ])('%s is keyed by %s and %s, on demand, recoverable, protected', (id, hash, range, type) => {
    expect(resources[id]?.Properties).toEqual({
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
    expect(resources[bucket]?.Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 365, Status: 'Enabled' }] },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: ref(bucket),
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });

  test('a dead letter waits six times the timeout, twenty times, then is parked', () => {
    expect(resources[queue]?.Properties).toEqual({
      MessageRetentionPeriod: 14 * 24 * 3600,
      VisibilityTimeout: 6 * Number(resources[dlqHandler]?.Properties['Timeout']),
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: arnOf(parked), maxReceiveCount: 20 },
    });
    expect(resources[parked]?.Properties).toEqual({
      MessageRetentionPeriod: 14 * 24 * 3600,
      SqsManagedSseEnabled: true,
    });
  });

  test.each([queue, parked])('%s answers over TLS only', (id) => {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [ref(id)],
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Action: 'sqs:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ],
      },
    });
  });
});

describe('the mappings', () => {
  test('the stream feeds the stream-processor', () => {
    expect(mappingOf(streamProcessor)).toEqual({
      EventSourceArn: arnOf(stream),
      FunctionName: ref(streamProcessor),
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
    expect(mappingOf(dlqHandler)).toEqual({
      EventSourceArn: arnOf(queue),
      FunctionName: ref(dlqHandler),
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
    const mapping = mappingOf(streamProcessor, synthesize({ retentionHours }).resources);
    expect(mapping).toMatchObject({ MaximumRecordAgeInSeconds: maxAgeHours * 3600 });
  });
});

describe('the functions', () => {
  test.each([streamProcessor, dlqHandler])('%s runs on Node.js 24 and Graviton', (id) => {
    expect(resources[id]?.Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
  });

  test('get the names of what they use', () => {
    expect(environment(streamProcessor)).toEqual({
      EVENTS_TABLE: ref(events),
      COUNTERS_TABLE: ref(counters),
      DEAD_LETTER_QUEUE_URL: ref(queue),
      QUARANTINE_BUCKET: ref(bucket),
      NODE_OPTIONS: '--enable-source-maps',
    });
    expect(environment(dlqHandler)).toEqual({
      QUARANTINE_BUCKET: ref(bucket),
      NODE_OPTIONS: '--enable-source-maps',
    });
  });

  test('keep their logs for a month', () => {
    template.resourceCountIs('AWS::Logs::LogGroup', 2);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });
});

test('the outputs tell what a producer and an operator need', () => {
  expect(template.toJSON()['Outputs']).toEqual({
    StreamName: { Value: ref(stream) },
    EventsTableName: { Value: ref(events) },
    CountersTableName: { Value: ref(counters) },
    DeadLetterQueueUrl: { Value: ref(queue) },
    QuarantineBucketName: { Value: ref(bucket) },
  });
});
