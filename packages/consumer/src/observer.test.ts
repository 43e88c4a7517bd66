import { clickSample, pageViewSample } from '@clickstream/events';
import { afterEach, expect, test, vi } from 'vitest';
import { everyHandler } from '../test/handlers.ts';
import { aggregate, kinesisEvent, pageView, plentyOfTime } from '../test/kinesis-records.ts';
import { PermanentError } from './errors.ts';
import { createKinesisHandler } from './kinesis-handler.ts';
import type { BatchObserver, SettledBatch, SettledEvent } from './observer.ts';
import type { KinesisHandlerOptions } from './options.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const json = (value: unknown): string => JSON.stringify(value);

async function observe(
  batch: ReturnType<typeof kinesisEvent>,
  options: Partial<KinesisHandlerOptions<void>> = {},
): Promise<{ events: SettledEvent[]; batches: SettledBatch[] }> {
  const events: SettledEvent[] = [];
  const batches: SettledBatch[] = [];
  const observer: BatchObserver = {
    eventSettled: (event) => void events.push(event),
    batchSettled: (settled) => void batches.push(settled),
  };
  const handler = createKinesisHandler<void>({
    handlers: everyHandler(() => undefined),
    onPermanentFailure: async () => undefined,
    onIncomplete: () => undefined,
    observer,
    ...options,
  });
  await handler(batch, { ...plentyOfTime, awsRequestId: 'request-1' });
  return { events, batches };
}

test('a batch is told with its counts, its ages and what is left of the time', async () => {
  vi.useFakeTimers({ now: 1_764_000_005_125, toFake: ['Date'] });
  const old = { ...pageViewSample, timestamp: new Date(1_763_999_995_125).toISOString() };
  const young = { ...clickSample, timestamp: new Date(1_764_000_000_000).toISOString() };
  const { batches } = await observe(
    kinesisEvent(
      { sequenceNumber: '8', data: json(young) },
      {
        sequenceNumber: '9',
        data: aggregate(
          { partitionKey: 'a', data: json(old) },
          { partitionKey: 'b', data: json(young) },
          { partitionKey: 'c', data: 'no event' },
        ),
      },
    ),
  );
  expect(batches).toEqual([
    {
      requestId: 'request-1',
      streamArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/clickstream',
      shardId: 'shardId-000000000001',
      records: 2,
      aggregatedRecords: 1,
      events: 4,
      handled: { click: 2, page_view: 1 },
      rejected: { not_json: 1 },
      failed: 0,
      unfinished: 0,
      redelivered: 0,
      durationMs: expect.any(Number) as unknown,
      remainingMs: 60_000,
      arrivalAgeMs: 5_000,
      eventAgeMs: 10_000,
    },
  ]);
});

test('each event is told once, with what became of it', async () => {
  const { events, batches } = await observe(
    kinesisEvent(
      { sequenceNumber: '1', data: json(clickSample), partitionKey: 'a' },
      { sequenceNumber: '2', data: json(pageView('2')), partitionKey: 'b' },
      { sequenceNumber: '3', data: json(pageView('3')), partitionKey: 'c' },
      { sequenceNumber: '4', partitionKey: 'd' },
    ),
    {
      handlers: everyHandler<void>((_, { sequenceNumber }) => {
        if (sequenceNumber === '2') throw new PermanentError('never');
        if (sequenceNumber === '3') throw new Error('not now');
      }),
      // The rejected one is put away while the failure of the next is seen: nothing starts after it.
      concurrency: 2,
    },
  );
  const told = events.map(({ outcome, record }) => [record.sequenceNumber, outcome]);
  expect(told).toEqual([
    ['1', 'handled'],
    ['3', 'failed'],
    ['2', 'rejected'],
  ]);
  expect(events[0]).toMatchObject({ eventType: 'click', eventId: clickSample.event_id });
  expect(events[1]).toMatchObject({ failure: { stage: 'handler', eventType: 'page_view' } });
  expect(events[2]).toMatchObject({ failure: { reason: 'rejected', message: 'never' } });
  for (const { durationMs, arrivalAgeMs } of events) {
    expect(durationMs).toBeGreaterThanOrEqual(0);
    expect(arrivalAgeMs).toBeGreaterThan(0);
  }
  expect(batches).toMatchObject([
    { stoppedBy: 'failure', handled: { click: 1 }, failed: 1, unfinished: 1, redelivered: 2 },
  ]);
});

test('with commit an event counts as handled when it is committed', async () => {
  const order: string[] = [];
  const { batches } = await observe(
    kinesisEvent({ sequenceNumber: '1' }, { sequenceNumber: '2' }),
    {
      commitSize: 1,
      commit: async ([outcome]) => {
        if (outcome?.record.sequenceNumber === '2') throw new Error('the store is away');
      },
      observer: {
        eventSettled: ({ outcome, record }) =>
          void order.push(`${record.sequenceNumber} ${outcome}`),
      },
    },
  );
  expect(order).toEqual(['1 handled', '2 failed']);
  expect(batches).toEqual([]);
});

test('an observer that throws changes nothing, and is named once a batch', async () => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const handled: string[] = [];
  await observe(kinesisEvent({ sequenceNumber: '1' }, { sequenceNumber: '2' }), {
    handlers: everyHandler<void>((_, { sequenceNumber }) => void handled.push(sequenceNumber)),
    observer: {
      eventSettled: () => {
        throw new Error('oops');
      },
      batchSettled: () => {
        throw new Error('oops again');
      },
    },
  });
  expect(handled).toEqual(['1', '2']);
  expect(complaints.mock.calls).toEqual([['The observer threw', new Error('oops')]]);
});

test('an observer that is none is refused', async () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a script without types may do
  const observer = 'metrics' as unknown as BatchObserver;
  await expect(observe(kinesisEvent(), { observer })).rejects.toThrow(
    /option observer must be an object, not string/,
  );
});
