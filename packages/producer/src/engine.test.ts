import { formatHashKey, hashKeyOf } from '@clickstream/aggregation';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  FaultyStream,
  type RequestFate,
  type StoredRecord,
  titleOf,
} from '../test/faulty-stream.ts';
import { createProducer, type Producer, type ProducerError, type Receipt } from './index.ts';
import type { ProducerOptions } from './options.ts';
import type { Transport } from './transport.ts';

// All is virtual time: what takes long hangs, and should say so soon.
vi.setConfig({ testTimeout: 15_000 });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const fate: fc.Arbitrary<RequestFate> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<RequestFate>({ kind: 'ok' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('records' as const),
      everyNth: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('error' as const, 'commit_then_error' as const, 'hang' as const)
      .map((kind) => ({ kind })),
  },
  { weight: 1, arbitrary: fc.constant<RequestFate>({ kind: 'short_answer' }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('split' as const), shard: fc.nat(5) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('late_commit' as const),
      afterMs: fc.integer({ min: 50, max: 3_000 }),
    }),
  },
);

interface Scenario {
  readonly fates: readonly RequestFate[];
  /** For each event, its user and the pause before it. */
  readonly events: readonly { readonly user: number; readonly pauseMs: number }[];
  readonly options: Partial<ProducerOptions>;
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  fates: fc.array(fate, { maxLength: 40 }),
  events: fc.array(
    fc.record({ user: fc.nat(5), pauseMs: fc.constantFrom(0, 0, 0, 0, 1, 30, 400) }),
    { minLength: 1, maxLength: 60 },
  ),
  options: fc.record({
    maxBatchRecords: fc.integer({ min: 1, max: 5 }),
    maxOpenRequests: fc.integer({ min: 1, max: 4 }),
    lingerMs: fc.nat(20),
    requestTimeoutMs: fc.integer({ min: 100, max: 1_000 }),
    maxBackoffMs: fc.integer({ min: 50, max: 500 }),
    aggregation: fc.constantFrom(false, true, { maxBytes: 1_024, buckets: 2 }),
  }),
});

interface Outcome {
  readonly user: string;
  readonly title: string;
  readonly receipt?: Receipt;
  readonly error?: ProducerError;
}

/** Tracks a scenario's events; the promises resolve to what became of them. */
async function trackAll(producer: Producer, { events }: Scenario): Promise<Promise<Outcome>[]> {
  const outcomes: Promise<Outcome>[] = [];
  for (const [index, { user: number, pauseMs }] of events.entries()) {
    if (pauseMs > 0) await vi.advanceTimersByTimeAsync(pauseMs);
    const user = `user-${number}`;
    const title = String(index);
    outcomes.push(
      producer.pageView({ user_id: user, url: 'https://shop.example/', title }).then(
        (receipt) => ({ user, title, receipt }),
        (error: ProducerError) => ({ user, title, error }),
      ),
    );
  }
  return outcomes;
}

/** The titles of one user's records in the stream, each at its first appearance. */
function firstAppearances(stored: readonly StoredRecord[], user: string): string[] {
  const titles = stored
    .filter((record) => record.partitionKey === user)
    .map((record) => titleOf(record.event));
  return [...new Set(titles)];
}

test('nothing is lost or swapped, and a duplicate has the same id, whatever requests meet', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (run) => {
      const stream = new FaultyStream(run.fates, 5, { isDescribed: true });
      const producer = createProducer({
        streamName: 'events',
        transport: stream,
        deliveryTimeoutMs: 3_600_000,
        ...run.options,
      });
      const tracked = await trackAll(producer, run);
      await vi.advanceTimersByTimeAsync(120_000);
      const outcomes = await Promise.all(tracked);

      expect(outcomes.filter((outcome) => outcome.receipt === undefined)).toEqual([]);
      for (const { title, receipt } of outcomes) {
        const records = stream.stored.filter(
          ({ shardId, sequenceNumber }) =>
            shardId === receipt?.shardId && sequenceNumber === receipt.sequenceNumber,
        );
        expect(
          records.map(({ event }) => ({ title: titleOf(event), id: event.event_id })),
        ).toContainEqual({ title, id: receipt?.eventId });
      }
      for (const user of new Set(outcomes.map((outcome) => outcome.user))) {
        const titles = outcomes.filter((one) => one.user === user).map((one) => one.title);
        expect(firstAppearances(stream.stored, user)).toEqual(titles);
      }
      const ids = new Set(stream.stored.map((record) => record.event.event_id));
      expect(ids.size).toBe(run.events.length);
      expect(stream.violations).toEqual([]);
      // Batches of a shard are divided by partition key: a user must always have the same one.
      for (const user of new Set(outcomes.map((outcome) => outcome.user))) {
        const records = stream.stored.filter(({ partitionKey }) => partitionKey === user);
        expect(new Set(records.map(({ recordKey }) => recordKey)).size).toBe(1);
      }
      expect(Math.max(...stream.requests)).toBeLessThanOrEqual(run.options.maxBatchRecords ?? 500);
      expect(stream.mostOpen).toBeLessThanOrEqual(run.options.maxOpenRequests ?? 4);
      expect(producer.stats()).toMatchObject({
        bufferedRecords: 0,
        bufferedBytes: 0,
        memoryBytes: PIECE_BYTES,
        openRequests: 0,
        delivered: run.events.length,
        failed: 0,
        requests: stream.requests.length,
      });
      expect(vi.getTimerCount(), 'a timer of an idle producer').toBe(0);
      await producer.close();
    }),
    { numRuns: 150 },
  );
});

test('what readers that skip events of other shards see is complete and in order too', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (run) => {
      const stream = new FaultyStream(run.fates, 5, { isDescribed: true });
      const producer = createProducer({
        streamName: 'events',
        transport: stream,
        deliveryTimeoutMs: 3_600_000,
        ...run.options,
      });
      const tracked = await trackAll(producer, run);
      await vi.advanceTimersByTimeAsync(120_000);
      const outcomes = await Promise.all(tracked);
      // As KCL does: a user's events count in the shard only whose hash keys hold the user's.
      const seen = stream.stored.filter(({ partitionKey, shardId }) =>
        stream.held(shardId, formatHashKey(hashKeyOf(partitionKey))),
      );
      for (const user of new Set(outcomes.map((outcome) => outcome.user))) {
        const titles = outcomes.filter((one) => one.user === user).map((one) => one.title);
        expect(firstAppearances(seen, user)).toEqual(titles);
      }
      await producer.close();
    }),
    { numRuns: 150 },
  );
});

test('with a deadline every promise settles in time, and what was delivered is in order', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (run) => {
      const stream = new FaultyStream(run.fates, 5, { isDescribed: true });
      const reported: string[] = [];
      const producer = createProducer({
        streamName: 'events',
        transport: stream,
        deliveryTimeoutMs: 300,
        ...run.options,
        onUndeliverable: (_event, error) => reported.push(error.message),
      });
      const tracked = await trackAll(producer, run);
      const flushed = producer.flush();
      const { requestTimeoutMs = 0 } = run.options;
      await vi.advanceTimersByTimeAsync(300 + requestTimeoutMs + 1);
      const outcomes = await Promise.all(tracked);
      const { delivered, failed, pending } = await flushed;
      expect(pending).toBe(0);
      expect(delivered + failed).toBeLessThanOrEqual(run.events.length);

      const failures = outcomes.filter((outcome) => outcome.error !== undefined);
      expect(new Set(failures.map(({ error }) => error?.code))).toEqual(
        new Set(failures.length > 0 ? ['undeliverable'] : []),
      );
      expect(reported.toSorted()).toEqual(
        failures.map(({ error }) => error?.message ?? '').toSorted(),
      );
      expect(producer.stats()).toMatchObject({
        delivered: outcomes.length - failures.length,
        failed: failures.length,
        bufferedRecords: 0,
        bufferedBytes: 0,
      });
      for (const user of new Set(outcomes.map((outcome) => outcome.user))) {
        const confirmed = outcomes.filter((one) => one.user === user && one.receipt !== undefined);
        const places = confirmed.map((one) => Number(one.receipt?.sequenceNumber));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }
      await producer.close();
    }),
    { numRuns: 150 },
  );
});

function pageView(user: string, title = ''): { user_id: string; url: string; title: string } {
  return { user_id: user, url: 'https://shop.example/', title };
}

test('lingers for company, but not when a batch is full', async () => {
  const stream = new FaultyStream();
  const options = { streamName: 'events', transport: stream, lingerMs: 20, maxBatchRecords: 3 };
  const producer = createProducer(options);
  void producer.pageView(pageView('a'));
  await vi.advanceTimersByTimeAsync(10);
  void producer.pageView(pageView('b'));
  await vi.advanceTimersByTimeAsync(9);
  expect(stream.requests).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(stream.requests).toEqual([2]);
  for (const user of ['c', 'd', 'e']) void producer.pageView(pageView(user));
  await vi.advanceTimersByTimeAsync(1);
  expect(stream.requests).toEqual([2, 3]);
  await vi.advanceTimersByTimeAsync(100);
  await producer.close();
});

test('a deadline is kept while all requests are taken and longer than it', async () => {
  const producer = createProducer({
    streamName: 'events',
    transport: new FaultyStream([{ kind: 'hang' }]),
    maxBatchRecords: 1,
    maxOpenRequests: 1,
    requestTimeoutMs: 10_000,
    deliveryTimeoutMs: 100,
    onUndeliverable: () => undefined,
  });
  void producer.pageView(pageView('a'));
  await vi.advanceTimersByTimeAsync(200);
  const late = producer.pageView(pageView('b'));
  await vi.advanceTimersByTimeAsync(110);
  expect(producer.stats().failed).toBe(1);
  await expect(late).rejects.toThrow(/it was never its turn/);
  await vi.advanceTimersByTimeAsync(10_000);
  await producer.close();
});

test('keeps several requests open, for different users', async () => {
  const stream = new FaultyStream([], 1_000);
  const producer = createProducer({ streamName: 'events', transport: stream, maxBatchRecords: 2 });
  for (let index = 0; index < 20; index += 1) void producer.pageView(pageView(`user-${index}`));
  await vi.advanceTimersByTimeAsync(30);
  expect(producer.stats()).toMatchObject({ openRequests: 4, requests: 4, bufferedRecords: 20 });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(producer.stats()).toMatchObject({ openRequests: 0, requests: 10, delivered: 20 });
  await producer.close();
});

test('a dead service is not stormed: requests thin out', async () => {
  const stream = new FaultyStream({
    *[Symbol.iterator]() {
      for (;;) yield { kind: 'error' } as const;
    },
  });
  const producer = createProducer({
    streamName: 'events',
    transport: stream,
    maxBatchRecords: 10,
    onUndeliverable: () => undefined,
  });
  for (let index = 0; index < 2_000; index += 1) void producer.pageView(pageView(`user-${index}`));
  await vi.advanceTimersByTimeAsync(10_000);
  const before = stream.requests.length;
  await vi.advanceTimersByTimeAsync(10_000);
  // 200 batches wait. Without the pause each would be tried about once a second: 2,000 requests.
  expect(stream.requests.length - before).toBeLessThan(100);
  expect(stream.requests.length - before).toBeGreaterThan(2);
  const closed = producer.close({ timeoutMs: 0 });
  await vi.advanceTimersByTimeAsync(0);
  expect(await closed).toMatchObject({ failed: 2_000 });
});

test('flush waits for what was pending at the call, and says what became of it', async () => {
  const stream = new FaultyStream([], 50);
  const producer = createProducer({ streamName: 'events', transport: stream, lingerMs: 10_000 });
  void producer.pageView(pageView('a'));
  void producer.pageView(pageView('b'));
  const first = producer.flush();
  await vi.advanceTimersByTimeAsync(10);
  void producer.pageView(pageView('c'));
  const hasty = producer.flush({ timeoutMs: 5 });
  await vi.advanceTimersByTimeAsync(5);
  expect(await hasty).toEqual({ delivered: 0, failed: 0, pending: 3 });
  await vi.advanceTimersByTimeAsync(45);
  expect(await first).toEqual({ delivered: 2, failed: 0, pending: 0 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await producer.flush()).toEqual({ delivered: 0, failed: 0, pending: 0 });
  await producer.close();
});

test('flush does not count what was tracked after the call', async () => {
  const stream = new FaultyStream([{ kind: 'hang' }]);
  const producer = createProducer({ streamName: 'events', transport: stream });
  void producer.pageView(pageView('a'));
  const flushed = producer.flush({ timeoutMs: 100 });
  for (const user of ['b', 'c']) void producer.pageView(pageView(user));
  await vi.advanceTimersByTimeAsync(100);
  expect(producer.stats()).toMatchObject({ delivered: 2 });
  expect(await flushed).toEqual({ delivered: 0, failed: 0, pending: 1 });
  await vi.advanceTimersByTimeAsync(10_000);
  await producer.close();
});

test('close refuses new events, delivers the pending ones and lets go of the transport', async () => {
  const stream = new FaultyStream();
  const producer = createProducer({
    streamName: 'events',
    transport: stream,
    onUndeliverable: () => undefined,
  });
  const pending = producer.pageView(pageView('a'));
  const closed = producer.close();
  await expect(producer.pageView(pageView('a'))).rejects.toMatchObject({ code: 'closed' });
  expect(stream.destroyed).toBe(0);
  await vi.advanceTimersByTimeAsync(100);
  expect(await closed).toEqual({ delivered: 1, failed: 0, pending: 0 });
  expect((await pending).attempts).toBe(1);
  expect(await producer.close()).toEqual(await closed);
  expect(stream.destroyed).toBe(1);
});

test('close with a timeout gives up what is left, even if the transport does not react', async () => {
  const stream = new FaultyStream([{ kind: 'hang' }]);
  const reported: unknown[] = [];
  const producer = createProducer({
    streamName: 'events',
    transport: stream,
    maxBatchRecords: 1,
    maxOpenRequests: 1,
    onUndeliverable: (event, error) => reported.push([event.eventId, error.code]),
  });
  const tracked = [producer.pageView(pageView('a')), producer.pageView(pageView('b'))];
  const closed = producer.close();
  const sooner = producer.close({ timeoutMs: 100 });
  await vi.advanceTimersByTimeAsync(100);
  expect(await sooner).toEqual({ delivered: 0, failed: 2, pending: 0 });
  expect(await closed).toEqual(await sooner);
  for (const promise of tracked) {
    await expect(promise).rejects.toThrow(/not delivered: close\(\) had 100 ms/);
  }
  expect(reported).toEqual([
    [expect.any(String), 'undeliverable'],
    [expect.any(String), 'undeliverable'],
  ]);
  expect(stream.destroyed).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('an aborted signal stops the producer at once', async () => {
  const controller = new AbortController();
  const stream = new FaultyStream([], 1_000);
  const producer = createProducer({
    streamName: 'events',
    transport: stream,
    signal: controller.signal,
    onUndeliverable: () => undefined,
  });
  const tracked = producer.pageView(pageView('a'));
  await vi.advanceTimersByTimeAsync(100);
  controller.abort(new Error('shutting down'));
  await expect(tracked).rejects.toMatchObject({
    code: 'undeliverable',
    cause: { message: 'shutting down' },
  });
  await expect(producer.pageView(pageView('a'))).rejects.toMatchObject({ code: 'closed' });
  await producer.close();
  expect(stream.destroyed).toBe(1);
});

/** The piece that the next event is written to. */
const PIECE_BYTES = 4_096;
const MIB = 1024 * 1024;
const SMALL = { maxRecordBytes: 1024, maxRequestBytes: 1024 } as const;

test('a record that is larger than maxRequestBytes goes alone', async () => {
  const stream = new FaultyStream();
  const producer = createProducer({
    streamName: 'events',
    transport: stream,
    maxRequestBytes: 2 * 1024,
  });
  for (const user of ['a', 'b', 'c']) void producer.pageView(pageView(user));
  const url = `https://shop.example/?q=${'x'.repeat(1_900)}`;
  void producer.pageView({ ...pageView('large', 'x'.repeat(400)), url });
  for (const user of ['d', 'e']) void producer.pageView(pageView(user));
  await vi.advanceTimersByTimeAsync(1_000);
  await producer.close();
  expect(stream.requests).toEqual([3, 1, 2]);
});

test('a full buffer lets events wait their turn, and turns away what the line cannot hold', async () => {
  const stream = new FaultyStream();
  const codes: string[] = [];
  const producer = createProducer({
    streamName: 'events',
    transport: stream,
    maxBufferRecords: 3,
    maxWaitingRecords: 2,
    onUndeliverable: (_event, error) => codes.push(error.code),
  });
  const users = ['a', 'b', 'c', 'd', 'a', 'e'];
  const tracked = users.map((user) => producer.pageView(pageView(user)));
  expect(producer.stats()).toMatchObject({ bufferedRecords: 3, waitingRecords: 2, failed: 1 });
  await expect(tracked.at(-1)).rejects.toMatchObject({ code: 'buffer_full' });
  await vi.advanceTimersByTimeAsync(1_000);
  await Promise.all(tracked.slice(0, 5));
  expect(stream.stored.map((record) => record.partitionKey)).toEqual(['a', 'b', 'c', 'd', 'a']);
  expect(codes).toEqual(['buffer_full']);
  await producer.close();
});

test('or the oldest makes room, and its caller is told', async () => {
  const stream = new FaultyStream();
  const reported: string[] = [];
  const producer = createProducer({
    streamName: 'events',
    transport: stream,
    maxBufferRecords: 3,
    whenFull: 'drop-oldest',
    onUndeliverable: ({ payload }, error) => {
      reported.push(`${error.code} ${JSON.stringify(payload)}`);
    },
  });
  const tracked = ['1', '2', '3', '4', '5'].map((title) => producer.pageView(pageView('a', title)));
  await vi.advanceTimersByTimeAsync(0);
  for (const receipt of tracked.slice(0, 2)) {
    await expect(receipt).rejects.toMatchObject({ code: 'dropped' });
  }
  await vi.advanceTimersByTimeAsync(1_000);
  await Promise.all(tracked.slice(2));
  expect(stream.stored.map(({ event }) => titleOf(event))).toEqual(['3', '4', '5']);
  expect(reported).toEqual([
    expect.stringMatching(/^dropped .*"title":"1"/),
    expect.stringMatching(/^dropped .*"title":"2"/),
  ]);
  expect(producer.stats()).toMatchObject({ delivered: 3, failed: 2, dropped: 2 });
  await producer.close();
});

test('one busy user is warned of', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const producer = createProducer({ streamName: 'events', transport: new FaultyStream() });
  for (let index = 0; index < 999; index += 1) void producer.pageView(pageView('busy'));
  expect(warn).not.toHaveBeenCalled();
  void producer.pageView(pageView('busy'));
  expect(warn.mock.calls[0]?.[0]).toContain("wait for the partition key 'busy' alone");
  expect(producer.stats().longestQueue).toEqual({ partitionKey: 'busy', records: 1_000 });
  void producer.close({ timeoutMs: 0 });
  await vi.advanceTimersByTimeAsync(10);
  warn.mockRestore();
});

test('or turns events away at once', async () => {
  const producer = createProducer({
    streamName: 'events',
    transport: new FaultyStream(),
    ...SMALL,
    maxBufferBytes: 1024,
    whenFull: 'reject',
    onUndeliverable: () => undefined,
  });
  const title = 'x'.repeat(250);
  const tracked = ['a', 'b', 'c', 'd'].map((user) => producer.pageView(pageView(user, title)));
  expect(producer.stats()).toMatchObject({ bufferedRecords: 2, waitingRecords: 0, failed: 2 });
  await vi.advanceTimersByTimeAsync(1_000);
  const settled = await Promise.allSettled(tracked);
  expect(settled.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
  ]);
  await producer.close();
});

test('memory is bounded through an outage, however much is tracked', async () => {
  const stream = new FaultyStream([], 10_000_000);
  const producer = createProducer({
    streamName: 'events',
    transport: stream,
    maxBufferBytes: MIB,
    onUndeliverable: () => undefined,
  });
  for (let index = 0; index < 20_000; index += 1) {
    void producer.pageView(pageView(`user-${index % 100}`, 'x'.repeat(100)));
  }
  const { bufferedBytes, waitingRecords, bufferedRecords, failed } = producer.stats();
  expect(bufferedBytes).toBeLessThanOrEqual(MIB);
  expect(bufferedBytes).toBeGreaterThan(MIB - 1024);
  expect(waitingRecords).toBeGreaterThan(0);
  expect(bufferedRecords + waitingRecords + failed).toBe(20_000);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(producer.stats()).toMatchObject({ bufferedBytes: 0, waitingRecords: 0, failed: 20_000 });
  await producer.close();
});

test('events that wait beside others that are delivered do not hold the memory of those', async () => {
  const transport: Transport = {
    putRecords: async (records) =>
      records.map(({ partitionKey }) =>
        partitionKey.startsWith('slow')
          ? { ok: false, code: 'InternalFailure', message: 'not now' }
          : { ok: true, shardId: 'shardId-0', sequenceNumber: '1' },
      ),
  };
  const producer = createProducer({
    streamName: 'events',
    transport,
    deliveryTimeoutMs: 3_600_000,
    onUndeliverable: () => undefined,
  });
  let most = 0;
  for (let turn = 0; turn < 300; turn += 1) {
    for (let index = 0; index < 100; index += 1) {
      void producer.pageView(pageView(`${index % 12 === 0 ? 'slow' : 'user'}-${index}`));
    }
    await vi.advanceTimersByTimeAsync(100);
    const { bufferedBytes, memoryBytes } = producer.stats();
    expect(memoryBytes).toBeLessThanOrEqual(2 * bufferedBytes + 4.2 * MIB);
    most = Math.max(most, memoryBytes);
  }
  expect(most, 'and there was enough to hold').toBeGreaterThan(4 * MIB);
  const closed = producer.close({ timeoutMs: 0 });
  await vi.advanceTimersByTimeAsync(1);
  await closed;
  expect(producer.stats().memoryBytes).toBe(PIECE_BYTES);
});

test('what a retry cannot mend fails at once, one refused record does not take others along', async () => {
  const stream = new FaultyStream();
  const put = stream.putRecords.bind(stream);
  const transport = Object.assign(stream, {
    putRecords: async (...[records, options]: Parameters<typeof put>) => {
      if (records.some(({ partitionKey }) => partitionKey === 'poison')) throw new Error('refused');
      if (records.some(({ partitionKey }) => partitionKey === 'fatal')) throw new Error('fatal');
      return put(records, options);
    },
    explainFault: (error: unknown) => ({
      kind: String(error).endsWith('refused') ? ('refused' as const) : ('fatal' as const),
      message: 'do something about it',
    }),
  });
  const producer = createProducer({
    streamName: 'events',
    transport,
    onUndeliverable: () => undefined,
  });
  const poison = producer.pageView(pageView('poison'));
  const others = ['a', 'b', 'c'].map((user) => producer.pageView(pageView(user)));
  await vi.advanceTimersByTimeAsync(200);
  await expect(poison).rejects.toThrow('do something about it');
  expect(await Promise.all(others)).toHaveLength(3);
  const fatal = producer.pageView(pageView('fatal'));
  await vi.advanceTimersByTimeAsync(200);
  await expect(fatal).rejects.toMatchObject({ code: 'undeliverable' });
  await producer.close();
});
