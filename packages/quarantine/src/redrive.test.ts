import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
} from '@aws-sdk/client-kinesis';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { AggregateWriter } from '@clickstream/aggregation';
import { createKinesisServer, type KinesisServer } from '@clickstream/local-aws';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startLocalServices } from '../test/local-services.ts';
import { deadLetter } from './dead-letter.ts';
import { expiredRange } from './expired-range.ts';
import { createQuarantine, type Quarantine } from './quarantine.ts';
import { redrive } from './redrive.ts';
import { userRecordsOf } from './user-records.ts';

type Faults = NonNullable<NonNullable<Parameters<typeof createKinesisServer>[0]>['faults']>;

let faults: Faults;
let server: KinesisServer;
let client: KinesisClient;
let services: Awaited<ReturnType<typeof startLocalServices>>;
let quarantine: Quarantine;
let streamArn: string;

beforeEach(async () => {
  faults = () => undefined;
  // The limits of a request hold; those of a shard would only slow the tests down.
  const limits = {
    bytesPerRecord: false,
    shardWriteRecordsPerSecond: false,
    shardWriteBytesPerSecond: false,
    shardReadsPerSecond: false,
    shardReadBytesPerSecond: false,
  } as const;
  server = await createKinesisServer({ limits, faults: (request) => faults(request) });
  client = new KinesisClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  services = await startLocalServices();
  quarantine = createQuarantine({ bucket: services.bucket, client: services.s3 });
  const stream = { StreamName: 'events' };
  await client.send(new CreateStreamCommand({ ...stream, ShardCount: 1 }));
  const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand(stream));
  streamArn = StreamDescriptionSummary?.StreamARN ?? '';
});
afterEach(async () => {
  client.destroy();
  await server.close();
  await services.close();
});

async function put(sequence: number, partitionKey: string, sizeBytes = 1): Promise<void> {
  await quarantine.put(
    deadLetter({
      reason: 'rejected',
      message: 'no',
      record: {
        streamArn,
        shardId: 'shardId-000000000000',
        sequenceNumber: String(1_000 + sequence),
        partitionKey,
        arrivedAtMs: 0,
        data: Buffer.alloc(sizeBytes, sequence),
      },
    }),
  );
}

/** The partition keys and first bytes of everything on the stream. */
async function onStream(): Promise<{ key: string; byte: number }[]> {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName: 'events',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ PartitionKey = '', Data }) => ({
    key: PartitionKey,
    byte: Data?.[0] ?? -1,
  }));
}

async function left(): Promise<number> {
  let count = 0;
  for await (const entry of quarantine.list()) count += entry.key.length > 0 ? 1 : 0;
  return count;
}

it('puts every record back once, in the order of each key, whatever fails', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('ann', 'ben', 'cec'), { minLength: 1, maxLength: 12 }),
      fc.array(fc.array(fc.nat(11)), { maxLength: 4 }),
      async (keys, failures) => {
        const before = (await onStream()).length;
        const plan = [...failures];
        faults = ({ operation }) => {
          const fail = operation === 'PutRecords' ? plan.shift() : undefined;
          return fail === undefined ? undefined : { kind: 'records', fail };
        };
        for (const [index, key] of keys.entries()) await put(index, key);

        const redriven: string[] = [];
        const entries = quarantine.list();
        const onRedriven = (key: string) => redriven.push(key);
        await redrive({ quarantine, client, entries, onRedriven, pauseMs: 0 });

        const back = (await onStream()).slice(before);
        for (const user of ['ann', 'ben', 'cec']) {
          const expected = [...keys.keys()].filter((index) => keys[index] === user);
          expect(back.filter(({ key }) => key === user).map(({ byte }) => byte)).toEqual(expected);
        }
        expect(redriven).toHaveLength(keys.length);
        expect(await left()).toBe(0);
      },
    ),
    { numRuns: 12 },
  );
});

it('puts user records back as records of their own, each on its key, in their order', async () => {
  const writer = new AggregateWriter();
  const longKey = '😀'.repeat(300);
  const keys = ['ann', ...Array.from({ length: 11 }, () => 'ben'), '', longKey];
  for (const [index, key] of keys.entries()) writer.add(key, Uint8Array.of(index));
  const outer = {
    streamArn,
    shardId: 'shardId-000000000000',
    sequenceNumber: '1000',
    partitionKey: 'outer',
    arrivedAtMs: 0,
    data: writer.finish(),
  };
  for (const record of userRecordsOf(outer)) {
    await quarantine.put(deadLetter({ reason: 'rejected', message: 'no', record }));
  }
  expect(await left()).toBe(keys.length);
  await redrive({ quarantine, client, entries: quarantine.list(), pauseMs: 0 });
  expect(await left()).toBe(0);
  const back = await onStream();
  expect(back.filter(({ key }) => key === 'ben').map(({ byte }) => byte)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
  ]);
  // Kinesis takes neither an empty key nor one of more than 256 characters.
  expect(back.find(({ byte }) => byte === 12)?.key).not.toBe('');
  expect(back.find(({ byte }) => byte === 13)?.key).toBe('😀'.repeat(256));
  expect(back.find(({ byte }) => byte === 0)?.key).toBe('ann');
});

it('redrives more than one batch, keeps copies, and passes over what has no payload', async () => {
  await Promise.all(Array.from({ length: 205 }, (_, index) => put(index, `user ${index}`)));
  const batch = { streamArn, shardId: 's', startSequenceNumber: '1', endSequenceNumber: '2' };
  await quarantine.put(expiredRange({ ...batch, batchSize: 1, condition: 'x' }, [], 0));
  await redrive({ quarantine, client, entries: quarantine.list() });
  expect(await onStream()).toHaveLength(205);
  expect(await left()).toBe(1);
  const archived = await services.s3.send(
    new ListObjectsV2Command({ Bucket: services.bucket, Prefix: 'redriven/records/rejected/' }),
  );
  expect(archived.KeyCount).toBe(205);
});

it('keeps to the size that a request may have', async () => {
  for (const sequence of [1, 2, 3]) await put(sequence, `user ${sequence}`, 4_000_000);
  await redrive({ quarantine, client, entries: quarantine.list() });
  expect(server.stats().recordsAccepted).toBe(3);
});

it('goes on as long as some records are taken now and then', async () => {
  await Promise.all(Array.from({ length: 10 }, (_, index) => put(index, `user ${index}`)));
  const all = Array.from({ length: 10 }, (_, index) => index);
  let request = 0;
  faults = ({ operation }) =>
    operation === 'PutRecords' ? { kind: 'records', fail: all.slice(request++ % 2) } : undefined;
  await redrive({ quarantine, client, entries: quarantine.list(), pauseMs: 0 });
  expect(server.stats().recordsAccepted).toBe(10);
});

it('leaves in quarantine what the stream does not take', async () => {
  await put(1, 'ann');
  faults = ({ operation }) =>
    operation === 'PutRecords' ? { kind: 'records', fail: [0] } : undefined;
  const all = redrive({ quarantine, client, entries: quarantine.list(), pauseMs: 0 });
  await expect(all).rejects.toMatchObject({ code: 'send_failed' });
  expect(await left()).toBe(1);
  expect(await onStream()).toEqual([]);
});
