import { createDlqHandler } from '@clickstream/dlq-handler';
import { startKinesisPoller, startSqsPoller } from '@clickstream/local-aws/pollers';
import { createProducer, type Producer, type ProducerOptions } from '@clickstream/producer';
import { createQuarantine } from '@clickstream/quarantine';
import { createStreamProcessor } from '@clickstream/stream-processor';
import { dynamoDbClient, kinesisClient, s3Client, sqsClient } from './clients.ts';
import { createFunctionRuntime, type FunctionRuntime } from './function-runtime.ts';
import type { Caller } from './link.ts';
import { countersTable, createDynamoDb, type DynamoDb, eventsTable } from './services/dynamodb.ts';
import { createKinesisService, type Kinesis, streamArn, streamName } from './services/kinesis.ts';
import { bucket, createS3, type S3 } from './services/s3.ts';
import { createSqs, queueArn, queueUrl, type Sqs } from './services/sqs.ts';
import type { World } from './world.ts';

type KinesisPoller = ReturnType<typeof startKinesisPoller>;
type Checkpoints = ReturnType<KinesisPoller['checkpoints']>;
type SqsPoller = ReturnType<typeof startSqsPoller>;

type KinesisEvent = Parameters<ReturnType<typeof createStreamProcessor>>[0];
type SqsEvent = Parameters<ReturnType<typeof createDlqHandler>>[0];

/** The whole pipeline: the shipped code, wired as the stack wires it, over simulated services. */
export interface Pipeline {
  readonly kinesis: Kinesis;
  readonly dynamodb: DynamoDb;
  readonly sqs: Sqs;
  readonly s3: S3;
  readonly processor: FunctionRuntime;
  readonly dlqHandler: FunctionRuntime;
  readonly startProducer: (onUndeliverable: ProducerOptions['onUndeliverable']) => Producer;
  readonly startMapping: (
    checkpoints: Checkpoints | undefined,
    onCheckpoints: (checkpoints: Checkpoints) => void,
  ) => KinesisPoller;
  readonly startQueueMapping: () => SqsPoller;
}

/** What the shipped clients allow a request; see `apps/stream-processor` and `packages/quarantine`. */
const dynamodbTimeoutMs = 5_000;
const quarantineTimeoutMs = 10_000;
/** AWS' own patience with its own services. */
const pollerTimeoutMs = 5_000;

export function createPipeline(world: World): Pipeline {
  const { schedule } = world;
  const kinesis = createKinesisService(world);
  const dynamodb = createDynamoDb(world);
  const sqs = createSqs(world);
  const s3 = createS3();
  const here = (name: string): Caller => ({ name, isAlive: () => true, crash: () => undefined });

  const processor = createFunctionRuntime({
    world,
    name: 'processor',
    timeoutMs: schedule.functions.processorTimeoutMs,
    isEvent: (payload): payload is KinesisEvent => isBatch(payload),
    start: (caller) =>
      createStreamProcessor({
        environment: {
          eventsTable,
          countersTable,
          deadLetterQueueUrl: queueUrl,
          quarantineBucket: bucket,
        },
        dynamodb: dynamoDbClient({
          world,
          caller,
          service: dynamodb.service,
          timeoutMs: dynamodbTimeoutMs,
        }),
        sqs: sqsClient({
          world,
          caller,
          service: sqs.serviceFor({ SendMessage: 'dead_letter' }),
          timeoutMs: quarantineTimeoutMs,
        }),
        s3: s3Client({ world, caller, service: s3.service, timeoutMs: quarantineTimeoutMs }),
        onIncomplete: ({ reason, redelivered, batchSize }) => {
          world.trace.write(`${caller.name} gives back ${redelivered} of ${batchSize}: ${reason}`);
        },
      }),
  });

  const dlqHandler = createFunctionRuntime({
    world,
    name: 'dlq_handler',
    timeoutMs: schedule.functions.dlqTimeoutMs,
    isEvent: (payload): payload is SqsEvent => isBatch(payload),
    start: (caller) => {
      const client = s3Client({
        world,
        caller,
        service: s3.service,
        timeoutMs: quarantineTimeoutMs,
      });
      return createDlqHandler({
        quarantine: createQuarantine({ bucket, client }),
        kinesis: kinesisClient({
          world,
          caller,
          service: kinesis.serviceFor('reread'),
          timeoutMs: quarantineTimeoutMs,
        }),
        telemetry: {
          log: ({ level, message }) => world.trace.write(`${caller.name} ${level}: ${message}`),
          count: () => undefined,
        },
      });
    },
  });

  return {
    kinesis,
    dynamodb,
    sqs,
    s3,
    processor,
    dlqHandler,
    startProducer: (onUndeliverable) =>
      createProducer({
        streamName,
        ...schedule.producer,
        onUndeliverable,
        client: kinesisClient({
          world,
          caller: here('producer'),
          service: kinesis.serviceFor('put'),
          timeoutMs: schedule.producer.requestTimeoutMs,
          maxAttempts: 1,
        }),
      }),
    startMapping: (checkpoints, onCheckpoints) =>
      startKinesisPoller({
        properties: kinesisProperties(world),
        functionName: 'stream-processor',
        invoke: (_name, payload) => processor.invoke(payload),
        now: world.nowMs,
        clients: {
          kinesis: kinesisClient({
            world,
            caller: here('mapping'),
            service: kinesis.serviceFor('read'),
            timeoutMs: pollerTimeoutMs,
            maxAttempts: 1,
          }),
          sqs: sqsClient({
            world,
            caller: here('mapping'),
            service: sqs.serviceFor({ SendMessage: 'report' }),
            timeoutMs: pollerTimeoutMs,
            maxAttempts: 1,
          }),
          s3: s3Client({
            world,
            caller: here('mapping'),
            service: s3.service,
            timeoutMs: pollerTimeoutMs,
            maxAttempts: 1,
          }),
        },
        onCheckpoints,
        ...(checkpoints !== undefined && { checkpoints }),
      }),
    startQueueMapping: () =>
      startSqsPoller({
        properties: {
          EventSourceArn: queueArn,
          FunctionName: 'dlq-handler',
          BatchSize: schedule.functions.dlqBatchSize,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: 2 },
        },
        functionName: 'dlq-handler',
        invoke: (_name, payload) => dlqHandler.invoke(payload),
        now: world.nowMs,
        inferred: {
          receivers: 1,
          visibilityTimeoutMs: schedule.functions.visibilityTimeoutSeconds * 1_000,
          waitTimeSeconds: 5,
        },
        clients: {
          sqs: sqsClient({
            world,
            caller: here('queue mapping'),
            service: sqs.serviceFor({ ReceiveMessage: 'receive', DeleteMessageBatch: 'delete' }),
            // Longer than a long poll.
            timeoutMs: 2 * pollerTimeoutMs,
            maxAttempts: 1,
          }),
        },
      }),
  };
}

/** The pollers send nothing else. */
function isBatch(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'Records' in payload;
}

function kinesisProperties({ schedule: { mapping } }: World) {
  return {
    EventSourceArn: streamArn,
    FunctionName: 'stream-processor',
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.windowSeconds,
    ParallelizationFactor: mapping.parallelizationFactor,
    BisectBatchOnFunctionError: mapping.bisect,
    MaximumRetryAttempts: mapping.maximumRetryAttempts,
    MaximumRecordAgeInSeconds: mapping.maximumRecordAgeSeconds,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: queueArn } },
  };
}
