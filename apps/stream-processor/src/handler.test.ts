import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { pageViewSample, purchaseSample } from '@clickstream/events';
import { createS3SqsServer } from '@clickstream/local-aws';
import { parseDeadLetter } from '@clickstream/quarantine';
import type { KinesisStreamRecord } from 'aws-lambda';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTables, type Tables } from '../test/tables.ts';

let tables: Tables;
let services: Awaited<ReturnType<typeof createS3SqsServer>>;
let sqs: SQSClient;
let queueUrl: string;

beforeAll(async () => {
  tables = await startTables();
  services = await createS3SqsServer();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', tables.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', services.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_S3', services.endpoint);
  const s3 = new S3Client({ forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'quarantine' }));
  s3.destroy();
  sqs = new SQSClient();
  const queue = await sqs.send(new CreateQueueCommand({ QueueName: 'dead-letters' }));
  queueUrl = queue.QueueUrl ?? '';
  vi.stubEnv('EVENTS_TABLE', tables.eventsTable);
  vi.stubEnv('COUNTERS_TABLE', tables.countersTable);
  vi.stubEnv('DEAD_LETTER_QUEUE_URL', queueUrl);
  vi.stubEnv('QUARANTINE_BUCKET', 'quarantine');
});

afterAll(async () => {
  vi.unstubAllEnvs();
  sqs.destroy();
  await tables.close();
  await services.close();
});

function record(sequenceNumber: string, payload: unknown): KinesisStreamRecord {
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: 'user-4711',
      sequenceNumber,
      data: Buffer.from(JSON.stringify(payload)).toString('base64'),
      approximateArrivalTimestamp: 1_764_000_000.125,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `shardId-000000000000:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::123456789012:role/processor',
    awsRegion: 'us-east-1',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/clickstream',
  };
}

test('wired up: events into the tables, the rest to the dead letters, nothing left over', async () => {
  const { handler } = await import('./handler.ts');
  const context = { getRemainingTimeInMillis: () => 30_000 };
  const timestamp = '2026-11-23T10:00:00.000Z';
  const pageView = { ...pageViewSample, url: 'https://shop.example/', timestamp };
  const purchase = {
    ...purchaseSample,
    // The samples share an id, and one id is one event.
    event_id: '019aaf3c-7a00-7c3e-9d5b-000000000003',
    amount: 19.99,
    currency: 'EUR',
    timestamp,
  };
  const batch = { Records: [record('1', pageView), record('2', {}), record('3', purchase)] };
  expect(await handler(batch, context)).toEqual({ batchItemFailures: [] });
  expect(await handler(batch, context)).toEqual({ batchItemFailures: [] });

  expect(await tables.counters()).toEqual(
    new Map([
      ['page_views|https://shop.example/|2026-11-23T10:00', 10_000n],
      ['revenue|EUR|2026-11-23', 199_900n],
    ]),
  );
  const stored = (await tables.events()).map(({ event }): unknown => JSON.parse(event?.S ?? ''));
  expect(stored).toHaveLength(2);
  expect(stored).toEqual(expect.arrayContaining([pageView, purchase]));

  const { Messages: messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
  );
  // Once per delivery; the quarantine keeps one, for the key is the record's.
  const letters = messages.map(({ Body: body }) => parseDeadLetter(body ?? ''));
  expect(letters).toMatchObject(
    Array.from({ length: 2 }, () => ({
      ok: true,
      document: {
        kind: 'record',
        reason: 'unknown_event',
        sequenceNumber: '2',
        shardId: 'shardId-000000000000',
        data: Buffer.from('{}').toString('base64'),
      },
    })),
  );
});

test('a store that is away holds the stream back', async () => {
  const lines = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const { handler } = await import('./handler.ts');
  tables.failWhen(() => ({ type: 'AccessDeniedException' }));
  const event = { ...pageViewSample, event_id: '019aaf3c-7a00-7c3e-9d5b-000000000009' };
  const response = await handler(
    { Records: [record('8', []), record('9', event)] },
    { getRemainingTimeInMillis: () => 30_000 },
  );
  tables.failWhen(undefined);
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: '9' }] });
  expect(lines.mock.calls.map(([line]) => String(line)).join('')).toContain(
    'AccessDeniedException',
  );
});
