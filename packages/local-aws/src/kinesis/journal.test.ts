import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Account } from './account.ts';
import type { Input } from './input.ts';
import { openJournal } from './journal.ts';
import { createKinesis, execute } from './kinesis.ts';
import { KinesisError } from './kinesis-error.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const newDir = () => mkdtempSync(join(root, 'dir-'));
const startMs = 1_700_000_000_000;

type Call = { readonly operation: string; readonly input: Input };

const streamName = fc.constantFrom('a', 'b');
const shardId = fc.nat(4).map((index) => `shardId-${String(index).padStart(12, '0')}`);
const hash = fc.bigInt({ min: 1n, max: 2n ** 128n - 1n }).map(String);
const record = fc.record({
  PartitionKey: fc.constantFrom('u', 'é', '😀'),
  Data: fc.uint8Array({ maxLength: 20 }).map((data) => Buffer.from(data).toString('base64')),
});
const call: fc.Arbitrary<Call> = fc.oneof(
  request('CreateStream', { StreamName: streamName, ShardCount: fc.constantFrom(1, 2) }, 2),
  request('PutRecords', { StreamName: streamName, Records: fc.array(record, { minLength: 1 }) }, 6),
  request(
    'PutRecord',
    { StreamName: streamName, PartitionKey: fc.string(), Data: record.map((r) => r.Data) },
    2,
  ),
  request(
    'SplitShard',
    { StreamName: streamName, ShardToSplit: shardId, NewStartingHashKey: hash },
    1,
  ),
  request(
    'MergeShards',
    { StreamName: streamName, ShardToMerge: shardId, AdjacentShardToMerge: shardId },
    1,
  ),
  request(
    'UpdateShardCount',
    {
      StreamName: streamName,
      TargetShardCount: fc.integer({ min: 1, max: 4 }),
      ScalingType: fc.constant('UNIFORM_SCALING'),
    },
    1,
  ),
  request(
    'IncreaseStreamRetentionPeriod',
    { StreamName: streamName, RetentionPeriodHours: fc.constantFrom(25, 48) },
    1,
  ),
  request('DeleteStream', { StreamName: streamName }, 1),
);

function request(operation: string, fields: Record<string, fc.Arbitrary<unknown>>, weight: number) {
  return {
    weight,
    arbitrary: fc.record({ operation: fc.constant(operation), input: fc.record(fields) }),
  };
}

/** Carries out what can be, as a server does. */
function perform(account: Account, calls: readonly Call[]): void {
  calls.forEach(({ operation, input }, index) => {
    try {
      execute(account, operation, input, startMs + index * 400);
    } catch (error) {
      if (!(error instanceof KinesisError)) throw error;
    }
    account.journal?.flush();
  });
}

/** Everything of the streams but how much of their limits is used up. */
function contents(account: Account): unknown {
  return [...account.streams.values()].map((stream) => ({
    ...stream,
    limits: undefined,
    open: stream.open.map(({ id }) => id),
    shards: [...stream.shards.values()].map((shard) => ({
      ...shard,
      writeRecords: undefined,
      writeBytes: undefined,
      reads: undefined,
      readBytes: undefined,
    })),
  }));
}

test('what is opened again holds the same streams, shards and records', () => {
  fc.assert(
    fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
      const dir = newDir();
      const journal = openJournal(dir);
      const account = createKinesis({}, journal);
      perform(account, calls);
      journal.close();
      const again = openJournal(dir);
      expect(contents(createKinesis({}, again))).toEqual(contents(account));
      again.close();
    }),
  );
});

test('half an entry at the end is cut off, whichever byte the process was killed at', () => {
  const dir = newDir();
  const path = join(dir, 'journal.jsonl');
  const journal = openJournal(dir);
  perform(createKinesis({}, journal), [
    { operation: 'CreateStream', input: { StreamName: 'a', ShardCount: 1 } },
    { operation: 'PutRecord', input: { StreamName: 'a', PartitionKey: 'é', Data: 'AAAA' } },
  ]);
  journal.close();
  const whole = readFileSync(path);
  const first = whole.indexOf('\n') + 1;
  for (let length = first; length <= whole.length; length += 1) {
    writeFileSync(path, whole);
    truncateSync(path, length);
    const half = openJournal(dir);
    const account = createKinesis({}, half);
    const expected = length === whole.length ? 1 : 0;
    expect(account.streams.get('a')?.open[0]?.records).toHaveLength(expected);
    // What comes next goes behind the last whole entry.
    perform(account, [
      { operation: 'PutRecord', input: { StreamName: 'a', PartitionKey: 'b', Data: '' } },
    ]);
    half.close();
    const again = openJournal(dir);
    const records = createKinesis({}, again).streams.get('a')?.open[0]?.records;
    expect(records).toHaveLength(expected + 1);
    again.close();
  }
});

test('a file that is no journal is a clear error', () => {
  const dir = newDir();
  writeFileSync(join(dir, 'journal.jsonl'), '{"type":"shopping list"}\n');
  const journal = openJournal(dir);
  expect(() => createKinesis({}, journal)).toThrow(/line 1 is no entry of a Kinesis journal/);
  journal.close();
});
