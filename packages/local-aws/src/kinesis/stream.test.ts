import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHashKey, HASH_KEYS, toHashKey } from './hash-key.ts';
import { resolveLimits } from './limits.ts';
import { mergeShards, splitShard, updateShardCount } from './reshard.ts';
import type { Shard, StoredRecord } from './shard.ts';
import {
  childrenOf,
  createStream,
  expireStream,
  findShard,
  openShard,
  putRecord,
  readShard,
  type Stream,
  shardOf,
} from './stream.ts';

const START_MS = 1_700_000_000_000;
const KEYS = Array.from({ length: 8 }, (_, index) => `user-${index}`);

function makeStream(shardCount: number, limits = resolveLimits(false)): Stream {
  const settings = { accountId: '000000000000', arn: '', limits, mode: 'PROVISIONED' } as const;
  return createStream(
    { ...settings, name: 'clicks', maxRecordSizeInKiB: undefined },
    shardCount,
    START_MS,
  );
}

function put(stream: Stream, partitionKey: string, data: string, nowMs: number) {
  const record = { partitionKey, data, bytes: data.length };
  return putRecord(stream, shardOf(stream, record), record, nowMs);
}

/** The shards of which no parent is still there. */
function roots(stream: Stream): Shard[] {
  return [...stream.shards.values()].filter((shard) =>
    shard.parents.every((parent) => !stream.shards.has(parent)),
  );
}

/** Reads a stream as a consumer does: a shard after all its parents, to its end, then its children. */
function readAll(stream: Stream, pageSize: number, nowMs: number): StoredRecord[] {
  const records: StoredRecord[] = [];
  const done = new Set<string>();
  const waiting = roots(stream);
  for (let shard = waiting.shift(); shard !== undefined; shard = waiting.shift()) {
    const unread = shard.parents.some((parent) => stream.shards.has(parent) && !done.has(parent));
    if (done.has(shard.id) || unread) continue;
    let position: number | undefined = 0;
    for (let more = true; position !== undefined && more; ) {
      const page = readShard(stream, shard, position, pageSize, nowMs);
      records.push(...page.records);
      more = page.records.length > 0;
      position = page.nextPosition;
      waiting.push(...page.children);
    }
    done.add(shard.id);
  }
  return records;
}

type Step =
  | { type: 'put'; key: string }
  | { type: 'wait'; ms: number }
  | { type: 'split'; shard: number; at: bigint }
  | { type: 'merge'; shard: number }
  | { type: 'scale'; target: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('put'), key: fc.constantFrom(...KEYS) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('wait'), ms: fc.nat(1500) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('split'),
      shard: fc.nat(20),
      at: fc.bigInt({ min: 1n, max: HASH_KEYS }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('merge'), shard: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('scale'), target: fc.integer({ min: 1, max: 9 }) }),
  },
);

function apply(stream: Stream, action: Step, nowMs: number): StoredRecord | undefined {
  if (action.type === 'put') return put(stream, action.key, 'AAAA', nowMs);
  if (action.type === 'scale') updateShardCount(stream, action.target, nowMs);
  if (action.type === 'split') {
    const shard = openShard(stream, action.shard % stream.open.length);
    const start = fromHashKey(shard.startHash);
    const size = fromHashKey(shard.endHash) - start;
    if (size > 0n) splitShard(stream, shard, toHashKey(start + 1n + (action.at % size)), nowMs);
  }
  if (action.type === 'merge' && stream.open.length > 1) {
    const index = action.shard % (stream.open.length - 1);
    mergeShards(stream, openShard(stream, index), openShard(stream, index + 1), nowMs);
  }
  return undefined;
}

test('under any resharding the open shards divide the hash space without gap or overlap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(step, { maxLength: 40 }),
      (count, steps) => {
        const stream = makeStream(count);
        let nowMs = START_MS;
        for (const action of steps) {
          if (action.type === 'wait') nowMs += action.ms;
          apply(stream, action, nowMs);
          let next = 0n;
          for (const shard of stream.open) {
            expect(fromHashKey(shard.startHash)).toBe(next);
            expect(shard.endHash >= shard.startHash).toBe(true);
            expect(shard.closedAtMs).toBeUndefined();
            next = fromHashKey(shard.endHash) + 1n;
          }
          expect(next).toBe(HASH_KEYS);
          const open = [...stream.shards.values()].filter(
            (shard) => shard.closedAtMs === undefined,
          );
          expect(new Set(open)).toEqual(new Set(stream.open));
          const wanted = action.type === 'scale' ? action.target : stream.open.length;
          expect(stream.open).toHaveLength(wanted);
        }
      },
    ),
  );
});

test('under any resharding each record is read once, and those of a key in the order of their numbers', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(step, { maxLength: 80 }),
      fc.integer({ min: 1, max: 7 }),
      (count, steps, pageSize) => {
        const stream = makeStream(count);
        let nowMs = START_MS;
        const accepted: StoredRecord[] = [];
        for (const action of steps) {
          if (action.type === 'wait') nowMs += action.ms;
          const record = apply(stream, action, nowMs);
          if (record) accepted.push(record);
        }
        const seen = readAll(stream, pageSize, nowMs);
        expect(seen).toHaveLength(accepted.length);
        expect(new Set(seen)).toEqual(new Set(accepted));
        expect(new Set(seen.map((record) => record.sequenceNumber)).size).toBe(seen.length);
        for (const key of KEYS) {
          const ofKey = (record: StoredRecord) => record.partitionKey === key;
          expect(seen.filter(ofKey)).toEqual(accepted.filter(ofKey));
          const numbers = seen.filter(ofKey).map((record) => BigInt(record.sequenceNumber));
          expect(
            numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0n)),
          ).toBe(true);
        }
      },
    ),
  );
});

test('a shard takes its rate and no more, whatever the load', () => {
  const limits = {
    ...resolveLimits(false),
    shardWriteRecordsPerSecond: 10,
    shardWriteBytesPerSecond: 100,
  };
  const load = fc.record({ waitMs: fc.nat(200), size: fc.integer({ min: 1, max: 40 }) });
  fc.assert(
    fc.property(fc.array(load, { maxLength: 100 }), (steps) => {
      const stream = makeStream(1, limits);
      let nowMs = START_MS;
      let records = 0;
      let bytes = 0;
      for (const { waitMs, size } of steps) {
        nowMs += waitMs;
        const stored = put(stream, 'a', 'x'.repeat(size), nowMs);
        if (stored === undefined) continue;
        records += 1;
        bytes += stored.bytes;
        const seconds = 1 + (nowMs - START_MS) / 1000;
        expect(records).toBeLessThanOrEqual(10 * seconds + 1e-6);
        expect(bytes).toBeLessThanOrEqual(100 * seconds + 1e-6);
      }
    }),
  );
});

test('records that outlived the retention are gone, and so are closed shards without any', () => {
  const hour = 3_600_000;
  const stream = makeStream(1);
  const first = openShard(stream, 0);
  for (let hours = 0; hours < 100; hours += 1) put(stream, 'a', 'AAAA', START_MS + hours * hour);
  // At the 99th hour, those of the 75th and later are within 24 hours.
  expect(readAll(stream, 1000, START_MS + 99 * hour)).toHaveLength(25);
  expect(first.records.length).toBeLessThanOrEqual(50);

  updateShardCount(stream, 2, START_MS + 99 * hour);
  put(stream, 'a', 'AAAA', START_MS + 100 * hour);
  expireStream(stream, START_MS + 123 * hour);
  expect(stream.shards.has(first.id)).toBe(true);
  expireStream(stream, START_MS + 123 * hour + 1);
  expect([...stream.shards.keys()]).toEqual(['shardId-000000000001', 'shardId-000000000002']);
  expect(readAll(stream, 1000, START_MS + 123 * hour + 1)).toHaveLength(1);
});

test('a clock that goes back neither reorders records nor times', () => {
  const stream = makeStream(1);
  put(stream, 'a', 'AAAA', START_MS + 5000);
  put(stream, 'a', 'AAAA', START_MS);
  const [first, second] = readAll(stream, 10, START_MS);
  expect(second?.arrivedAtMs).toBe(first?.arrivedAtMs);
  expect(BigInt(second?.sequenceNumber ?? 0)).toBeGreaterThan(BigInt(first?.sequenceNumber ?? 0));
});

test('the page that ends a closed shard names its children', () => {
  const stream = makeStream(1);
  const parent = openShard(stream, 0);
  put(stream, 'a', 'AAAA', START_MS);
  put(stream, 'a', 'AAAA', START_MS);
  updateShardCount(stream, 2, START_MS);
  const page = readShard(stream, parent, 0, 1, START_MS + 10);
  expect(page).toMatchObject({ nextPosition: 2, millisBehindLatest: 10, children: [] });
  const last = readShard(stream, parent, 2, 10, START_MS + 10);
  expect(last).toMatchObject({ nextPosition: undefined, millisBehindLatest: 0 });
  expect(last.children).toEqual(stream.open);
  expect(childrenOf(stream, parent)).toEqual(stream.open);
});

test('what cannot be split or merged is refused', () => {
  const stream = makeStream(3);
  const [a, b, c] = stream.open;
  if (!a || !b || !c) throw new Error('three shards expected');
  const refusal: unknown = expect.objectContaining({ code: 'InvalidArgumentException' });
  expect(() => splitShard(stream, b, b.startHash, START_MS)).toThrow(refusal);
  expect(() => splitShard(stream, b, c.startHash, START_MS)).toThrow(refusal);
  expect(() => mergeShards(stream, a, c, START_MS)).toThrow(refusal);
  expect(() => mergeShards(stream, a, a, START_MS)).toThrow(refusal);
  mergeShards(stream, b, a, START_MS);
  expect(() => mergeShards(stream, a, b, START_MS)).toThrow(refusal);
  expect(() => splitShard(stream, a, toHashKey(5n), START_MS)).toThrow(refusal);
  expect(() => findShard(stream, 'shardId-000000000009')).toThrow(
    expect.objectContaining({ code: 'ResourceNotFoundException' }),
  );
});
