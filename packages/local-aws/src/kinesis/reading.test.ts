import {
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  IncreaseStreamRetentionPeriodCommand,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import { connect, manualClock, refusal, start } from './testing.ts';

const StreamName = 'clicks';
const ShardId = 'shardId-000000000000';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A stream of one shard with one record each of the minutes 0 to 4. */
async function setUp() {
  const clock = manualClock();
  const startMs = clock.now();
  const server = await start({ now: clock.now, limits: false });
  const client = connect(server);
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  const numbers: string[] = [];
  for (const Data of ['0', '1', '2', '3', '4']) {
    const put = new PutRecordCommand({ StreamName, PartitionKey: 'u', Data: Buffer.from(Data) });
    numbers.push((await client.send(put)).SequenceNumber ?? '');
    clock.advance(MINUTE_MS);
  }
  const iterate = async (input: Partial<GetShardIteratorCommandInput>) => {
    const request = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON', ...input } as const;
    return (await client.send(new GetShardIteratorCommand(request))).ShardIterator ?? '';
  };
  const readPage = async (ShardIterator: string, Limit?: number) => {
    const page = await client.send(
      new GetRecordsCommand({ ShardIterator, ...(Limit !== undefined && { Limit }) }),
    );
    const text = page.Records?.map(({ Data }) => Buffer.from(Data ?? []).toString()).join('');
    return { ...page, text, next: page.NextShardIterator ?? '' };
  };
  const readFrom = async (input: Partial<GetShardIteratorCommandInput>) =>
    (await readPage(await iterate(input))).text;
  return { clock, startMs, client, numbers, iterate, readPage, readFrom };
}

test('the five kinds of iterator start where they say', async () => {
  const { numbers, readFrom, startMs, iterate, readPage, client } = await setUp();
  expect(await readFrom({ ShardIteratorType: 'TRIM_HORIZON' })).toBe('01234');
  const at = { StartingSequenceNumber: numbers[2] };
  expect(await readFrom({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', ...at })).toBe('234');
  expect(await readFrom({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', ...at })).toBe('34');
  const time = (ms: number) => ({ Timestamp: new Date(startMs + ms) });
  const byTime = { ShardIteratorType: 'AT_TIMESTAMP' } as const;
  expect(await readFrom({ ...byTime, ...time(-HOUR_MS) })).toBe('01234');
  expect(await readFrom({ ...byTime, ...time(2 * MINUTE_MS) })).toBe('234');
  expect(await readFrom({ ...byTime, ...time(2 * MINUTE_MS + 1) })).toBe('34');
  expect(await readFrom({ ...byTime, ...time(5 * MINUTE_MS) })).toBe('');
  const latest = await iterate({ ShardIteratorType: 'LATEST' });
  expect((await readPage(latest)).text).toBe('');
  await client.send(
    new PutRecordCommand({ StreamName, PartitionKey: 'u', Data: Buffer.from('5') }),
  );
  expect((await readPage(latest)).text).toBe('5');
});

test('pages follow one another, and tell how far behind they are', async () => {
  const { iterate, readPage } = await setUp();
  const first = await readPage(await iterate({}), 2);
  expect(first).toMatchObject({ text: '01', MillisBehindLatest: 4 * MINUTE_MS });
  const second = await readPage(first.next, 2);
  expect(second).toMatchObject({ text: '23', MillisBehindLatest: 2 * MINUTE_MS });
  const third = await readPage(second.next);
  expect(third).toMatchObject({ text: '4', MillisBehindLatest: 0 });
  expect(third.ChildShards).toBeUndefined();
  expect(await readPage(third.next)).toMatchObject({ text: '', MillisBehindLatest: 0 });
  // An iterator can be used again: it stands for a place, not for a reader.
  expect(await readPage(first.next, 1)).toMatchObject({ text: '2' });
});

test('an iterator lives for five minutes', async () => {
  const { clock, iterate, readPage } = await setUp();
  const iterator = await iterate({});
  clock.advance(5 * MINUTE_MS);
  expect((await readPage(iterator)).text).toBe('01234');
  clock.advance(1);
  await expect(readPage(iterator)).rejects.toEqual(
    refusal('ExpiredIteratorException', /300000 milliseconds/),
  );
});

test('what is no place in the shard is refused', async () => {
  const { client, clock, iterate, readPage, startMs, numbers } = await setUp();
  const at = (StartingSequenceNumber: string) =>
    iterate({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber });
  const invalid = refusal('InvalidArgumentException');
  await expect(at('123')).rejects.toEqual(invalid);
  await expect(at(String(BigInt(numbers[4] ?? 0) + 2n ** 80n))).rejects.toEqual(invalid);
  await expect(iterate({ ShardIteratorType: 'AT_SEQUENCE_NUMBER' })).rejects.toEqual(invalid);
  await expect(iterate({ ShardIteratorType: 'AT_TIMESTAMP' })).rejects.toEqual(invalid);
  const future = { Timestamp: new Date(startMs + HOUR_MS) };
  await expect(iterate({ ShardIteratorType: 'AT_TIMESTAMP', ...future })).rejects.toEqual(invalid);
  await expect(iterate({ ShardId: 'shardId-000000000001' })).rejects.toEqual(
    refusal('ResourceNotFoundException'),
  );
  await expect(readPage('AAAA')).rejects.toEqual(invalid);
  await expect(readPage(await iterate({}), 10_001)).rejects.toEqual(refusal('ValidationException'));

  const old = await iterate({});
  await client.send(new DeleteStreamCommand({ StreamName }));
  await expect(readPage(old)).rejects.toEqual(refusal('ResourceNotFoundException'));
  clock.advance(1);
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  await expect(readPage(old)).rejects.toEqual(refusal('ResourceNotFoundException'));
});

test('records live as long as the retention says, and iterators move on with it', async () => {
  const { client, clock, iterate, readFrom, readPage, numbers } = await setUp();
  clock.advance(24 * HOUR_MS - 4 * MINUTE_MS);
  // The third record is 24 hours and 1 minute minus 2 minutes old.
  expect(await readFrom({})).toBe('1234');
  const at = {
    ShardIteratorType: 'AT_SEQUENCE_NUMBER',
    StartingSequenceNumber: numbers[0],
  } as const;
  expect(await readFrom(at)).toBe('1234');
  await client.send(
    new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 48 }),
  );
  clock.advance(24 * HOUR_MS);
  expect(await readFrom({})).toBe('1234');
  const iterator = await iterate({});
  await client.send(
    new DecreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 24 }),
  );
  expect(await readPage(iterator)).toMatchObject({ text: '', MillisBehindLatest: 0 });

  for (const request of [
    new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 23 }),
    new DecreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 25 }),
  ]) {
    await expect(client.send(request)).rejects.toMatchObject({ name: 'InvalidArgumentException' });
  }
});
