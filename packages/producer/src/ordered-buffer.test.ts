import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BufferLimits, type Entry, OrderedBuffer } from './ordered-buffer.ts';

const LIMITS: BufferLimits = {
  maxBufferBytes: 1_000,
  maxBufferRecords: 100,
  maxWaitingBytes: 0,
  maxWaitingRecords: 0,
  maxBatchRecords: 10,
  maxRequestBytes: 500,
  lingerMs: 20,
  deliveryTimeoutMs: 1_000,
};

/** The next batch, which must not be empty. */
function take<T>(buffer: OrderedBuffer<T>): [Entry<T>, ...Entry<T>[]] {
  const [first, ...others] = buffer.take();
  if (first === undefined) throw new Error('nothing to take');
  return [first, ...others];
}

function values<T>(entries: readonly Entry<T>[]): T[] {
  return entries.map((entry) => entry.value);
}

test('a batch takes one record of a key, and none of a key that is in an open batch', () => {
  const buffer = new OrderedBuffer<string>(LIMITS);
  for (const value of ['a1', 'a2', 'b1', 'c1', 'b2']) buffer.add(value, value.slice(0, 1), 10, 0);
  const first = buffer.take();
  expect(values(first)).toEqual(['a1', 'b1', 'c1']);
  expect(buffer.take()).toEqual([]);
  for (const entry of first) buffer.settle(entry);
  expect(values(buffer.take())).toEqual(['a2', 'b2']);
});

test('a failed record keeps its place, and its key waits until it is woken', () => {
  const buffer = new OrderedBuffer<string>(LIMITS);
  for (const value of ['a1', 'a2', 'b1']) buffer.add(value, value.slice(0, 1), 10, 0);
  const [a1, ...others] = take(buffer);
  buffer.hold(a1, 50);
  for (const entry of others) buffer.settle(entry);
  expect(buffer.take()).toEqual([]);
  expect(buffer.wakeAtMs).toBe(50);
  buffer.wake(49);
  expect(buffer.take()).toEqual([]);
  buffer.wake(50);
  expect(values(buffer.take())).toEqual(['a1']);
  expect(a1.attempts).toBe(2);
});

test('one busy key does not keep the others waiting', () => {
  const buffer = new OrderedBuffer<string>({ ...LIMITS, maxBatchRecords: 1 });
  for (let index = 0; index < 5; index += 1) buffer.add(`hot${index}`, 'hot', 1, 0);
  buffer.add('cold', 'cold', 1, 0);
  const [hot] = take(buffer);
  buffer.settle(hot);
  expect(values(buffer.take())).toEqual(['cold']);
});

test('is due when the oldest ready record has lingered, and full at the limit of a batch', () => {
  const buffer = new OrderedBuffer<string>(LIMITS);
  expect(buffer.dueAtMs).toBe(Number.POSITIVE_INFINITY);
  buffer.add('a1', 'a', 1, 100);
  buffer.add('b1', 'b', 1, 110);
  expect(buffer.dueAtMs).toBe(120);
  expect(buffer.batchIsFull).toBe(false);
  for (const entry of buffer.take()) buffer.settle(entry);
  expect(buffer.dueAtMs).toBe(Number.POSITIVE_INFINITY);
  for (let index = 0; index < 10; index += 1) buffer.add('x', `key${index}`, 1, 200);
  expect(buffer.batchIsFull).toBe(true);
});

test('the waiting line is let in in order, and nobody overtakes it', () => {
  const line = { maxWaitingBytes: 1_000, maxWaitingRecords: 2 };
  const buffer = new OrderedBuffer<string>({ ...LIMITS, maxBufferBytes: 100, ...line });
  buffer.add('a1', 'a', 90, 0);
  buffer.add('b1', 'b', 50, 0);
  buffer.add('small', 'c', 1, 0);
  expect(buffer.add('too late', 'd', 1, 0)).toBeUndefined();
  expect([buffer.records, buffer.waitingRecords, buffer.waitingBytes]).toEqual([1, 2, 51]);
  const [a1] = take(buffer);
  buffer.settle(a1);
  expect([buffer.records, buffer.waitingRecords, buffer.bytes]).toEqual([2, 0, 51]);
  expect(values(buffer.take())).toEqual(['b1', 'small']);
});

test('a record that travels alone has the batch for itself', () => {
  const buffer = new OrderedBuffer<string>(LIMITS);
  for (const key of ['a', 'b', 'c']) buffer.add(key, key, 1, 0);
  for (const entry of buffer.take()) {
    entry.alone = entry.value === 'b';
    buffer.hold(entry, 0);
  }
  buffer.wake(0);
  expect([buffer.take(), buffer.take(), buffer.take()].map(values)).toEqual([['a'], ['b'], ['c']]);
});

test('settling a record that is not open is a mistake', () => {
  const buffer = new OrderedBuffer<string>(LIMITS);
  buffer.add('a1', 'a', 1, 0);
  const [a1] = take(buffer);
  buffer.settle(a1);
  expect(() => buffer.settle(a1)).toThrow('not in an open batch');
  expect(() => buffer.hold(a1, 1)).toThrow('not in an open batch');
});

// ── laws, over random schedules ─────────────────────────────────────────────────────────────────

type Step =
  | { readonly do: 'add'; readonly key: number; readonly bytes: number }
  | { readonly do: 'take' }
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
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
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
  lingerMs: fc.nat(30),
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
  readonly open: Entry<Item>[][] = [];
  /** Per key: the records that were added, that were settled, and that expired, each in order. */
  readonly added = new Map<string, number[]>();
  readonly settled = new Map<string, number[]>();
  readonly expired = new Map<string, number[]>();
  held: Item[] = [];
  /** Keys whose head failed, and until when they pause. */
  readonly pauses = new Map<string, number>();

  constructor(runLimits: BufferLimits) {
    this.limits = runLimits;
    this.buffer = new OrderedBuffer(runLimits);
  }

  step(next: Step): void {
    if (next.do === 'add') this.add(`key${next.key}`, next.bytes);
    else if (next.do === 'take') this.take();
    else if (next.do === 'settle') this.settle(next.batch, next.outcomes);
    else this.pass(next.ms);
    this.check();
  }

  add(key: string, bytes: number): void {
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
    assert.equal(entry !== undefined, fits || mayWait);
    if (entry === undefined) return;
    this.added.set(key, [...places, item.place]);
    this.held.push(item);
  }

  take(): void {
    const { readyRecords, batchIsFull } = this.buffer;
    const batch = this.buffer.take();
    assert.equal(batch.length > 0, readyRecords > 0);
    if (batch.length === 0) return;
    assert.ok(batch.length <= this.limits.maxBatchRecords);
    const bytes = batch.reduce((sum, entry) => sum + entry.bytes, 0);
    assert.ok(batch.length === 1 || bytes <= this.limits.maxRequestBytes);
    assert.ok(batchIsFull || batch.length === readyRecords);
    const openKeys = [...this.open.flat(), ...batch].map((entry) => entry.partitionKey);
    assert.equal(new Set(openKeys).size, openKeys.length, 'two open records of one key');
    for (const { value } of batch) {
      const first = this.held.find((item) => item.key === value.key);
      assert.equal(first, value, 'a record overtook another of its key');
    }
    this.open.push(batch);
  }

  settle(index: number, outcomes: readonly Outcome[]): void {
    const [batch = []] = this.open.splice(index % Math.max(1, this.open.length), 1);
    batch.forEach((entry, position) => {
      const fate = outcomes[position % outcomes.length];
      if (fate === 'failed') {
        const untilMs = this.nowMs + 1 + ((position * 7) % 40);
        this.buffer.hold(entry, untilMs);
        this.pauses.set(entry.partitionKey, untilMs);
      } else {
        this.buffer.settle(entry);
        this.leave(entry, this.settled);
      }
    });
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.wake();
    const expired = this.buffer.expire(this.nowMs);
    for (const entry of expired) {
      assert.ok(this.buffer.isExpired(entry, this.nowMs));
      this.leave(entry, this.expired);
    }
    assert.ok(this.buffer.wakeAtMs > this.nowMs);
    assert.ok(this.buffer.expireAtMs > this.nowMs);
    // Only an open record may outlive its deadline.
    const open = new Set(values(this.open.flat()));
    const late = (item: Item): boolean =>
      item.addedAtMs + this.limits.deliveryTimeoutMs <= this.nowMs;
    assert.deepEqual(
      this.held.filter((item) => late(item) && !open.has(item)),
      [],
    );
  }

  wake(): void {
    this.buffer.wake(this.nowMs);
    for (const [key, untilMs] of this.pauses) if (untilMs <= this.nowMs) this.pauses.delete(key);
  }

  leave({ value }: Entry<Item>, to: Map<string, number[]>): void {
    this.held = this.held.filter((item) => item !== value);
    to.set(value.key, [...(to.get(value.key) ?? []), value.place]);
    const inBuffer = this.held.slice(0, this.buffer.records);
    if (!inBuffer.some(({ key }) => key === value.key)) this.pauses.delete(value.key);
  }

  check(): void {
    const { buffer } = this;
    assert.equal(buffer.records + buffer.waitingRecords, this.held.length);
    const bytes = this.held.reduce((sum, item) => sum + item.bytes, 0);
    assert.equal(buffer.bytes + buffer.waitingBytes, bytes);
    assert.ok(buffer.records <= this.limits.maxBufferRecords);
    assert.ok(buffer.bytes <= this.limits.maxBufferBytes);
    assert.ok(buffer.waitingRecords <= this.limits.maxWaitingRecords);
    assert.equal(buffer.openRecords, this.open.flat().length);
    const heads = this.readyHeads();
    const readyBytes = heads.reduce((sum, item) => sum + item.bytes, 0);
    const { maxBatchRecords, maxRequestBytes } = this.limits;
    assert.equal(buffer.readyRecords, heads.length);
    assert.equal(
      buffer.batchIsFull,
      heads.length >= maxBatchRecords || readyBytes >= maxRequestBytes,
    );
    const latest = this.nowMs + this.limits.lingerMs;
    assert.ok(buffer.readyRecords === 0 || buffer.dueAtMs <= latest);
    assert.ok(buffer.readyRecords > 0 || buffer.dueAtMs === Number.POSITIVE_INFINITY);
  }

  /** The first record of each key that is neither open nor pausing. */
  readyHeads(): Item[] {
    const seen = new Set(this.open.flat().map((entry) => entry.partitionKey));
    for (const key of this.pauses.keys()) seen.add(key);
    const inBuffer = this.held.slice(0, this.buffer.records);
    return inBuffer.filter(({ key }) => !seen.has(key) && seen.add(key));
  }

  /** Delivers what is left, without further failures. */
  finish(): void {
    for (let round = 0; this.held.length > 0; round += 1) {
      assert.ok(round < 1_000, 'records are stuck');
      this.nowMs += 1;
      this.wake();
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
        expect([...settled, ...expired].toSorted((a, b) => a - b)).toEqual(added);
        expect(settled).toEqual(settled.toSorted((a, b) => a - b));
        expect(expired).toEqual(expired.toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 400 },
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
      expect(buffer.take()).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
