import { AggregateWriter, deaggregate } from '@clickstream/aggregation';
import { expect, test } from 'vitest';
import { writeBody, writeRecord } from '../arms/bare-https.ts';
import type { Faults } from '../protocol.ts';
import { createWorkload, type WorkEvent } from '../workload.ts';
import { createStream } from './stream.ts';

const work = createWorkload({ seed: 'test', events: 400, users: 3 });

function streamWith(faults: Faults = {}, shards = 4) {
  return createStream({ shards, seed: 'test', faults, events: work.length });
}

function bodyOf(events: readonly WorkEvent[]): Buffer {
  return writeBody(events.map(({ userId, event }) => writeRecord(userId, event)));
}

interface PutRecordsAnswer {
  FailedRecordCount: number;
  Records: { ErrorCode?: string; ShardId?: string; SequenceNumber?: string }[];
}

function put(stream: ReturnType<typeof streamWith>, events: readonly WorkEvent[], nowMs = 1) {
  const answer = stream.handle('PutRecords', bodyOf(events), nowMs);
  if (answer.kind !== 'answer') throw new Error(`no answer: ${answer.kind}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the shape is what is tested
  return { status: answer.status, body: JSON.parse(answer.body) as PutRecordsAnswer };
}

test('what was sent once and in order is neither lost nor twice nor out of order', () => {
  const stream = streamWith();
  put(stream, work.slice(0, 250));
  put(stream, work.slice(250));
  expect(stream.ledger(work.length)).toMatchObject({
    confirmed: 400,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    strange: 0,
    putUnits: 400,
    onDemandBytes: 400 * 1024,
  });
  expect(stream.requests()).toBe(2);
});

test('an arm that drops, repeats and swaps is caught', () => {
  const stream = streamWith();
  put(stream, work.slice(200));
  put(stream, work.slice(0, 190));
  put(stream, work.slice(0, 5));
  const ledger = stream.ledger(work.length);
  expect(ledger).toMatchObject({ confirmed: 390, lost: 10, duplicated: 5, strange: 0 });
  expect(ledger.reordered).toBe(190);
});

test('an event under another key, under another id or of nobody is strange', () => {
  const stream = streamWith();
  const [first, second] = work;
  if (first?.method === undefined || second === undefined) throw new Error('no work');
  put(stream, [first]);
  const impostor = { ...first.event, event_id: 'another' };
  const records = [
    writeRecord(first.userId, impostor),
    writeRecord('user-of-nobody', second.event),
    writeRecord('user-of-nobody', { hello: 'world' }),
  ];
  stream.handle('PutRecords', writeBody(records), 1);
  expect(stream.ledger(2)).toMatchObject({ confirmed: 1, lost: 1, strange: 3 });
});

test('aggregated records are taken apart', () => {
  const writer = new AggregateWriter();
  for (const { userId, event } of work) writer.add(userId, Buffer.from(JSON.stringify(event)));
  const data = writer.finish();
  expect(deaggregate(data)).toHaveLength(400);
  const record = {
    Data: Buffer.from(data).toString('base64'),
    PartitionKey: 'a',
    ExplicitHashKey: '1',
  };
  const stream = streamWith();
  stream.handle('PutRecords', Buffer.from(JSON.stringify({ Records: [record] })), 1);
  expect(stream.ledger(400)).toMatchObject({ confirmed: 400, lost: 0, reordered: 0, strange: 0 });
});

test('a key has one shard, and its sequence numbers grow', () => {
  const { body } = put(streamWith(), work);
  const byUser = new Map<string, Set<string | undefined>>();
  for (const [index, { userId }] of work.entries()) {
    byUser.set(userId, (byUser.get(userId) ?? new Set()).add(body.Records[index]?.ShardId));
  }
  expect([...byUser.values()].map((shards) => shards.size)).toEqual([1, 1, 1]);
  const numbers = body.Records.map(({ SequenceNumber = '' }) => SequenceNumber);
  expect(numbers).toEqual(numbers.toSorted());
});

test('the share of records that fail is not in the stream', () => {
  const stream = streamWith({ failedRecords: 0.25 });
  const { body } = put(stream, work);
  expect(body.FailedRecordCount).toBe(
    body.Records.filter(({ ErrorCode }) => ErrorCode === 'InternalFailure').length,
  );
  expect(body.FailedRecordCount).toBeGreaterThan(60);
  expect(body.FailedRecordCount).toBeLessThan(140);
  expect(stream.ledger(400).lost).toBe(body.FailedRecordCount);
});

test('a request that fails takes nothing, one that is not answered takes everything', () => {
  const failing = streamWith({ serverErrors: 1 });
  expect(put(failing, work).status).toBe(500);
  expect(failing.ledger(400).lost).toBe(400);
  const silent = streamWith({ silentCommits: 1 });
  expect(silent.handle('PutRecords', bodyOf(work), 1)).toEqual({ kind: 'silence' });
  expect(silent.ledger(400).lost).toBe(0);
});

test('a hot shard takes its rate, and the others everything', () => {
  const stream = streamWith({ hotShardShare: 0.01 }, 1);
  expect(put(stream, work, 10_000).body.FailedRecordCount).toBe(390);
  expect(put(stream, work, 10_500).body.FailedRecordCount).toBe(395);
  const { body } = put(streamWith({ hotShardShare: 0.01 }), work);
  const refused = body.Records.filter(({ ErrorCode }) => ErrorCode !== undefined);
  expect(refused.length).toBeLessThan(390);
  expect(new Set(body.Records.map(({ ShardId }) => ShardId)).size).toBeGreaterThan(1);
});

test('an outage begins at a quarter of the work and ends', () => {
  const stream = streamWith({ outageMs: 1_000 });
  put(stream, work.slice(0, 100), 1_000);
  expect(stream.handle('PutRecords', bodyOf(work), 1_001)).toEqual({ kind: 'cut' });
  expect(stream.handle('ListShards', Buffer.from('{}'), 2_000)).toEqual({ kind: 'cut' });
  expect(put(stream, work.slice(100), 2_001).status).toBe(200);
});

test('a reshard splits every shard at half of the work', () => {
  const stream = streamWith({ reshard: true }, 2);
  const shards = () => JSON.stringify(stream.handle('ListShards', Buffer.from('{}'), 1));
  put(stream, work.slice(0, 200));
  expect(shards().match(/ShardId/g)).toHaveLength(2);
  put(stream, work.slice(200));
  expect(shards().match(/ShardId/g)).toHaveLength(4);
  expect(shards()).toContain('340282366920938463463374607431768211455');
});
