import { KinesisClient, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { expect, test, vi } from 'vitest';
import { createProducer, type ProducerError } from '../src/index.ts';
import { createHttpService } from './http-service.ts';
import { createTestStream, STREAM } from './kinesis.ts';

const URL = 'https://shop.example/';

test('a stream that ignores partition keys is refused before anything is written to it', async () => {
  await using stream = await createTestStream();
  await using service = await createHttpService(
    ({ operation }) =>
      operation === 'DescribeStreamSummary'
        ? [200, { StreamDescriptionSummary: { RecordDistributionStrategy: 'AUTO' } }]
        : undefined,
    stream.options.endpoint,
  );
  await using producer = createProducer({
    ...stream.options,
    endpoint: service.endpoint,
    onUndeliverable: () => undefined,
  });
  const tracked = ['a', 'b'].map((user_id) => producer.pageView({ user_id, url: URL }));
  for (const receipt of tracked) {
    await expect(receipt).rejects.toMatchObject({
      code: 'undeliverable',
      message: expect.stringMatching(
        /without regard to partition keys.*USER_PARTITION_KEY/,
      ) as unknown,
    });
  }
  // Nobody has mended it, and nobody is asked again for each event.
  const later = producer.pageView({ user_id: 'c', url: URL });
  await expect(later).rejects.toMatchObject({ code: 'undeliverable' });
  expect(await stream.records()).toEqual([]);
});

test('a producer that may only write goes on, and says what it cannot see', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  await using stream = await createTestStream();
  await using service = await createHttpService(
    ({ operation }) =>
      operation === 'ListShards'
        ? [400, { __type: 'AccessDeniedException', message: 'not authorized' }]
        : undefined,
    stream.options.endpoint,
  );
  await using producer = createProducer({ ...stream.options, endpoint: service.endpoint });
  await producer.pageView({ user_id: 'a', url: URL });
  expect(await stream.records()).toHaveLength(1);
  expect(warn.mock.calls.map(String)).toEqual([
    expect.stringContaining(`allow kinesis:ListShards on '${STREAM}'`),
  ]);
  warn.mockRestore();
});

test('an idle producer does not even ask about its stream', async () => {
  await using stream = await createTestStream();
  const before = stream.server.stats().requests;
  const producer = createProducer(stream.options);
  await producer.close();
  expect(stream.server.stats().requests).toEqual(before);
});

test('shards that split while events flow: nothing is lost or swapped', async () => {
  await using stream = await createTestStream();
  const { endpoint, region } = stream.options;
  const admin = new KinesisClient({ endpoint, region });
  await using producer = createProducer(stream.options);
  const errors: ProducerError[] = [];
  for (let index = 0; index < 1_500; index += 1) {
    producer
      .pageView({ user_id: `user-${index % 20}`, url: URL, title: String(index) })
      .catch((error: ProducerError) => errors.push(error));
    if (index % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    if (index !== 500) continue;
    await admin.send(
      new SplitShardCommand({
        StreamName: STREAM,
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: '80000000000000000000000000000000000000',
      }),
    );
  }
  await producer.flush();
  expect(errors).toEqual([]);
  const records = await stream.records();
  expect(records).toHaveLength(1_500);
  expect(new Set(records.map(({ shardId }) => shardId)).size).toBeGreaterThan(2);
  for (let user = 0; user < 20; user += 1) {
    const titles = records
      .filter(({ partitionKey }) => partitionKey === `user-${user}`)
      .map(({ event }) => Number(event.event_type === 'page_view' ? event.title : Number.NaN));
    expect(titles).toEqual(titles.toSorted((a, b) => a - b)); // parents are listed before children
  }
  admin.destroy();
});
