import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  PutRecordCommand,
  PutRecordsCommand,
  type PutRecordsRequestEntry,
  UpdateMaxRecordSizeCommand,
} from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import type { KinesisServerOptions } from './server.ts';
import { anyString, connect, manualClock, refusal, start } from './testing.ts';

const StreamName = 'clicks';
const MIB = 1024 * 1024;

async function setUp(options: KinesisServerOptions = {}, ShardCount = 1) {
  const clock = manualClock();
  const server = await start({ now: clock.now, ...options });
  const client = connect(server);
  await client.send(new CreateStreamCommand({ StreamName, ShardCount }));
  return { clock, server, client };
}

function records(count: number, bytes: number, PartitionKey = 'user'): PutRecordsRequestEntry[] {
  return Array.from({ length: count }, () => ({ PartitionKey, Data: Buffer.alloc(bytes) }));
}

const put = (client: KinesisClient, Records: PutRecordsRequestEntry[]) =>
  client.send(new PutRecordsCommand({ StreamName, Records }));

test('500 records pass, 501 do not', async () => {
  const { client, server } = await setUp();
  expect(await put(client, records(500, 10))).toMatchObject({ FailedRecordCount: 0 });
  await expect(put(client, records(501, 10))).rejects.toEqual(
    refusal('ValidationException', /'records' .* less than or equal to 500/),
  );
  await expect(put(client, [])).rejects.toEqual(
    refusal('ValidationException', /'records' .* greater than or equal to 1/),
  );
  expect(server.stats().recordsAccepted).toBe(500);
});

test('10 MiB in one request pass, with keys, and a byte more does not', async () => {
  const { client, server } = await setUp({ limits: { shardWriteBytesPerSecond: false } });
  const perRecord = MIB - 'user'.length;
  expect(await put(client, records(10, perRecord))).toMatchObject({ FailedRecordCount: 0 });
  const over = [...records(10, perRecord), { PartitionKey: 'u', Data: Buffer.alloc(0) }];
  await expect(put(client, over)).rejects.toEqual(
    refusal('InvalidArgumentException', /Records size exceeds 10 MB limit/),
  );
  expect(server.stats().recordsAccepted).toBe(10);
});

test('a record of 1 MiB passes, with its key, and a byte more does not until the stream allows it', async () => {
  const { client } = await setUp({ limits: { shardWriteBytesPerSecond: false } });
  const send = (bytes: number) =>
    client.send(
      new PutRecordCommand({ StreamName, PartitionKey: 'é', Data: Buffer.alloc(bytes - 2) }),
    );
  await send(MIB);
  await expect(send(MIB + 1)).rejects.toEqual(refusal('InvalidArgumentException', /1048577 bytes/));
  const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
  await client.send(new UpdateMaxRecordSizeCommand({ StreamARN, MaxRecordSizeInKiB: 2048 }));
  await send(2 * MIB);
  await expect(send(2 * MIB + 1)).rejects.toEqual(
    refusal('InvalidArgumentException', /2097152 bytes/),
  );
});

test('a partition key has 1 to 256 characters, however many bytes they take', async () => {
  const { client } = await setUp();
  const send = (PartitionKey: string) => put(client, records(1, 1, PartitionKey));
  await send('😀'.repeat(256));
  await expect(send('a'.repeat(257))).rejects.toEqual(
    refusal('ValidationException', /'records.1.member.partitionKey' .* equal to 256/),
  );
  await expect(send('')).rejects.toEqual(
    refusal('ValidationException', /'records.1.member.partitionKey' .* equal to 1/),
  );
});

test('an explicit hash key decides on the shard, and must be one', async () => {
  const { client } = await setUp({}, 2);
  const send = (ExplicitHashKey: string) =>
    put(client, [{ PartitionKey: 'user', Data: Buffer.from('x'), ExplicitHashKey }]);
  const shards = [];
  for (const key of ['0', String(2n ** 127n - 1n), String(2n ** 127n), String(2n ** 128n - 1n)]) {
    shards.push((await send(key)).Records?.[0]?.ShardId?.at(-1));
  }
  expect(shards).toEqual(['0', '0', '1', '1']);
  await expect(send(String(2n ** 128n))).rejects.toEqual(
    refusal('InvalidArgumentException', /Invalid ExplicitHashKey/),
  );
});

test('one bad record refuses the whole request', async () => {
  const { client, server } = await setUp();
  await expect(
    put(client, [...records(3, 10), { PartitionKey: '', Data: Buffer.from('x') }]),
  ).rejects.toEqual(refusal('ValidationException', /records.4.member/));
  expect(server.stats().recordsAccepted).toBe(0);
});

test('above 1,000 records a second records fail one by one, in the words of AWS', async () => {
  const { client, clock } = await setUp();
  await put(client, records(500, 10));
  await put(client, records(400, 10));
  const { FailedRecordCount, Records } = await put(client, records(200, 10));
  expect(FailedRecordCount).toBe(100);
  expect(Records?.[99]).toEqual({
    ShardId: 'shardId-000000000000',
    SequenceNumber: anyString,
  });
  expect(Records?.[100]).toEqual({
    ErrorCode: 'ProvisionedThroughputExceededException',
    ErrorMessage:
      'Rate exceeded for shard shardId-000000000000 in stream clicks under account 000000000000.',
  });
  const single = new PutRecordCommand({ StreamName, PartitionKey: 'u', Data: Buffer.from('x') });
  await expect(client.send(single)).rejects.toEqual(
    refusal('ProvisionedThroughputExceededException', /Rate exceeded for shard/),
  );
  clock.advance(1000);
  expect(await put(client, records(500, 10))).toMatchObject({ FailedRecordCount: 0 });
});

test('above 1 MiB a second only the records of the hot shard fail', async () => {
  const { client } = await setUp({}, 2);
  const hot = records(12, 100_000, 'a');
  const cold = records(2, 100_000, 'b');
  const { Records } = await put(client, [...hot, ...cold]);
  const failed = Records?.map(({ ErrorCode }) => ErrorCode !== undefined);
  // Of 1,048,576 bytes ten records of 100,001 fit.
  expect(failed).toEqual([...Array.from({ length: 10 }, () => false), true, true, false, false]);
});

async function readers(client: KinesisClient) {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  return () => client.send(new GetRecordsCommand({ ShardIterator }));
}

const isThrottled = refusal('ProvisionedThroughputExceededException', /Rate exceeded for shard/);

test('a shard answers five reads a second', async () => {
  const { client, clock } = await setUp();
  const read = await readers(client);
  for (let index = 0; index < 5; index += 1) await read();
  await expect(read()).rejects.toEqual(isThrottled);
  clock.advance(200);
  await read();
  await expect(read()).rejects.toEqual(isThrottled);
});

test('a read ends below 10 MiB, and blocks the shard until 2 MiB a second have caught up', async () => {
  const { client, clock } = await setUp({ limits: { shardWriteBytesPerSecond: false } });
  for (let index = 0; index < 3; index += 1) await put(client, records(10, 1_000_000));
  const read = await readers(client);
  const page = await read();
  expect(page.Records).toHaveLength(10);
  expect(page.MillisBehindLatest).toBe(0);
  clock.advance(4000 - 240);
  await expect(read()).rejects.toEqual(isThrottled);
  clock.advance(240);
  expect((await read()).MillisBehindLatest).toBe(4000);
});

test('a read returns at most 10,000 records', async () => {
  const { client } = await setUp({ limits: false });
  for (let index = 0; index < 21; index += 1) await put(client, records(500, 1));
  const read = await readers(client);
  expect((await read()).Records).toHaveLength(10_000);
});

test('without limits everything passes', async () => {
  const { client, server } = await setUp({ limits: false });
  expect(await put(client, records(3000, 10))).toMatchObject({ FailedRecordCount: 0 });
  expect(await put(client, records(12, MIB))).toMatchObject({ FailedRecordCount: 0 });
  const read = await readers(client);
  for (let index = 0; index < 10; index += 1) await read();
  expect(server.stats().recordsAccepted).toBe(3012);
});
