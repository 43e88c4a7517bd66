import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  IncreaseStreamRetentionPeriodCommand,
  type KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  ListTagsForStreamCommand,
  MergeShardsCommand,
  RemoveTagsFromStreamCommand,
  SplitShardCommand,
  type StreamMode,
  UpdateShardCountCommand,
  UpdateStreamModeCommand,
} from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import { createKinesis, execute } from './kinesis.ts';
import type { KinesisLimitOptions } from './limits.ts';
import { connect, manualClock, refusal, start } from './testing.ts';

const StreamName = 'clicks';
const shardId = (index: number): string => `shardId-${String(index).padStart(12, '0')}`;

async function setUp(ShardCount: number, limits: KinesisLimitOptions = {}) {
  const clock = manualClock();
  const client = connect(await start({ now: clock.now, limits }));
  await client.send(new CreateStreamCommand({ StreamName, ShardCount }));
  clock.advance(1000);
  return { client, clock };
}

const scale = (client: KinesisClient, TargetShardCount: number) =>
  client.send(
    new UpdateShardCountCommand({ StreamName, TargetShardCount, ScalingType: 'UNIFORM_SCALING' }),
  );

/** The calls that need not succeed to be counted. */
const calls: readonly [string, number, (client: KinesisClient) => Promise<unknown>][] = [
  [
    'AddTagsToStream',
    5,
    (c) => c.send(new AddTagsToStreamCommand({ StreamName, Tags: { team: 'web' } })),
  ],
  ['CreateStream', 5, (c) => c.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }))],
  ['DeleteStream', 5, (c) => c.send(new DeleteStreamCommand({ StreamName: 'none' }))],
  ['DescribeStream', 10, (c) => c.send(new DescribeStreamCommand({ StreamName }))],
  ['DescribeStreamSummary', 20, (c) => c.send(new DescribeStreamSummaryCommand({ StreamName }))],
  ['ListStreams', 5, (c) => c.send(new ListStreamsCommand({}))],
  ['ListTagsForStream', 5, (c) => c.send(new ListTagsForStreamCommand({ StreamName }))],
  [
    'MergeShards',
    5,
    (c) =>
      c.send(
        new MergeShardsCommand({
          StreamName,
          ShardToMerge: shardId(9),
          AdjacentShardToMerge: shardId(8),
        }),
      ),
  ],
  [
    'RemoveTagsFromStream',
    5,
    (c) => c.send(new RemoveTagsFromStreamCommand({ StreamName, TagKeys: ['team'] })),
  ],
  [
    'SplitShard',
    5,
    (c) =>
      c.send(
        new SplitShardCommand({
          StreamName,
          ShardToSplit: shardId(9),
          NewStartingHashKey: '5',
        }),
      ),
  ],
  ['UpdateShardCount', 10, (c) => scale(c, 9)],
];

const nameOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => 'answered',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );

test.each(calls)('%s: %i calls a second', async (_, perSecond, call) => {
  const { client, clock } = await setUp(1);
  for (let index = 0; index < perSecond; index += 1) {
    expect(await nameOf(call(client))).not.toBe('LimitExceededException');
  }
  await expect(call(client)).rejects.toEqual(
    refusal(
      'LimitExceededException',
      /^Rate exceeded for (stream \w+ under )?account 000000000000\.$/,
    ),
  );
  clock.advance(1000 / perSecond);
  expect(await nameOf(call(client))).not.toBe('LimitExceededException');

  const free = (await setUp(1, false)).client;
  for (let index = 0; index <= perSecond; index += 1) {
    expect(await nameOf(call(free))).not.toBe('LimitExceededException');
  }
});

test('ListShards: so many calls a second for each stream', async () => {
  const { client } = await setUp(1, { listShardsCallsPerSecond: 2 });
  await client.send(new CreateStreamCommand({ StreamName: 'other', ShardCount: 1 }));
  const list = (name: string) => client.send(new ListShardsCommand({ StreamName: name }));
  await list(StreamName);
  await list(StreamName);
  await expect(list(StreamName)).rejects.toEqual(refusal('LimitExceededException', /clicks/));
  await list('other');
});

test.each([
  ['Increase', IncreaseStreamRetentionPeriodCommand],
  ['Decrease', DecreaseStreamRetentionPeriodCommand],
])('%sStreamRetentionPeriod: five calls a second for each stream', async (_, Command) => {
  const { client, clock } = await setUp(1);
  await client.send(new CreateStreamCommand({ StreamName: 'other', ShardCount: 1 }));
  const change = (name: string, RetentionPeriodHours = 24) =>
    client.send(new Command({ StreamName: name, RetentionPeriodHours }));
  for (let index = 0; index < 4; index += 1) await change(StreamName);
  await expect(change(StreamName, 1)).rejects.toEqual(refusal('InvalidArgumentException'));
  await expect(change(StreamName)).rejects.toEqual(refusal('LimitExceededException', /clicks/));
  await change('other');
  clock.advance(200);
  await change(StreamName);

  const free = (await setUp(1, false)).client;
  const command = new Command({ StreamName, RetentionPeriodHours: 24 });
  for (let index = 0; index < 6; index += 1) await free.send(command);
});

/** UpdateStreamMode takes no name. */
function switchTo(client: KinesisClient, mode: StreamMode) {
  const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
  return client.send(
    new UpdateStreamModeCommand({ StreamARN, StreamModeDetails: { StreamMode: mode } }),
  );
}

test('UpdateStreamMode: a stream switches twice in any 24 hours', async () => {
  const { client, clock } = await setUp(1);
  await switchTo(client, 'PROVISIONED'); // is no switch
  await switchTo(client, 'ON_DEMAND');
  clock.advance(1000);
  await switchTo(client, 'PROVISIONED');
  await expect(switchTo(client, 'ON_DEMAND')).rejects.toEqual(
    refusal('LimitExceededException', /2 times within 24 hours/),
  );
  clock.advance(86_400_000 - 1000 - 1);
  await expect(switchTo(client, 'ON_DEMAND')).rejects.toEqual(refusal('LimitExceededException'));
  clock.advance(1);
  await switchTo(client, 'ON_DEMAND');

  const free = (await setUp(1, { streamModeSwitchesPerDay: false })).client;
  for (const mode of ['ON_DEMAND', 'PROVISIONED', 'ON_DEMAND'] as const) {
    await switchTo(free, mode);
  }
});

test('five streams may be CREATING at a time', async () => {
  const clock = manualClock();
  const limits = { createStreamCallsPerSecond: false } as const;
  const client = connect(await start({ now: clock.now, statusDelayMs: 1000, limits }));
  const create = (name: string) =>
    client.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
  for (const name of ['a', 'b', 'c', 'd', 'e']) await create(name);
  await expect(create('f')).rejects.toEqual(
    refusal('LimitExceededException', /^5 streams under account 000000000000 are CREATING/),
  );
  clock.advance(1000);
  await create('f');
});

test('so many streams are in on-demand mode, by creation or by a switch', async () => {
  const { client } = await setUp(1, { onDemandStreamsPerAccount: 1 });
  const create = (name: string) =>
    client.send(
      new CreateStreamCommand({
        StreamName: name,
        StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      }),
    );
  await create('one');
  const refused = refusal('LimitExceededException', /^1 streams .* in ON_DEMAND mode/);
  await expect(create('two')).rejects.toEqual(refused);
  await expect(switchTo(client, 'ON_DEMAND')).rejects.toEqual(refused);
  await client.send(new DeleteStreamCommand({ StreamName: 'one' }));
  await switchTo(client, 'ON_DEMAND');
});

test('UpdateShardCount: ten times in any 24 hours for a stream', async () => {
  const { client, clock } = await setUp(2);
  for (let index = 0; index < 10; index += 1) {
    await scale(client, index % 2 === 0 ? 3 : 2);
    clock.advance(1000);
  }
  await expect(scale(client, 3)).rejects.toEqual(
    refusal('LimitExceededException', /10 times within 24 hours/),
  );
  clock.advance(86_400_000 - 10_000 - 1);
  await expect(scale(client, 3)).rejects.toEqual(refusal('LimitExceededException'));
  clock.advance(1);
  await scale(client, 3);
});

test('UpdateShardCount: to double or half, unless that is switched off', async () => {
  const { client } = await setUp(4);
  await expect(scale(client, 9)).rejects.toEqual(
    refusal('InvalidArgumentException', /up over double .* count: 4 Target shard count: 9/),
  );
  await expect(scale(client, 1)).rejects.toEqual(
    refusal('InvalidArgumentException', /down below half/),
  );
  await scale(client, 8);
  await scale(client, 4);

  const free = (await setUp(4, { updateShardCountFactor: false })).client;
  await scale(free, 40);
  await scale(free, 1);
});

test('the shards of provisioned streams stay within the quota of the account', async () => {
  const { client } = await setUp(3, { shardsPerAccount: 4 });
  const create = (name: string, ShardCount: number) =>
    client.send(new CreateStreamCommand({ StreamName: name, ShardCount }));
  const refused = refusal(
    'LimitExceededException',
    /Current shard count for the account: 3\. Limit: 4\. Number .* this request: 2\.$/,
  );
  await expect(create('two', 2)).rejects.toEqual(refused);
  await expect(scale(client, 5)).rejects.toEqual(refused);
  await client.send(
    new CreateStreamCommand({
      StreamName: 'free',
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    }),
  );
  await create('one', 1);
  const split = new SplitShardCommand({
    StreamName,
    ShardToSplit: shardId(0),
    NewStartingHashKey: '5',
  });
  await expect(client.send(split)).rejects.toEqual(
    refusal('LimitExceededException', /would exceed the shard limit/),
  );
  await scale(client, 2);
  await client.send(new DeleteStreamCommand({ StreamName }));
  await create('three', 3);
});

test('what a journal holds comes back whatever the limits are now', () => {
  const entries = ['a', 'b'].map((name) => ({
    type: 'request' as const,
    operation: 'CreateStream',
    input: { StreamName: name, ShardCount: 2 },
    atMs: 0,
  }));
  const journal = {
    entries,
    append: () => undefined,
    flush: () => undefined,
    close: () => undefined,
  };
  const limits = { createStreamCallsPerSecond: 1, shardsPerAccount: 1 };
  const account = createKinesis({ limits }, journal);
  expect([...account.streams.keys()]).toEqual(['a', 'b']);
  expect(() => execute(account, 'CreateStream', { StreamName: 'c', ShardCount: 1 }, 0)).toThrow(
    /shard limit/,
  );
});
