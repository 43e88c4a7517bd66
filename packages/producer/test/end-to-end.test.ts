import { KinesisClient } from '@aws-sdk/client-kinesis';
import { expect, test, vi } from 'vitest';
import { createProducer, type ProducerOptions, type Receipt } from '../src/index.ts';
import { titleOf } from './faulty-stream.ts';
import { createTestStream, STREAM, type TestStream } from './kinesis.ts';

const USERS = 50;

function view(index: number): { user_id: string; url: string; title: string } {
  return { user_id: `user-${index % USERS}`, url: 'https://shop.example/', title: String(index) };
}

/** Tracks events in a few bursts, and returns the receipts in the order of the calls. */
async function trackAll(
  stream: TestStream,
  count: number,
  options: Partial<ProducerOptions> = {},
): Promise<Receipt[]> {
  await using producer = createProducer({ ...stream.options, ...options });
  const receipts: Promise<Receipt>[] = [];
  for (let index = 0; index < count; index += 1) {
    receipts.push(producer.pageView(view(index)));
    if (index % 200 === 199) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return Promise.all(receipts);
}

/** Every event is there, under its receipt, and each user's are in order at first appearance. */
async function expectAllInOrder(stream: TestStream, receipts: readonly Receipt[]): Promise<void> {
  const records = await stream.records();
  const byPlace = new Map(
    records.map((record) => [`${record.shardId}/${record.sequenceNumber}`, record]),
  );
  for (const [index, { eventId, shardId, sequenceNumber }] of receipts.entries()) {
    const record = byPlace.get(`${shardId}/${sequenceNumber}`);
    expect(record?.event).toMatchObject({ event_id: eventId, title: String(index) });
  }
  expect(new Set(records.map((record) => record.event.event_id)).size).toBe(receipts.length);
  for (let user = 0; user < USERS; user += 1) {
    const seen = records.filter((record) => record.partitionKey === `user-${user}`);
    const titles = [...new Set(seen.map((record) => Number(titleOf(record.event))))];
    expect(titles).toEqual(titles.toSorted((a, b) => a - b));
  }
}

/** A fixed sequence of numbers from 0 to 1: the same faults in every run. */
function createRandom(): () => number {
  let state = 42;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

test('10 % of the records fail: none is lost or swapped', async () => {
  await using stream = await createTestStream({
    random: createRandom(),
    faults: () => ({ kind: 'records', fail: 0.1 }),
  });
  const receipts = await trackAll(stream, 2_000, { maxBackoffMs: 50 });
  await expectAllInOrder(stream, receipts);
  expect(receipts.some(({ attempts }) => attempts > 1)).toBe(true);
  expect(await stream.records()).toHaveLength(2_000);
});

test('HTTP 500s, throttles, resets, requests without an answer, and requests that took effect all the same', async () => {
  const random = createRandom();
  const kinds = [
    'http_500',
    'throttle',
    'reset',
    'commit_then_reset',
    'hang',
    'commit_then_hang',
  ] as const;
  const met = new Set<string>();
  await using stream = await createTestStream({
    random,
    faults: () => {
      const kind = random() < 0.3 ? kinds[Math.floor(random() * kinds.length)] : undefined;
      if (kind === undefined) return { kind: 'records', fail: 0.05 };
      met.add(kind);
      return { kind };
    },
  });
  const receipts = await trackAll(stream, 1_000, {
    maxBatchRecords: 20,
    requestTimeoutMs: 200,
    maxBackoffMs: 50,
  });
  await expectAllInOrder(stream, receipts);
  expect(met).toEqual(new Set(kinds));
});

test('connections are kept: as many as requests are open, however many requests', async () => {
  await using stream = await createTestStream();
  const before = stream.server.stats().connections;
  await trackAll(stream, 2_000, { maxBatchRecords: 10, maxOpenRequests: 4 });
  const { connections, requests } = stream.server.stats();
  expect(requests['PutRecords']).toBeGreaterThanOrEqual(200);
  expect(connections - before).toBeLessThanOrEqual(4);
});

test('a stream that throttles slows the producer down, and loses nothing', async () => {
  await using stream = await createTestStream({ limits: {}, shardCount: 2 });
  const receipts = await trackAll(stream, 4_000);
  await expectAllInOrder(stream, receipts);
  expect(await stream.records()).toHaveLength(4_000);
});

test('a stream that does not exist fails at once and says what to do', async () => {
  await using stream = await createTestStream();
  await using producer = createProducer({
    ...stream.options,
    streamName: 'nowhere',
    onUndeliverable: () => undefined,
  });
  await expect(producer.pageView(view(0))).rejects.toMatchObject({
    code: 'undeliverable',
    message: expect.stringMatching(
      /there is no stream 'nowhere' in this account and region; check streamName/,
    ) as unknown,
    cause: { name: 'ResourceNotFoundException' },
  });
});

test('a record that the stream refuses does not take its request along', async () => {
  await using stream = await createTestStream({ limits: { bytesPerRecord: 1_000 } });
  await using producer = createProducer({ ...stream.options, onUndeliverable: () => undefined });
  const tooLarge = producer.pageView({
    ...view(3),
    referrer: `https://x.example/${'x'.repeat(1_000)}`,
  });
  const others = [0, 1, 2].map((index) => producer.pageView(view(index)));
  await expect(tooLarge).rejects.toThrow(/maxRecordBytes larger than the stream's/);
  expect((await Promise.all(others)).map(({ attempts }) => attempts)).toEqual([2, 2, 2]);
});

test('an own client is used and stays open', async () => {
  await using stream = await createTestStream();
  const { endpoint, region } = stream.options;
  const client = new KinesisClient({ endpoint, region });
  const destroy = vi.spyOn(client, 'destroy');
  for (let round = 0; round < 2; round += 1) {
    await using producer = createProducer({ streamName: STREAM, client });
    await producer.pageView(view(round));
  }
  expect(await stream.records()).toHaveLength(2);
  expect(destroy).not.toHaveBeenCalled();
  client.destroy();
});
