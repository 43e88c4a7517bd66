import {
  CreateStreamCommand,
  IncreaseStreamRetentionPeriodCommand,
  type KinesisClient,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createKinesisServer, type KinesisServer } from './kinesis/index.ts';
import { startMapping } from './mappings.ts';
import { kinesisClient, sqsClient } from './pollers/clients.ts';
import type { InvokeFunction } from './pollers/index.ts';
import { createS3SqsServer, type S3SqsServer } from './s3-sqs/server.ts';
import type { MappingDefinition } from './template/resource.ts';

const region = 'us-east-1';
const HOUR_MS = 3_600_000;

let kinesisServer: KinesisServer;
let sqsServer: S3SqsServer;
let kinesis: KinesisClient;
let sqs: SQSClient;

beforeEach(async () => {
  kinesisServer = await createKinesisServer();
  sqsServer = await createS3SqsServer();
  kinesis = kinesisClient(kinesisServer.endpoint, region);
  sqs = sqsClient(sqsServer.endpoint, region);
});

afterEach(async () => {
  vi.useRealTimers();
  kinesis.destroy();
  sqs.destroy();
  await kinesisServer.close();
  await sqsServer.close();
});

async function start(
  kind: MappingDefinition['kind'],
  properties: object,
  invoke: InvokeFunction,
): ReturnType<typeof startMapping> {
  const service = kind === 'kinesis' ? 'kinesis' : 'sqs';
  const resource = kind === 'kinesis' ? 'stream/events' : 'work';
  const EventSourceArn = `arn:aws:${service}:${region}:000000000000:${resource}`;
  return startMapping(
    {
      logicalId: 'Mapping',
      kind,
      functionName: 'processor',
      properties: { EventSourceArn, FunctionName: 'processor', ...properties },
    },
    {
      endpoints: {
        kinesis: kinesisServer.endpoint,
        sqs: sqsServer.endpoint,
        s3: sqsServer.endpoint,
      },
      region,
      invoke,
      report: () => undefined,
      redeliverAfterSeconds: undefined,
      checkpointsDir: undefined,
    },
  );
}

// Without a limit of its own a mapping retries until the record has expired:
// https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-errors.html
test('a record is tried again as long as its stream keeps it', async () => {
  await kinesis.send(new CreateStreamCommand({ StreamName: 'events', ShardCount: 1 }));
  await kinesis.send(
    new IncreaseStreamRetentionPeriodCommand({ StreamName: 'events', RetentionPeriodHours: 72 }),
  );
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'failures' }));
  const startMs = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: startMs });
  let calls = 0;
  const mapping = await start(
    'kinesis',
    {
      StartingPosition: 'TRIM_HORIZON',
      DestinationConfig: {
        OnFailure: { Destination: `arn:aws:sqs:${region}:000000000000:failures` },
      },
    },
    async () => {
      calls += 1;
      return { kind: 'function_error', payload: '{}' };
    },
  );
  await kinesis.send(
    new PutRecordCommand({ StreamName: 'events', PartitionKey: 'a', Data: Buffer.from('1') }),
  );
  await expect.poll(() => calls, { timeout: 10_000 }).toBeGreaterThan(1);
  vi.setSystemTime(startMs + 30 * HOUR_MS);
  const until30h = calls;
  await expect.poll(() => calls, { timeout: 10_000 }).toBeGreaterThan(until30h + 1);
  vi.setSystemTime(startMs + 73 * HOUR_MS);
  const { Messages: [letter] = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }),
  );
  expect(JSON.parse(letter?.Body ?? '{}')).toMatchObject({
    requestContext: { condition: 'RecordAgeExceeded' },
  });
  await mapping.close();
});

// A throttled batch is tried again until its messages are visible to everybody:
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
test('a throttled batch is let go when its queue shows the messages again', async () => {
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'work', Attributes: { VisibilityTimeout: '2' } }),
  );
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '1' }));
  const counts: unknown[] = [];
  const mapping = await start('sqs', {}, async (_name, payload) => {
    counts.push(/"ApproximateReceiveCount":"(\d+)"/.exec(payload)?.[1]);
    return counts.at(-1) === '2' ? { kind: 'ok', payload: 'null' } : { kind: 'throttled' };
  });
  await expect.poll(() => counts.at(-1), { timeout: 15_000 }).toBe('2');
  expect(await mapping.public.drained({ timeoutMs: 10_000 })).toBe(true);
  await mapping.close();
});
