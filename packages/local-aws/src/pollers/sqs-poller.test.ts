import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type {
  EventSourceMappingProperties,
  InvocationResult,
  SqsEvent,
} from '@clickstream/event-source-mapping';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createS3SqsServer, type S3SqsServer } from '../s3-sqs/server.ts';
import { sqsClient } from './clients.ts';
import { startSqsPoller } from './sqs-poller.ts';

const region = 'us-east-1';
const queueArn = `arn:aws:sqs:${region}:000000000000:letters`;

let server: S3SqsServer;
let sqs: SQSClient;
let queueUrl: string;

beforeEach(async () => {
  server = await createS3SqsServer();
  sqs = sqsClient(server.endpoint, region);
  await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: 'letters',
      Attributes: {
        VisibilityTimeout: '1',
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: `arn:aws:sqs:${region}:000000000000:dead`,
          maxReceiveCount: 2,
        }),
      },
    }),
  );
  queueUrl = QueueUrl;
});

afterEach(async () => {
  sqs.destroy();
  await server.close();
});

function start(
  invoke: (event: SqsEvent) => InvocationResult,
  properties: Partial<EventSourceMappingProperties> = {},
) {
  return startSqsPoller({
    properties: {
      EventSourceArn: queueArn,
      FunctionName: 'dlq-handler',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...properties,
    },
    functionName: 'dlq-handler',
    invoke: (_name, payload) => Promise.resolve(invoke(eventOf(payload))),
    clients: { sqs },
    inferred: { visibilityTimeoutMs: 1_000 },
  });
}

function isEvent(value: unknown): value is SqsEvent {
  return typeof value === 'object' && value !== null && 'Records' in value;
}

function eventOf(payload: string): SqsEvent {
  const value: unknown = JSON.parse(payload);
  if (!isEvent(value)) throw new Error(`no event: ${payload}`);
  return value;
}

async function send(...bodies: string[]): Promise<void> {
  for (const MessageBody of bodies) {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody,
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'letter' } },
      }),
    );
  }
}

async function countOf(name: string): Promise<string | undefined> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl.replace(/letters$/, name),
      AttributeNames: ['ApproximateNumberOfMessages'],
    }),
  );
  return Attributes?.['ApproximateNumberOfMessages'];
}

test('deletes what succeeded; what is reported comes again and then goes to the dead-letter queue', async () => {
  await send('a', 'bad', 'b');
  const received: string[] = [];
  let record: SqsEvent['Records'][number] | undefined;
  const poller = start((event) => {
    received.push(...event.Records.map(({ body }) => body));
    record = event.Records[0];
    const batchItemFailures = event.Records.filter(({ body }) => body === 'bad').map(
      ({ messageId }) => ({ itemIdentifier: messageId }),
    );
    return { kind: 'ok', payload: JSON.stringify({ batchItemFailures }) };
  });
  expect(await poller.drained({ timeoutMs: 20_000 })).toBe(true);
  expect(received.toSorted()).toEqual(['a', 'b', 'bad', 'bad']);
  expect(await countOf('dead')).toBe('1');
  expect(poller.counters()).toMatchObject({ Polled: 4, Invoked: 4, FailedInvoke: 2, Deleted: 2 });
  expect(record).toMatchObject({
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
    messageAttributes: {
      kind: { stringValue: 'letter', dataType: 'String', stringListValues: [] },
    },
    attributes: { ApproximateReceiveCount: '2' },
  });
  await poller.close();
});

test('close ends open long polls at once', async () => {
  const poller = start(() => ({ kind: 'ok', payload: 'null' }));
  await send('a');
  expect(await poller.drained()).toBe(true);
  expect(poller.status().receiving).toBeGreaterThan(0);
  await poller.close();
  expect(poller.counters().Deleted).toBe(1);
  expect(await poller.drained()).toBe(false);
});
