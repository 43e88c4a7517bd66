import { isDeepStrictEqual } from 'node:util';
import {
  CreateStreamCommand,
  type KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
  UpdateShardCountCommand,
} from '@aws-sdk/client-kinesis';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type {
  EventSourceMappingProperties,
  InvocationResult,
  KinesisEvent,
} from '@clickstream/event-source-mapping';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createKinesisServer, type KinesisServer } from '../kinesis/index.ts';
import { createS3SqsServer, type S3SqsServer } from '../s3-sqs/server.ts';
import { kinesisClient, s3Client, sqsClient } from './clients.ts';
import { type KinesisPollerOptions, startKinesisPoller } from './kinesis-poller.ts';
import type { PollerProblem } from './poller.ts';

const region = 'us-east-1';
const streamArn = `arn:aws:kinesis:${region}:000000000000:stream/events`;
const queueArn = `arn:aws:sqs:${region}:000000000000:failures`;
const quick = { pollIntervalMs: 50, readIntervalMs: 20, retryInitialDelayMs: 5 };
const success: InvocationResult = { kind: 'ok', payload: '{"batchItemFailures":[]}' };

let kinesisServer: KinesisServer;
let sqsServer: S3SqsServer;
let kinesis: KinesisClient;
let sqs: SQSClient;
let s3: S3Client;

beforeEach(async () => {
  kinesisServer = await createKinesisServer({ limits: false });
  sqsServer = await createS3SqsServer();
  kinesis = kinesisClient(kinesisServer.endpoint, region);
  sqs = sqsClient(sqsServer.endpoint, region);
  s3 = s3Client(sqsServer.endpoint, region);
  await kinesis.send(new CreateStreamCommand({ StreamName: 'events', ShardCount: 2 }));
  await sqs.send(new CreateQueueCommand({ QueueName: 'failures' }));
});

afterEach(async () => {
  kinesis.destroy();
  sqs.destroy();
  s3.destroy();
  await kinesisServer.close();
  await sqsServer.close();
});

function start(
  invoke: (event: KinesisEvent) => InvocationResult | Promise<InvocationResult>,
  properties: Partial<EventSourceMappingProperties> = {},
  options: Partial<KinesisPollerOptions> = {},
) {
  return startKinesisPoller({
    properties: {
      EventSourceArn: streamArn,
      FunctionName: 'processor',
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...properties,
    },
    functionName: 'processor',
    invoke: async (_name, payload) => invoke(eventOf(payload)),
    clients: { kinesis, sqs, s3 },
    inferred: quick,
    ...options,
  });
}

function isEvent(value: unknown): value is KinesisEvent {
  return typeof value === 'object' && value !== null && 'Records' in value;
}

function eventOf(payload: string): KinesisEvent {
  const value: unknown = JSON.parse(payload);
  if (!isEvent(value)) throw new Error(`no event: ${payload}`);
  return value;
}

async function put(data: readonly string[], keyOf = (text: string) => text): Promise<void> {
  const Records = data.map((text) => ({ Data: Buffer.from(text), PartitionKey: keyOf(text) }));
  await kinesis.send(new PutRecordsCommand({ StreamARN: streamArn, Records }));
}

function texts(event: KinesisEvent): string[] {
  return event.Records.map(({ kinesis: { data } }) => Buffer.from(data, 'base64').toString());
}

function numbers(count: number, prefix = ''): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

test('delivers every record of every shard, in batches, and says when it is drained', async () => {
  await put(numbers(300));
  const batches: string[][] = [];
  const poller = start(
    (event) => {
      batches.push(texts(event));
      return success;
    },
    { BatchSize: 40, ParallelizationFactor: 2 },
  );
  expect(await poller.drained()).toBe(true);
  await put(numbers(50, 'late-'));
  expect(await poller.drained()).toBe(true);
  expect(batches.flat().toSorted()).toEqual([...numbers(300), ...numbers(50, 'late-')].toSorted());
  expect(Math.max(...batches.map(({ length }) => length))).toBe(40);
  expect(poller.counters()).toMatchObject({ Polled: 350, Invoked: 350, FailedInvoke: 0 });
  await poller.close();
});

test('a poison record ends in the queue as metadata, the rest goes through', async () => {
  await put(['a', 'b', 'poison', 'c'], () => 'one user');
  const done = new Set<string>();
  const poller = start(
    (event) => {
      for (const { kinesis: record } of event.Records) {
        const text = Buffer.from(record.data, 'base64').toString();
        if (text === 'poison') {
          const batchItemFailures = [{ itemIdentifier: record.sequenceNumber }];
          return { kind: 'ok', payload: JSON.stringify({ batchItemFailures }) };
        }
        done.add(text);
      }
      return success;
    },
    {
      BatchSize: 3,
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: queueArn } },
    },
  );
  expect(await poller.drained()).toBe(true);
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: `${sqsServer.endpoint}/000000000000/failures` }),
  );
  const document: unknown = JSON.parse(Messages[0]?.Body ?? '');
  expect(document).toMatchObject({
    requestContext: {
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 3,
      functionArn: `arn:aws:lambda:${region}:000000000000:function:processor:$LATEST`,
    },
    responseContext: { functionError: null },
    KinesisBatchInfo: { batchSize: 1, streamArn },
  });
  expect([...done]).toEqual(['a', 'b', 'c']);
  await poller.close();
});

test('follows a split: the parent to its end, then its children', async () => {
  const seen: string[] = [];
  const poller = start((event) => {
    seen.push(...texts(event));
    return success;
  });
  await put(numbers(40, 'before-'));
  await kinesis.send(
    new SplitShardCommand({
      StreamARN: streamArn,
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: String(2n ** 126n),
    }),
  );
  await put(numbers(40, 'after-'));
  expect(await poller.drained()).toBe(true);
  expect(seen.toSorted()).toEqual([...numbers(40, 'before-'), ...numbers(40, 'after-')].toSorted());
  expect(poller.status().shards.map(({ phase }) => phase)).toEqual([
    'done',
    'reading',
    'reading',
    'reading',
  ]);
  await poller.close();
});

test('resharding while records flow loses nothing and keeps the order of each user', async () => {
  const users = Array.from({ length: 12 }, (_, user) => `user-${user}`);
  const seen = new Map<string, number[]>();
  /** Of each shard, when its first record came and when its last. */
  const spans = new Map<string, { first: number; last: number }>();
  let calls = 0;
  const poller = start(
    (event) => {
      calls += 1;
      const isRefused = calls % 5 === 0;
      for (const { eventID, kinesis: record } of event.Records.slice(
        0,
        isRefused ? 1 : undefined,
      )) {
        const [shardId = ''] = eventID.split(':');
        const numbersSeen = seen.get(record.partitionKey) ?? [];
        numbersSeen.push(Number(Buffer.from(record.data, 'base64').toString()));
        seen.set(record.partitionKey, numbersSeen);
        spans.set(shardId, { first: spans.get(shardId)?.first ?? calls, last: calls });
      }
      const [, second] = event.Records;
      if (!isRefused || second === undefined) return success;
      const batchItemFailures = [{ itemIdentifier: second.kinesis.sequenceNumber }];
      return { kind: 'ok', payload: JSON.stringify({ batchItemFailures }) };
    },
    { BatchSize: 10, ParallelizationFactor: 2 },
  );
  const reshard = [
    new SplitShardCommand({
      StreamARN: streamArn,
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: String(2n ** 126n),
    }),
    new MergeShardsCommand({
      StreamARN: streamArn,
      ShardToMerge: 'shardId-000000000003',
      AdjacentShardToMerge: 'shardId-000000000001',
    }),
    new UpdateShardCountCommand({
      StreamARN: streamArn,
      TargetShardCount: 4,
      ScalingType: 'UNIFORM_SCALING',
    }),
  ] as const;
  for (let round = 0; round < 60; round += 1) {
    const Records = users.map((PartitionKey) => ({ PartitionKey, Data: Buffer.from(`${round}`) }));
    await kinesis.send(new PutRecordsCommand({ StreamARN: streamArn, Records }));
    const [split, merge, resize] = reshard;
    if (round === 15) await kinesis.send(split);
    if (round === 30) await kinesis.send(merge);
    if (round === 45) await kinesis.send(resize);
  }
  expect(await poller.drained()).toBe(true);
  const { shards } = poller.status();
  await poller.close();

  const everyRound = Array.from({ length: 60 }, (_, round) => round);
  for (const user of users)
    expect([user, ...new Set(seen.get(user))]).toEqual([user, ...everyRound]);
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamARN: streamArn }));
  expect(Shards.length).toBeGreaterThan(6);
  for (const { ShardId = '', ParentShardId, AdjacentParentShardId } of Shards) {
    for (const parent of [ParentShardId, AdjacentParentShardId]) {
      const end = spans.get(parent ?? '')?.last ?? 0;
      expect(spans.get(ShardId)?.first ?? Infinity, `${ShardId} after ${parent}`).toBeGreaterThan(
        end,
      );
    }
  }
  expect(shards.filter(({ phase }) => phase === 'reading')).toHaveLength(4);
});

test('another poller goes on from the checkpoints of the one before', async () => {
  await put(numbers(20, 'first-'));
  const first = start(() => success);
  expect(await first.drained()).toBe(true);
  await first.close();
  await put(numbers(20, 'second-'));

  const seen: string[] = [];
  const second = start(
    (event) => {
      seen.push(...texts(event));
      return success;
    },
    {},
    { checkpoints: first.checkpoints() },
  );
  expect(await second.drained()).toBe(true);
  expect(seen.toSorted()).toEqual(numbers(20, 'second-').toSorted());
  await second.close();
});

test('close lets the invocation under way finish, keeps its result and starts no other', async () => {
  await put(numbers(10), () => 'one user');
  const hasStarted = Promise.withResolvers<void>();
  const mayFinish = Promise.withResolvers<void>();
  let invocations = 0;
  const poller = start(
    async () => {
      invocations += 1;
      hasStarted.resolve();
      await mayFinish.promise;
      return success;
    },
    { BatchSize: 5 },
  );
  await hasStarted.promise;
  const closed = poller.close();
  mayFinish.resolve();
  await closed;
  expect(invocations).toBe(1);
  expect(poller.counters().Invoked).toBe(5);
  expect(poller.status().shards.filter(({ checkpoint }) => checkpoint !== undefined)).toHaveLength(
    1,
  );
  expect(await poller.drained()).toBe(false);
});

test('a stream that cannot be read is reported, and read again', async () => {
  const problems: PollerProblem[] = [];
  let failures = 3;
  await kinesisServer.close();
  kinesisServer = await createKinesisServer({
    limits: false,
    faults({ operation }) {
      if (operation !== 'GetRecords' || failures === 0) return undefined;
      failures -= 1;
      return { kind: failures === 2 ? 'http_500' : failures === 1 ? 'throttle' : 'reset' };
    },
  });
  kinesis.destroy();
  kinesis = kinesisClient(kinesisServer.endpoint, region);
  await kinesis.send(new CreateStreamCommand({ StreamName: 'events', ShardCount: 1 }));
  await put(['a']);
  const seen: string[] = [];
  const poller = start(
    (event) => {
      seen.push(...texts(event));
      return success;
    },
    {},
    { onProblem: (problem) => problems.push(problem) },
  );
  expect(await poller.drained()).toBe(true);
  expect(seen).toEqual(['a']);
  expect(problems.map(({ doing }) => doing)).toEqual(['read', 'read', 'read']);
  await poller.close();
});

test('a runtime that rejects counts as an invoke error and is tried again', async () => {
  await put(['a']);
  const problems: PollerProblem[] = [];
  let attempts = 0;
  const poller = start(
    () => {
      attempts += 1;
      if (attempts === 1) throw new Error('the runtime is broken');
      return success;
    },
    { MaximumRetryAttempts: 0 },
    { onProblem: (problem) => problems.push(problem) },
  );
  expect(await poller.drained()).toBe(true);
  expect(attempts).toBe(2);
  expect(problems.map(({ doing }) => doing)).toEqual(['invoke']);
  await poller.close();
});

// The key and the content of the object, as recorded on AWS: localstack/localstack,
// tests/aws/services/lambda_/event_source_mapping/test_lambda_integration_kinesis.py,
// test_kinesis_event_source_mapping_with_s3_on_failure_destination.
test('a bucket gets what was given up with its records', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'failures' }));
  await put(['a', 'b'], () => 'one user');
  const poller = start(
    () => ({ kind: 'function_error', payload: '{}' }),
    {
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } },
    },
    { mappingId: '0b7a1d30-0000-4000-8000-000000000000' },
  );
  expect(await poller.drained()).toBe(true);
  await poller.close();
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'failures' }));
  expect(Contents.map(({ Key }) => Key)).toEqual([
    expect.stringMatching(
      /^aws\/lambda\/0b7a1d30-0000-4000-8000-000000000000\/shardId-\d{12}\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[\da-f-]{36}$/,
    ),
  ]);
  const object = await s3.send(
    new GetObjectCommand({ Bucket: 'failures', Key: Contents[0]?.Key ?? '' }),
  );
  const document: unknown = JSON.parse((await object.Body?.transformToString()) ?? '');
  expect(document).toMatchObject({
    requestContext: { condition: 'RetryAttemptsExhausted' },
    KinesisBatchInfo: { batchSize: 2, streamArn },
    payload: expect.toSatisfy((payload: string) =>
      isDeepStrictEqual(texts(eventOf(payload)), ['a', 'b']),
    ) as unknown,
  });
});

test('a bucket that is not there is told of and tried again', async () => {
  await put(['a']);
  const problems: PollerProblem[] = [];
  const poller = start(
    () => ({ kind: 'function_error', payload: '{}' }),
    {
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } },
    },
    { onProblem: (problem) => problems.push(problem) },
  );
  await expect.poll(() => problems.length).toBeGreaterThan(0);
  await s3.send(new CreateBucketCommand({ Bucket: 'failures' }));
  expect(await poller.drained()).toBe(true);
  await poller.close();
  expect(new Set(problems.map(({ doing }) => doing))).toEqual(new Set(['send_on_failure']));
});

test('refuses a destination that is neither queue nor bucket', () => {
  expect(() =>
    start(() => success, {
      DestinationConfig: {
        OnFailure: { Destination: `arn:aws:sns:${region}:000000000000:failures` },
      },
    }),
  ).toThrow(expect.objectContaining({ code: 'invalid_template' }));
});
