import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from './lane.ts';
import { type BufferLimits, OrderedBuffer } from './ordered-buffer.ts';
import type { Outgoing } from './outgoing.ts';
import type { Router } from './router.ts';

const LIMITS: BufferLimits = {
  maxBufferBytes: 1_000,
  maxBufferRecords: 100,
  maxWaitingBytes: 0,
  maxWaitingRecords: 0,
  maxBatchRecords: 10,
  maxRequestBytes: 500,
  maxAggregateBytes: 0,
  deliveryTimeoutMs: 1_000,
};

const LINGER_MS = 20;

function createBuffer(limits: Partial<BufferLimits> = {}): OrderedBuffer<string> {
  return new OrderedBuffer({ ...LIMITS, ...limits });
}

/** Adds values named after their key: `a1` is of key `a`. */
function add(buffer: OrderedBuffer<string>, items: readonly string[], bytes = 10): void {
  for (const value of items) buffer.add(value, value.slice(0, 1), bytes, 0);
}

function entriesOf<T>(batch: readonly Outgoing<T>[]): Entry<T>[] {
  return batch.flatMap(({ entries }) => entries);
}

function take<T>(buffer: OrderedBuffer<T>, nowMs = 0): Entry<T>[] {
  return entriesOf(buffer.take(nowMs, 0));
}

function values<T>(entries: readonly Entry<T>[]): T[] {
  return entries.map((entry) => entry.value);
}

/** Shards `s0`, `s1`, …: the digit in a key names its shard, its last character the bucket. */
function routerOf(shards: number, buckets = 1): Router {
  return {
    shards: Array.from({ length: shards }, (_, index) => ({
      shardId: `s${index}`,
      hashKey: String(index),
    })),
    buckets,
    route: (key) => ({
      shard: Number(/\d/.exec(key)?.[0] ?? 0) % shards,
      bucket: key.charCodeAt(key.length - 1) % buckets,
    }),
  };
}

test('a batch takes one record of a key, and none of a key that is in an open batch', () => {
  const buffer = createBuffer();
  add(buffer, ['a1', 'a2', 'b1', 'c1', 'b2']);
  const first = take(buffer);
  expect(values(first)).toEqual(['a1', 'b1', 'c1']);
  expect(take(buffer)).toEqual([]);
  for (const entry of first) buffer.settle(entry);
  expect(values(take(buffer))).toEqual(['a2', 'b2']);
});

test('a failed record keeps its place, and its key waits until it is woken', () => {
  const buffer = createBuffer();
  add(buffer, ['a1', 'a2', 'b1']);
  const [a1, b1] = take(buffer);
  assert.ok(a1 && b1);
  buffer.hold(a1, 50);
  buffer.settle(b1);
  expect(take(buffer)).toEqual([]);
  expect(buffer.wakeAtMs).toBe(50);
  buffer.wake(49);
  expect(take(buffer)).toEqual([]);
  buffer.wake(50);
  expect(values(take(buffer))).toEqual(['a1']);
  expect(a1.attempts).toBe(2);
});

test('one busy key does not keep the others waiting', () => {
  const buffer = createBuffer({ maxBatchRecords: 1 });
  add(buffer, ['h1', 'h2', 'h3', 'c1']);
  const [hot] = take(buffer);
  assert.ok(hot);
  buffer.settle(hot);
  expect(values(take(buffer))).toEqual(['c1']);
});

test('is due when the oldest ready record has lingered, and full at the limit of a batch', () => {
  const buffer = createBuffer();
  expect(buffer.sendAtMs(0, LINGER_MS)).toBe(Number.POSITIVE_INFINITY);
  buffer.add('a1', 'a', 1, 100);
  buffer.add('b1', 'b', 1, 110);
  expect(buffer.sendAtMs(110, LINGER_MS)).toBe(120);
  expect(buffer.sendAtMs(110, 0)).toBe(110);
  expect(buffer.batchIsFull).toBe(false);
  for (const entry of take(buffer, 120)) buffer.settle(entry);
  expect(buffer.sendAtMs(120, LINGER_MS)).toBe(Number.POSITIVE_INFINITY);
  for (let index = 0; index < 10; index += 1) buffer.add('x', `key${index}`, 1, 200);
  expect(buffer.batchIsFull).toBe(true);
  expect(buffer.sendAtMs(200, LINGER_MS)).toBe(200);
});

test('the waiting line is let in in order, and nobody overtakes it', () => {
  const line = { maxWaitingBytes: 1_000, maxWaitingRecords: 2 };
  const buffer = createBuffer({ maxBufferBytes: 100, ...line });
  buffer.add('a1', 'a', 90, 0);
  buffer.add('b1', 'b', 50, 0);
  buffer.add('small', 'c', 1, 0);
  expect(buffer.add('too late', 'd', 1, 0)).toBeUndefined();
  expect([buffer.records, buffer.waitingRecords, buffer.waitingBytes]).toEqual([1, 2, 51]);
  for (const entry of take(buffer)) buffer.settle(entry);
  expect([buffer.records, buffer.waitingRecords, buffer.bytes]).toEqual([2, 0, 51]);
  expect(values(take(buffer))).toEqual(['b1', 'small']);
});

test('a record that travels alone has the batch for itself', () => {
  for (const maxAggregateBytes of [0, 400]) {
    const buffer = createBuffer({ maxAggregateBytes });
    add(buffer, ['a1', 'b1', 'c1', 'b2']);
    for (const entry of take(buffer)) {
      entry.alone = entry.value === 'b1';
      buffer.hold(entry, 0);
    }
    buffer.wake(0);
    const batches = [take(buffer), take(buffer), take(buffer)].map(values);
    expect(batches).toEqual([['a1'], ['b1'], ['c1']]);
  }
});

test('settling a record that is not open is a mistake', () => {
  const buffer = createBuffer();
  add(buffer, ['a1', 'a2']);
  const [a1] = take(buffer);
  assert.ok(a1);
  buffer.settle(a1);
  expect(() => buffer.settle(a1)).toThrow('not in an open batch');
  expect(() => buffer.hold(a1, 1)).toThrow('not in an open batch');
});

test('an aggregate takes the run of each of its keys, up to its size, and of one bucket only', () => {
  const buffer = createBuffer({ maxAggregateBytes: 45 });
  buffer.reroute(routerOf(1, 2));
  // The characters b and d are in bucket 0, a and c in bucket 1.
  add(buffer, ['a1', 'b1', 'a2', 'c1', 'a3', 'c2', 'd1']);
  const batch = buffer.take(0, 0);
  expect(batch.map(({ entries }) => values(entries))).toEqual([
    ['b1', 'd1'],
    ['a1', 'a2', 'a3', 'c1'],
  ]);
  expect(take(buffer)).toEqual([]); // c2 waits for c1
  for (const entry of entriesOf(batch)) buffer.settle(entry);
  expect(values(take(buffer))).toEqual(['c2']);
});

test('full aggregates go, the others grow until an event has lingered', () => {
  const buffer = createBuffer({ maxAggregateBytes: 20, maxRequestBytes: 40 });
  buffer.reroute(routerOf(1, 2));
  add(buffer, ['a1', 'c1', 'b1', 'e1']); // bucket 1, 1, 0, 1
  expect(buffer.sendAtMs(0, LINGER_MS)).toBe(LINGER_MS); // 30 full bytes are no full request
  add(buffer, ['g1']);
  expect(buffer.sendAtMs(0, LINGER_MS)).toBe(0);
  expect(values(entriesOf(buffer.take(0, LINGER_MS)))).toEqual(['a1', 'c1', 'e1', 'g1']);
  expect(buffer.sendAtMs(0, LINGER_MS)).toBe(LINGER_MS);
  expect(values(entriesOf(buffer.take(LINGER_MS, LINGER_MS)))).toEqual(['b1']);
});

test('beside an event that has lingered, what is half as old goes too, and the rest may grow', () => {
  const buffer = createBuffer({ maxAggregateBytes: 40 });
  buffer.reroute(routerOf(1, 3));
  for (const [key, addedAtMs] of [
    ['a', 0],
    ['b', 10],
    ['c', 11],
  ] as const) {
    buffer.add(`${key}1`, key, 10, addedAtMs); // buckets 1, 2, 0
  }
  expect(values(entriesOf(buffer.take(LINGER_MS, LINGER_MS)))).toEqual(['a1', 'b1']);
  expect(buffer.sendAtMs(LINGER_MS, LINGER_MS)).toBe(11 + LINGER_MS);
  expect(values(entriesOf(buffer.take(LINGER_MS, 0)))).toEqual(['c1']);
});

test('what fails in an aggregate stays before its successors', () => {
  const buffer = createBuffer({ maxAggregateBytes: 25 });
  add(buffer, ['a1', 'a2', 'a3']);
  for (const entry of take(buffer)) buffer.hold(entry, 5);
  expect(take(buffer)).toEqual([]);
  buffer.wake(5);
  expect(values(take(buffer))).toEqual(['a1', 'a2']);
});

test('shards take turns, and a throttled one waits for its pace alone', () => {
  const buffer = createBuffer({ maxBatchRecords: 4 });
  buffer.reroute(routerOf(2));
  for (const key of ['0a', '0b', '0c', '0d', '0e', '1a', '1b']) buffer.add(key, key, 1, 0);
  const batch = take(buffer);
  expect(values(batch)).toEqual(['0a', '1a', '0b', '1b']);
  const [hot] = buffer.queues;
  hot?.pacer.throttled(0);
  hot?.pacer.spend(1);
  buffer.updatePace();
  for (const entry of batch) buffer.settle(entry);
  buffer.add('1c', '1c', 1, 0);
  expect(values(take(buffer))).toEqual(['1c']);
  const freeAtMs = buffer.sendAtMs(0, 0);
  expect(freeAtMs).toBeGreaterThan(0);
  expect(values(take(buffer, freeAtMs))).toEqual(['0c']);
});

test('a throttled shard gets half of the buffer, and its line holds up nobody', () => {
  const line = { maxWaitingBytes: 1_000, maxWaitingRecords: 8 };
  const buffer = createBuffer({ maxBufferRecords: 8, ...line });
  buffer.reroute(routerOf(2));
  buffer.queues[0]?.pacer.throttled(0);
  buffer.updatePace();
  const hot = Array.from({ length: 12 }, (_, index) =>
    buffer.add(`hot${index}`, `0-${index}`, 1, 0),
  );
  expect(hot.filter((entry) => entry !== undefined)).toHaveLength(8); // 4 in, 4 wait
  expect([buffer.records, buffer.waitingRecords]).toEqual([4, 4]);
  for (let index = 0; index < 4; index += 1) buffer.add(`cold${index}`, `1-${index}`, 1, 0);
  expect([buffer.records, buffer.waitingRecords]).toEqual([8, 4]);
  for (const entry of take(buffer)) if (entry.value.startsWith('cold')) buffer.settle(entry);
  expect(buffer.records).toBe(4);
});

test('to make room the oldest goes that is not underway', () => {
  const buffer = createBuffer({ maxBatchRecords: 1, maxBufferRecords: 3 });
  add(buffer, ['a1', 'a2', 'b1']);
  const [a1] = take(buffer);
  assert.ok(a1);
  expect(buffer.add('c1', 'c', 1, 0)).toBeUndefined();
  expect(buffer.dropOldest()?.value).toBe('a2');
  expect(buffer.add('c1', 'c', 1, 0)?.value).toBe('c1');
  buffer.hold(a1, 0);
  expect(buffer.dropOldest()?.value).toBe('a1');
  expect(
    values([buffer.dropOldest(), buffer.dropOldest()].filter((one) => one !== undefined)),
  ).toEqual(['b1', 'c1']);
  expect([buffer.dropOldest(), buffer.records, buffer.bytes]).toEqual([undefined, 0, 0]);
});

test('what is withdrawn is what was added last, also behind others that wait', () => {
  const buffer = createBuffer({ maxBufferRecords: 1, maxWaitingRecords: 5, maxWaitingBytes: 100 });
  add(buffer, ['a1', 'b1', 'b2']);
  const last = buffer.add('b3', 'b', 10, 0);
  assert.ok(last);
  buffer.withdraw(last);
  expect([...buffer.values()]).toEqual(['a1', 'b1', 'b2']);
  const sent: string[] = [];
  for (let batch = take(buffer); batch.length > 0; batch = take(buffer)) {
    for (const entry of batch) {
      sent.push(entry.value);
      buffer.settle(entry);
    }
  }
  expect(sent).toEqual(['a1', 'b1', 'b2']);
});

test('a record whose deadline came while it was open is held until it is settled, and old again once it has failed', () => {
  const buffer = createBuffer();
  add(buffer, ['a1', 'b1']);
  const [a1, b1] = take(buffer);
  assert.ok(a1 && b1);
  expect(buffer.expire(1_000)).toEqual([]);
  expect([...buffer.values()]).toEqual(['a1', 'b1']);
  expect(buffer.expireAtMs).toBe(Number.POSITIVE_INFINITY);
  buffer.hold(b1, 1_001);
  buffer.hold(a1, 1_001);
  expect(buffer.expireAtMs).toBe(1_000);
  expect(buffer.dropOldest()?.value).toBe('a1');
  expect(values(buffer.expire(1_000))).toEqual(['b1']);
});

test('keys that move to other shards keep their order', () => {
  const buffer = createBuffer({ maxBatchRecords: 2 });
  buffer.reroute(routerOf(2));
  for (const key of ['0', '0', '1', '1', '3']) buffer.add(key, key, 1, 0);
  const open = take(buffer);
  buffer.reroute(routerOf(4));
  expect(buffer.take(0, 0).map(({ queue }) => queue.shard?.shardId)).toEqual(['s3']);
  for (const entry of open) buffer.settle(entry);
  expect(buffer.take(0, 0).map(({ queue }) => queue.shard?.shardId)).toEqual(['s0', 's1']);
});

// ── laws, over random schedules ─────────────────────────────────────────────────────────────────

type Step =
  /** Perhaps to take it out again at once. */
  | {
      readonly do: 'add';
      readonly key: number;
      readonly bytes: number;
      readonly isWithdrawn: boolean;
    }
  | { readonly do: 'take'; readonly lingerMs: number }
  | { readonly do: 'drop' }
  /** So many shards from now on. */
  | { readonly do: 'reroute'; readonly shards: number }
  | { readonly do: 'throttle'; readonly shard: number }
  /** Settles the open batch at this place: each record by the next outcome. */
  | { readonly do: 'settle'; readonly batch: number; readonly outcomes: readonly Outcome[] }
  | { readonly do: 'pass'; readonly ms: number };
type Outcome = 'delivered' | 'failed' | 'given up';

const outcome = fc.constantFrom<Outcome>('delivered', 'delivered', 'failed', 'given up');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      key: fc.nat(5),
      bytes: fc.integer({ min: 1, max: 60 }),
      isWithdrawn: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('take' as const), lingerMs: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('reroute' as const),
      shards: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('throttle' as const), shard: fc.nat(3) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      batch: fc.nat(4),
      outcomes: fc.array(outcome, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(60) }),
  },
);
const limits: fc.Arbitrary<BufferLimits> = fc.record({
  maxBufferBytes: fc.integer({ min: 60, max: 400 }),
  maxBufferRecords: fc.integer({ min: 1, max: 20 }),
  maxWaitingBytes: fc.integer({ min: 0, max: 200 }),
  maxWaitingRecords: fc.integer({ min: 0, max: 6 }),
  maxBatchRecords: fc.integer({ min: 1, max: 4 }),
  maxRequestBytes: fc.integer({ min: 60, max: 200 }),
  maxAggregateBytes: fc.oneof(fc.constant(0), fc.integer({ min: 60, max: 200 })),
  deliveryTimeoutMs: fc.integer({ min: 50, max: 300 }),
});

interface Item {
  readonly key: string;
  readonly place: number;
  readonly bytes: number;
  readonly addedAtMs: number;
}

/** What is checked while a schedule runs. */
class Run {
  readonly buffer: OrderedBuffer<Item>;
  readonly limits: BufferLimits;
  nowMs = 0;
  readonly open: Outgoing<Item>[][] = [];
  /** Per key: the records that were added, and those that came out, each in order. */
  readonly added = new Map<string, number[]>();
  readonly settled = new Map<string, number[]>();
  readonly expired = new Map<string, number[]>();
  readonly dropped = new Map<string, number[]>();
  held: Item[] = [];
  isThrottled = false;

  constructor(runLimits: BufferLimits) {
    this.limits = runLimits;
    this.buffer = new OrderedBuffer(runLimits);
  }

  step(next: Step): void {
    switch (next.do) {
      case 'add':
        this.add(`key${next.key}`, next.bytes, next.isWithdrawn);
        break;
      case 'take':
        this.take(next.lingerMs);
        break;
      case 'drop':
        this.drop();
        break;
      case 'reroute':
        this.buffer.reroute(routerOf(next.shards, this.limits.maxAggregateBytes > 0 ? 2 : 1));
        break;
      case 'throttle':
        this.buffer.queues[next.shard]?.pacer.throttled(this.nowMs);
        this.buffer.updatePace();
        this.isThrottled = true;
        break;
      case 'settle':
        this.settle(next.batch, next.outcomes);
        break;
      case 'pass':
        this.pass(next.ms);
        break;
    }
    this.check();
  }

  add(key: string, bytes: number, isWithdrawn: boolean): void {
    const places = this.added.get(key) ?? [];
    const item = { key, place: places.length, bytes, addedAtMs: this.nowMs };
    const { records, waitingRecords, bytes: used, waitingBytes } = this.buffer;
    const fits =
      waitingRecords === 0 &&
      records < this.limits.maxBufferRecords &&
      used + bytes <= this.limits.maxBufferBytes;
    const mayWait =
      waitingRecords < this.limits.maxWaitingRecords &&
      waitingBytes + bytes <= this.limits.maxWaitingBytes;
    const entry = this.buffer.add(item, key, bytes, this.nowMs);
    // A throttled shard has less room.
    if (!this.isThrottled) assert.equal(entry !== undefined, fits || mayWait);
    if (entry === undefined) return;
    if (isWithdrawn) {
      this.buffer.withdraw(entry);
      return;
    }
    this.added.set(key, [...places, item.place]);
    this.held.push(item);
  }

  take(lingerMs = 0): void {
    const isSendable = this.buffer.sendAtMs(this.nowMs, lingerMs) <= this.nowMs;
    if (!isSendable) return;
    const batch = this.buffer.take(this.nowMs, lingerMs);
    assert.ok(batch.length > 0);
    assert.ok(batch.length <= this.limits.maxBatchRecords);
    const bytes = batch.reduce((sum, record) => sum + record.bytes, 0);
    assert.ok(batch.length === 1 || bytes <= this.limits.maxRequestBytes);
    const openKeys = [...this.open.flat(), ...batch].map(
      ({ entries }) => new Set(entries.map((entry) => entry.partitionKey)),
    );
    const all = openKeys.flatMap((keys) => [...keys]);
    assert.equal(new Set(all).size, all.length, 'two open records have one key');
    for (const record of batch) this.checkRecord(record);
    this.open.push(batch);
  }

  checkRecord({ entries, bytes, queue, bucket }: Outgoing<Item>): void {
    const { maxAggregateBytes } = this.limits;
    assert.ok(entries.length === 1 || bytes <= maxAggregateBytes);
    assert.equal(
      bytes,
      entries.reduce((sum, { value }) => sum + value.bytes, 0),
    );
    for (const { lane } of entries) assert.deepEqual([lane.queue, lane.bucket], [queue, bucket]);
    for (const key of new Set(entries.map(({ partitionKey }) => partitionKey))) {
      const run = values(entries).filter((item) => item.key === key);
      const first = this.held.filter((item) => item.key === key).slice(0, run.length);
      assert.deepEqual(run, first, 'a record overtook another of its key');
    }
  }

  settle(index: number, outcomes: readonly Outcome[]): void {
    const [batch = []] = this.open.splice(index % Math.max(1, this.open.length), 1);
    batch.forEach(({ entries }, position) => {
      const fate = outcomes[position % outcomes.length];
      const untilMs = this.nowMs + 1 + ((position * 7) % 40);
      for (const entry of entries) {
        if (fate === 'failed') {
          this.buffer.hold(entry, untilMs);
        } else {
          this.buffer.settle(entry);
          this.leave(entry, this.settled);
        }
      }
    });
  }

  drop(): void {
    const open = new Set(values(this.open.flatMap(entriesOf)));
    const oldest = this.held.find((item) => !open.has(item));
    const entry = this.buffer.dropOldest();
    assert.equal(entry?.value, oldest);
    if (entry !== undefined) this.leave(entry, this.dropped);
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.buffer.wake(this.nowMs);
    const expired = this.buffer.expire(this.nowMs);
    for (const entry of expired) {
      assert.ok(this.buffer.isExpired(entry, this.nowMs));
      this.leave(entry, this.expired);
    }
    assert.ok(this.buffer.wakeAtMs > this.nowMs);
    assert.ok(this.buffer.expireAtMs > this.nowMs);
    // Only an open record may outlive its deadline.
    const open = new Set(values(this.open.flatMap(entriesOf)));
    const late = (item: Item): boolean =>
      item.addedAtMs + this.limits.deliveryTimeoutMs <= this.nowMs;
    assert.deepEqual(
      this.held.filter((item) => late(item) && !open.has(item)),
      [],
    );
  }

  leave({ value }: Entry<Item>, to: Map<string, number[]>): void {
    this.held = this.held.filter((item) => item !== value);
    to.set(value.key, [...(to.get(value.key) ?? []), value.place]);
  }

  check(): void {
    const { buffer } = this;
    assert.equal(buffer.records + buffer.waitingRecords, this.held.length);
    assert.deepEqual([...buffer.values()], this.held);
    const bytes = this.held.reduce((sum, item) => sum + item.bytes, 0);
    const atLeast = this.held.reduce((sum, item) => sum + Math.ceil(item.bytes / 2), 0);
    const counted = buffer.bytes + buffer.waitingBytes;
    assert.ok(counted >= atLeast && counted <= bytes);
    assert.ok(buffer.records <= this.limits.maxBufferRecords);
    assert.ok(buffer.waitingRecords <= this.limits.maxWaitingRecords);
    assert.equal(buffer.openRecords, this.open.flatMap(entriesOf).length);
    const latest = this.nowMs + LINGER_MS;
    const sendAtMs = buffer.sendAtMs(this.nowMs, LINGER_MS);
    assert.equal(sendAtMs === Number.POSITIVE_INFINITY, buffer.readyRecords === 0);
    if (!this.isThrottled && buffer.readyRecords > 0) assert.ok(sendAtMs <= latest);
    const inQueues = buffer.queues.reduce((sum, queue) => sum + queue.readyRecords, 0);
    assert.equal(inQueues, buffer.readyRecords);
    const heldInQueues = buffer.queues.reduce((sum, queue) => sum + queue.heldRecords, 0);
    assert.ok(heldInQueues <= buffer.records);
  }

  /** Delivers what is left, without further failures. */
  finish(): void {
    for (let round = 0; this.held.length > 0; round += 1) {
      assert.ok(round < 3_000, 'records are stuck');
      this.nowMs += 10; // a throttled shard takes its time
      this.buffer.wake(this.nowMs);
      this.take();
      while (this.open.length > 0) this.settle(0, ['delivered']);
    }
  }
}

test('whatever fails in whatever order: each record comes out once, in the order of its key', () => {
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 150 }), (runLimits, steps) => {
      const run = new Run(runLimits);
      for (const next of steps) run.step(next);
      run.finish();
      run.check();
      expect(run.buffer.expireAtMs).toBe(Number.POSITIVE_INFINITY);
      for (const [key, added] of run.added) {
        const settled = run.settled.get(key) ?? [];
        const expired = run.expired.get(key) ?? [];
        const dropped = run.dropped.get(key) ?? [];
        const out = [...settled, ...expired, ...dropped];
        expect(out.toSorted((a, b) => a - b)).toEqual(added);
        expect(settled).toEqual(settled.toSorted((a, b) => a - b));
        expect(expired).toEqual(expired.toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('drain gives back everything that is left, each key in order', () => {
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 80 }), (runLimits, steps) => {
      const run = new Run(runLimits);
      for (const next of steps) run.step(next);
      const drained = values(run.buffer.drain());
      expect(new Set(drained)).toEqual(new Set(run.held));
      for (const key of run.added.keys()) {
        const ofKey = (item: Item): boolean => item.key === key;
        expect(drained.filter(ofKey)).toEqual(run.held.filter(ofKey));
      }
      const { buffer } = run;
      expect([buffer.records, buffer.bytes, buffer.waitingRecords, buffer.readyRecords]).toEqual([
        0, 0, 0, 0,
      ]);
      expect(buffer.take(run.nowMs, 0)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
