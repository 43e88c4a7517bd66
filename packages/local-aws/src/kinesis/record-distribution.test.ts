import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  type RecordDistributionStrategy,
  UpdateStreamModeCommand,
  UpdateStreamRecordDistributionStrategyCommand,
} from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import { connect, refusal, start } from './testing.ts';

const StreamName = 'clicks';
const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
const onDemand = { StreamName, StreamModeDetails: { StreamMode: 'ON_DEMAND' } } as const;
const Data = Buffer.from('{}');

async function strategy(client: KinesisClient): Promise<RecordDistributionStrategy | undefined> {
  const answer = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
  return answer.StreamDescriptionSummary?.RecordDistributionStrategy;
}

async function setStrategy(
  client: KinesisClient,
  RecordDistributionStrategy: RecordDistributionStrategy,
): Promise<void> {
  await client.send(
    new UpdateStreamRecordDistributionStrategyCommand({ StreamARN, RecordDistributionStrategy }),
  );
}

async function shardsOfOneKey(client: KinesisClient): Promise<Set<string | undefined>> {
  const Records = Array.from({ length: 8 }, () => ({
    PartitionKey: 'ada',
    ExplicitHashKey: '0',
    Data,
  }));
  const answer = await client.send(new PutRecordsCommand({ StreamName, Records }));
  expect(answer.FailedRecordCount).toBe(0);
  return new Set(answer.Records?.map((entry) => entry.ShardId));
}

async function keysInStream(client: KinesisClient): Promise<unknown[]> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
  const pages = Shards.map(async ({ ShardId }) => {
    const from = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator } = await client.send(new GetShardIteratorCommand(from));
    const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
    return Records.map((record) => record.PartitionKey);
  });
  return (await Promise.all(pages)).flat();
}

test('an on-demand stream places records by their keys until it is told to do so by itself', async () => {
  const client = connect(await start());
  await client.send(new CreateStreamCommand(onDemand));
  expect(await strategy(client)).toBe('USER_PARTITION_KEY');
  expect((await shardsOfOneKey(client)).size).toBe(1);

  await setStrategy(client, 'AUTO');
  expect(await strategy(client)).toBe('AUTO');
  expect((await shardsOfOneKey(client)).size).toBe(4);

  await setStrategy(client, 'USER_PARTITION_KEY');
  expect((await shardsOfOneKey(client)).size).toBe(1);
});

test('under AUTO a partition key may be missing, and is handed back if it was there', async () => {
  const client = connect(await start());
  await client.send(new CreateStreamCommand({ ...onDemand, RecordDistributionStrategy: 'AUTO' }));
  await client.send(new PutRecordCommand({ StreamName, Data }));
  await client.send(new PutRecordCommand({ StreamName, Data, PartitionKey: 'ada' }));
  expect(new Set(await keysInStream(client))).toEqual(new Set([undefined, 'ada']));
  await expect(
    client.send(
      new PutRecordCommand({ StreamName, Data, PartitionKey: 'a', SequenceNumberForOrdering: '0' }),
    ),
  ).rejects.toEqual(refusal('InvalidArgumentException', /SequenceNumberForOrdering/));

  await setStrategy(client, 'USER_PARTITION_KEY');
  await expect(client.send(new PutRecordCommand({ StreamName, Data }))).rejects.toEqual(
    refusal('ValidationException', /partitionKey/),
  );
});

test('a provisioned stream has no strategy and does not take AUTO', async () => {
  const client = connect(await start());
  const provisioned = { StreamName, ShardCount: 4 };
  const auto = { RecordDistributionStrategy: 'AUTO' } as const;
  const refused = refusal('InvalidArgumentException', /ON_DEMAND/);
  await expect(client.send(new CreateStreamCommand({ ...provisioned, ...auto }))).rejects.toEqual(
    refused,
  );
  await client.send(new CreateStreamCommand(provisioned));
  expect(await strategy(client)).toBeUndefined();
  await expect(setStrategy(client, 'AUTO')).rejects.toEqual(refused);
});

test('a stream that becomes provisioned places records by their keys again', async () => {
  const client = connect(await start());
  await client.send(new CreateStreamCommand({ ...onDemand, RecordDistributionStrategy: 'AUTO' }));
  expect((await shardsOfOneKey(client)).size).toBe(4);
  const StreamModeDetails = { StreamMode: 'PROVISIONED' } as const;
  await client.send(new UpdateStreamModeCommand({ StreamARN, StreamModeDetails }));
  expect((await shardsOfOneKey(client)).size).toBe(1);
});
