import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  type ListShardsCommandInput,
  MergeShardsCommand,
  PutRecordsCommand,
  type Shard,
  SplitShardCommand,
  UpdateShardCountCommand,
  UpdateStreamModeCommand,
} from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import { resolveLimits } from './limits.ts';
import { connect, manualClock, refusal, start } from './testing.ts';

const StreamName = 'clicks';
const ids = (shards: readonly Shard[] | undefined) =>
  shards?.map(({ ShardId }) => Number(ShardId?.slice(-12)));
const shardId = (index: number) => `shardId-${String(index).padStart(12, '0')}`;

/** None but that on a target of UpdateShardCount. */
const limits = { ...resolveLimits(false), updateShardCountFactor: 2 };

async function setUp(ShardCount: number, statusDelayMs = 0) {
  const clock = manualClock();
  const server = await start({ now: clock.now, limits, statusDelayMs });
  const client = connect(server);
  await client.send(new CreateStreamCommand({ StreamName, ShardCount }));
  const list = async (input: Partial<ListShardsCommandInput> = {}) =>
    (await client.send(new ListShardsCommand({ StreamName, ...input }))).Shards;
  return { clock, client, list };
}

const split = (client: KinesisClient, index: number, NewStartingHashKey: string) =>
  client.send(
    new SplitShardCommand({ StreamName, ShardToSplit: shardId(index), NewStartingHashKey }),
  );

const merge = (client: KinesisClient, index: number, adjacent: number) =>
  client.send(
    new MergeShardsCommand({
      StreamName,
      ShardToMerge: shardId(index),
      AdjacentShardToMerge: shardId(adjacent),
    }),
  );

const scale = (client: KinesisClient, TargetShardCount: number) =>
  client.send(
    new UpdateShardCountCommand({ StreamName, TargetShardCount, ScalingType: 'UNIFORM_SCALING' }),
  );

test('a split closes the parent and names it in both children; a merge names both parents', async () => {
  const { client, list } = await setUp(1);
  await split(client, 0, '1000');
  await merge(client, 2, 1);
  const [parent, lower, upper, merged] = (await list()) ?? [];
  const max = String(2n ** 128n - 1n);
  expect(parent?.SequenceNumberRange?.EndingSequenceNumber).toMatch(/^\d{56}$/);
  expect(lower).toMatchObject({
    ParentShardId: shardId(0),
    HashKeyRange: { StartingHashKey: '0', EndingHashKey: '999' },
  });
  expect(upper).toMatchObject({
    ParentShardId: shardId(0),
    HashKeyRange: { StartingHashKey: '1000', EndingHashKey: max },
  });
  expect(merged).toMatchObject({
    ParentShardId: shardId(2),
    AdjacentParentShardId: shardId(1),
    HashKeyRange: { StartingHashKey: '0', EndingHashKey: max },
  });
  expect(merged?.SequenceNumberRange?.EndingSequenceNumber).toBeUndefined();
  const starts = [parent, lower, merged].map((shard) =>
    BigInt(shard?.SequenceNumberRange?.StartingSequenceNumber ?? 0),
  );
  expect(starts).toEqual(starts.toSorted((a, b) => (a < b ? -1 : 1)));
});

/** Follows every shard to its end and then to its children, as the Kinesis Client Library does. */
async function readLineage(client: KinesisClient, roots: readonly string[]) {
  const seen: { key: string; text: string; number: bigint }[] = [];
  const done = new Set<string>();
  const waiting = roots.map((id) => ({ id, parents: [] as string[] }));
  for (let shard = waiting.shift(); shard !== undefined; shard = waiting.shift()) {
    if (done.has(shard.id) || !shard.parents.every((parent) => done.has(parent))) continue;
    const from = { StreamName, ShardId: shard.id, ShardIteratorType: 'TRIM_HORIZON' } as const;
    let token = (await client.send(new GetShardIteratorCommand(from))).ShardIterator;
    while (token !== undefined) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator: token, Limit: 97 }));
      for (const { PartitionKey, Data, SequenceNumber } of page.Records ?? []) {
        seen.push({
          key: PartitionKey ?? '',
          text: Buffer.from(Data ?? []).toString(),
          number: BigInt(SequenceNumber ?? 0),
        });
      }
      for (const child of page.ChildShards ?? []) {
        waiting.push({ id: child.ShardId ?? '', parents: child.ParentShards ?? [] });
      }
      token = page.Records?.length === 0 ? undefined : page.NextShardIterator;
    }
    done.add(shard.id);
  }
  return seen;
}

test('resharding under load neither loses nor doubles nor reorders a record', async () => {
  const { client, clock } = await setUp(2);
  const keys = Array.from({ length: 20 }, (_, index) => `user-${index}`);
  let count = 0;
  const write = async () => {
    for (let batch = 0; batch < 5; batch += 1) {
      const Records = keys.map((PartitionKey) => {
        count += 1;
        return { PartitionKey, Data: Buffer.from(String(count)) };
      });
      await client.send(new PutRecordsCommand({ StreamName, Records }));
    }
    clock.advance(10);
  };
  for (const target of [4, 3, 6, 5, 3, 2, 1]) {
    await Promise.all([write(), scale(client, target)]);
    await write();
  }
  const seen = await readLineage(client, [shardId(0), shardId(1)]);
  expect(seen).toHaveLength(count);
  for (const key of keys) {
    const ofKey = seen.filter((record) => record.key === key);
    const texts = ofKey.map(({ text }) => Number(text));
    expect(texts).toEqual(texts.toSorted((a, b) => a - b));
    expect(new Set(texts).size).toBe(count / keys.length);
    const numbers = ofKey.map(({ number }) => number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
  }
});

test('UpdateShardCount makes ranges of equal size', async () => {
  const { client, list } = await setUp(2);
  expect(await scale(client, 3)).toMatchObject({ CurrentShardCount: 2, TargetShardCount: 3 });
  const open = await list({ ShardFilter: { Type: 'AT_LATEST' } });
  const third = 2n ** 128n / 3n;
  const starts = open?.map(({ HashKeyRange }) => HashKeyRange?.StartingHashKey).toSorted();
  expect(starts).toEqual([0n, third, third * 2n].map(String).toSorted());
  const { StreamDescriptionSummary } = await client.send(
    new DescribeStreamSummaryCommand({ StreamName }),
  );
  expect(StreamDescriptionSummary?.OpenShardCount).toBe(3);
});

test('more than double, less than half, and a change of an on-demand stream are refused', async () => {
  const { client } = await setUp(4);
  const refused = { name: 'InvalidArgumentException' };
  await expect(scale(client, 9)).rejects.toMatchObject(refused);
  await expect(scale(client, 1)).rejects.toMatchObject(refused);
  const end = 2n ** 126n - 1n;
  for (const at of [0n, 1n, end, end + 1n]) {
    await expect(split(client, 0, String(at))).rejects.toEqual(
      refusal('InvalidArgumentException', /greater than one plus the shard's StartingHashKey 0 /),
    );
  }
  await expect(merge(client, 0, 2)).rejects.toMatchObject(refused);
  await client.send(
    new UpdateStreamModeCommand({
      StreamARN: `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`,
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    }),
  );
  await expect(scale(client, 8)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('ListShards filters by time', async () => {
  const { client, clock, list } = await setUp(1);
  clock.advance(1000);
  const between = new Date(clock.now());
  clock.advance(1000);
  await split(client, 0, '1000');
  clock.advance(1000);
  const filtered = async (ShardFilter: ListShardsCommandInput['ShardFilter']) =>
    ids(await list({ ShardFilter }));
  expect(ids(await list())).toEqual([0, 1, 2]);
  expect(await filtered({ Type: 'AT_LATEST' })).toEqual([1, 2]);
  expect(await filtered({ Type: 'AT_TRIM_HORIZON' })).toEqual([0]);
  expect(await filtered({ Type: 'FROM_TRIM_HORIZON' })).toEqual([0, 1, 2]);
  expect(await filtered({ Type: 'AFTER_SHARD_ID', ShardId: shardId(0) })).toEqual([1, 2]);
  expect(await filtered({ Type: 'AT_TIMESTAMP', Timestamp: between })).toEqual([0]);
  expect(await filtered({ Type: 'FROM_TIMESTAMP', Timestamp: between })).toEqual([0, 1, 2]);
  const now = new Date(clock.now());
  expect(await filtered({ Type: 'AT_TIMESTAMP', Timestamp: now })).toEqual([1, 2]);
  expect(await filtered({ Type: 'FROM_TIMESTAMP', Timestamp: now })).toEqual([1, 2]);
});

test('ListShards pages with a token that stands for the whole question', async () => {
  const { client, clock } = await setUp(7);
  const first = await client.send(
    new ListShardsCommand({ StreamName, MaxResults: 3, ExclusiveStartShardId: shardId(0) }),
  );
  expect(ids(first.Shards)).toEqual([1, 2, 3]);
  const next = (NextToken: string | undefined) =>
    client.send(new ListShardsCommand({ NextToken, MaxResults: 3 }));
  const second = await next(first.NextToken);
  expect(ids(second.Shards)).toEqual([4, 5, 6]);
  expect(second.NextToken).toBeUndefined();
  const both = new ListShardsCommand({ StreamName, NextToken: first.NextToken });
  await expect(client.send(both)).rejects.toMatchObject({ name: 'InvalidArgumentException' });
  await expect(next('nonsense')).rejects.toMatchObject({ name: 'InvalidArgumentException' });
  clock.advance(300_001);
  await expect(next(first.NextToken)).rejects.toMatchObject({ name: 'ExpiredNextTokenException' });
});

test('a stream can take its time to become active', async () => {
  const { client, clock } = await setUp(1, 1000);
  const status = async () =>
    (await client.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary
      ?.StreamStatus;
  const put = () =>
    client.send(
      new PutRecordsCommand({
        StreamName,
        Records: [{ PartitionKey: 'u', Data: Buffer.from('x') }],
      }),
    );
  expect(await status()).toBe('CREATING');
  await expect(put()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(scale(client, 2)).rejects.toMatchObject({ name: 'ResourceInUseException' });
  clock.advance(1000);
  expect(await status()).toBe('ACTIVE');
  await scale(client, 2);
  expect(await status()).toBe('UPDATING');
  await put();
  await expect(scale(client, 4)).rejects.toMatchObject({ name: 'ResourceInUseException' });
});
