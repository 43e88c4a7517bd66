/**
 * What goes wrong with other producers, one test each: the same events by a common way and by ours.
 * Issues that tell of it are in the titles.
 */
import { KinesisClient } from '@aws-sdk/client-kinesis';
import type { KinesisFault } from '@clickstream/local-aws';
import { expect, test } from 'vitest';
import { createProducer, type ProducerOptions } from '../../src/index.ts';
import { createTestStream, type TestStream } from '../kinesis.ts';
import {
  aggregateByArrival,
  ForgetfulQueue,
  lookAtErrorsOnly,
  type NaiveWay,
  putOneByOne,
  QuietQueue,
  sealInEveryAttempt,
  sendFailedAgain,
  type View,
} from './naive.ts';
import { lost, misplaced, readViews, swapped } from './stored.ts';
import { createTlsFront } from './tls-front.ts';

function createViews(count: number): View[] {
  return Array.from({ length: count }, (_, index) => ({
    user_id: `user-${index % 20}`,
    url: 'https://shop.example/',
    title: String(index),
  }));
}

/** The SDK as it comes, but for its own retries where the way has some. */
function createClient(stream: TestStream, endpoint = stream.options.endpoint): KinesisClient {
  return new KinesisClient({ endpoint, region: stream.options.region, maxAttempts: 1 });
}

async function goNaive(way: NaiveWay, stream: TestStream, views: readonly View[]): Promise<void> {
  const client = createClient(stream);
  await way(client, views);
  client.destroy();
}

async function goOurs(
  stream: TestStream,
  views: readonly View[],
  options: Partial<ProducerOptions> = {},
): Promise<void> {
  await using producer = createProducer({
    ...stream.options,
    maxBatchRecords: 100,
    maxBackoffMs: 50,
    ...options,
  });
  await Promise.all(views.map((view) => producer.pageView(view)));
}

/** Every tenth record of a request. */
const TENTHS: KinesisFault = {
  kind: 'records',
  fail: Array.from({ length: 10 }, (_, index) => index * 10 + 5),
};

/** Every third request takes effect, but its answer is lost. */
function loseAnswers(): () => KinesisFault | undefined {
  let requests = 0;
  return () => {
    requests += 1;
    return requests % 3 === 1 ? { kind: 'commit_then_reset' } : undefined;
  };
}

test('pain 1: a TLS session for every request (aws-sdk-js-v3 8279)', async () => {
  const views = createViews(40);
  await using stream = await createTestStream();
  const handshakesPerRequest = async (go: (endpoint: string) => Promise<unknown>) => {
    await using front = await createTlsFront(stream.options.endpoint);
    const before = stream.server.stats().requests['PutRecords'] ?? 0;
    await go(front.endpoint);
    const requests = (stream.server.stats().requests['PutRecords'] ?? 0) - before;
    expect(requests).toBe(views.length);
    return front.handshakes() / requests;
  };
  const naive = await handshakesPerRequest(async (endpoint) => {
    const client = createClient(stream, endpoint);
    await putOneByOne(client, views);
    client.destroy();
  });
  const ours = await handshakesPerRequest((endpoint) =>
    goOurs(stream, views, { endpoint, maxBatchRecords: 1, maxOpenRequests: 2 }),
  );
  expect(naive).toBeGreaterThanOrEqual(1);
  expect(ours).toBeLessThanOrEqual(2 / 40);
});

test('pain 3: a storm of retries (KPL 122, 183)', async () => {
  const views = createViews(600);
  const sentPerEvent = async (go: (stream: TestStream) => Promise<void>): Promise<number> => {
    let sent = 0;
    await using stream = await createTestStream({
      shardCount: 1,
      limits: { shardWriteRecordsPerSecond: 200 }, // so few that any machine can storm it
      faults: ({ input: { Records } }) => {
        sent += Array.isArray(Records) ? Records.length : 0;
        return undefined;
      },
    });
    await go(stream);
    expect(lost(await readViews(stream), views.length)).toBe(0);
    return sent / views.length;
  };
  const naive = await sentPerEvent((stream) => goNaive(sendFailedAgain, stream, views));
  const ours = await sentPerEvent((stream) => goOurs(stream, views));
  expect(naive).toBeGreaterThan(3);
  expect(ours).toBeLessThan(2);
});

test('pain 4: events of a user swapped by a retry (KPL 23, 135; redpanda connect 1641)', async () => {
  const views = createViews(1_000);
  const swaps = async (go: (stream: TestStream) => Promise<void>): Promise<number> => {
    await using stream = await createTestStream({ faults: () => TENTHS });
    await go(stream);
    const stored = await readViews(stream);
    expect(lost(stored, views.length)).toBe(0);
    return swapped(stored);
  };
  expect(await swaps((stream) => goNaive(sendFailedAgain, stream, views))).toBeGreaterThan(0);
  expect(await swaps((stream) => goOurs(stream, views))).toBe(0);
});

test('pain 5: records lost in an answer without an error (vector 359)', async () => {
  const views = createViews(1_000);
  const losses = async (go: (stream: TestStream) => Promise<void>): Promise<number> => {
    await using stream = await createTestStream({ faults: () => TENTHS });
    await go(stream); // neither throws
    return lost(await readViews(stream), views.length);
  };
  expect(await losses((stream) => goNaive(lookAtErrorsOnly, stream, views))).toBe(100);
  expect(await losses((stream) => goOurs(stream, views))).toBe(0);
});

test('pain 6: events dropped in silence (langfuse 15374, opentelemetry-js 4184)', async () => {
  const views = createViews(3_000);
  const capacity = 1_000;
  await using naiveStream = await createTestStream();
  const client = createClient(naiveStream);
  const naive = new QuietQueue(client, capacity);
  for (const view of views) naive.track(view);
  await naive.flush(); // says nothing
  client.destroy();
  expect(lost(await readViews(naiveStream), views.length)).toBe(2_000);

  for (const whenFull of ['reject', 'drop-oldest', 'wait'] as const) {
    await using stream = await createTestStream();
    let told = 0;
    let rejected = 0;
    const producer = createProducer({
      ...stream.options,
      whenFull,
      maxBufferRecords: capacity,
      maxWaitingRecords: 500,
      onUndeliverable: () => (told += 1),
    });
    for (const view of views) void producer.pageView(view).catch(() => (rejected += 1));
    await producer.close();
    const missing = lost(await readViews(stream), views.length);
    expect(missing).toBeGreaterThan(0);
    expect({ told, rejected, counted: producer.stats().failed }).toEqual({
      told: missing,
      rejected: missing,
      counted: missing,
    });
  }
});

test('pain 7: flush() returns early (analytics-node 309, analytics-next 1092)', async () => {
  const views = createViews(250);
  await using naiveStream = await createTestStream();
  const client = createClient(naiveStream);
  const naive = new ForgetfulQueue(client);
  for (const view of views.slice(0, 200)) naive.track(view);
  await naive.flush();
  expect(naiveStream.server.stats().recordsAccepted).toBe(0);
  await Promise.all(naive.sent);
  expect(naiveStream.server.stats().recordsAccepted).toBe(200);
  client.destroy();

  await using stream = await createTestStream();
  await using producer = createProducer({ ...stream.options, maxBatchRecords: 100 });
  for (const view of views) void producer.pageView(view);
  expect(await producer.flush({ timeoutMs: 0 })).toEqual({
    delivered: 0,
    failed: 0,
    pending: views.length,
  });
  expect(await producer.flush()).toEqual({ delivered: views.length, failed: 0, pending: 0 });
  expect(stream.server.stats().recordsAccepted).toBe(views.length);
});

test('pain 9: aggregates with events of other shards (kinesis-aggregation 21, 30)', async () => {
  const views = createViews(400);
  const shardCount = 4;
  const strays = async (go: (stream: TestStream) => Promise<void>): Promise<number> => {
    await using stream = await createTestStream({ shardCount });
    await go(stream);
    expect((await stream.rawRecords()).size).toBeLessThan(views.length / 4);
    const stored = await readViews(stream);
    expect(lost(stored, views.length)).toBe(0);
    return misplaced(stored, shardCount);
  };
  expect(await strays((stream) => goNaive(aggregateByArrival, stream, views))).toBeGreaterThan(200);
  expect(await strays((stream) => goOurs(stream, views, { aggregation: true }))).toBe(0);
});

test('pain 10: duplicates that nobody can tell (KPL 128)', async () => {
  const views = createViews(1_000);
  const run = async (go: (stream: TestStream) => Promise<void>) => {
    await using stream = await createTestStream({ faults: loseAnswers() });
    await go(stream);
    const stored = await readViews(stream);
    expect(stored.length, 'duplicates there are').toBeGreaterThan(views.length);
    return new Set(stored.map(({ eventId }) => eventId)).size - views.length;
  };
  expect(await run((stream) => goNaive(sealInEveryAttempt, stream, views))).toBeGreaterThan(0);
  expect(await run((stream) => goOurs(stream, views))).toBe(0);
});
