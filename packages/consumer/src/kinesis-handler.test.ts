import { setImmediate } from 'node:timers/promises';
import { clickSample, pageViewSample, purchaseSample } from '@clickstream/events';
import { afterEach, expect, test, vi } from 'vitest';
import { everyHandler } from '../test/handlers.ts';
import { kinesisEvent, kinesisRecord, pageView, plentyOfTime } from '../test/kinesis-records.ts';
import { PermanentError } from './errors.ts';
import type { IncompleteBatch, PermanentFailure } from './failures.ts';
import { createKinesisHandler } from './kinesis-handler.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const ignoreAll = everyHandler<void>(() => undefined);

const anySignal: unknown = expect.any(AbortSignal);

const json = (value: unknown): string => JSON.stringify(value);

test('each event comes to its handler, with its place in the stream', async () => {
  const seen: unknown[] = [];
  const handler = createKinesisHandler({
    handlers: {
      ...ignoreAll,
      pageView: ({ url }, record) => void seen.push(url, record),
      click: ({ element_id: element }) => void seen.push(element),
      purchase: ({ amount }) => void seen.push(amount),
    },
    onPermanentFailure: async () => undefined,
  });
  const event = kinesisEvent(
    { sequenceNumber: '8', data: json(pageViewSample), partitionKey: 'anything' },
    { sequenceNumber: '9', data: json(clickSample) },
    { sequenceNumber: '10', data: json(purchaseSample) },
  );
  expect(await handler(event, plentyOfTime)).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual([
    pageViewSample.url,
    {
      streamArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/clickstream',
      shardId: 'shardId-000000000001',
      sequenceNumber: '8',
      partitionKey: 'anything',
      arrivedAtMs: 1_764_000_000_125,
      schemaVersion: pageViewSample.schema_version,
      signal: anySignal,
    },
    clickSample.element_id,
    purchaseSample.amount,
  ]);
});

test('an empty batch is done', async () => {
  const handler = createKinesisHandler({
    handlers: ignoreAll,
    onPermanentFailure: async () => undefined,
  });
  expect(await handler({ Records: [] }, plentyOfTime)).toEqual({ batchItemFailures: [] });
});

test('what can never be processed goes away whole, with the reason, and the rest goes on', async () => {
  const failures: PermanentFailure[] = [];
  const seen: string[] = [];
  const refusal = new PermanentError('The shop is closed');
  const handler = createKinesisHandler({
    handlers: {
      ...ignoreAll,
      pageView: ({ event_id: id }) => void seen.push(id),
      click: () => {
        throw refusal;
      },
    },
    onPermanentFailure: async (failure) => void failures.push(failure),
  });
  const notUtf8 = Uint8Array.from([0xff, 0x00, 0x7b]);
  const invalid = { ...pageViewSample, url: 'nowhere' };
  const event = kinesisEvent(
    { sequenceNumber: '1', data: notUtf8 },
    { sequenceNumber: '2', data: json({ event_type: 'page_scroll', event_id: 'e-2' }) },
    { sequenceNumber: '3', data: json({ ...pageViewSample, schema_version: '99.0.0' }) },
    { sequenceNumber: '4', data: json(invalid) },
    { sequenceNumber: '5', data: json(clickSample) },
    { sequenceNumber: '6' },
  );
  expect(await handler(event, plentyOfTime)).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual([pageView('6').event_id]);
  expect(failures.map(({ reason, record }) => [reason, record.sequenceNumber])).toEqual([
    ['not_json', '1'],
    ['unknown_event', '2'],
    ['unknown_version', '3'],
    ['invalid', '4'],
    ['rejected', '5'],
  ]);
  expect(failures[0]?.record).toEqual({
    streamArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/clickstream',
    shardId: 'shardId-000000000001',
    sequenceNumber: '1',
    partitionKey: 'user-1',
    arrivedAtMs: 1_764_000_000_125,
    data: Buffer.from(notUtf8),
  });
  expect(failures[1]).toMatchObject({ eventType: 'page_scroll', eventId: 'e-2', issues: [] });
  expect(failures[3]?.issues).toMatchObject([{ path: '/url' }]);
  expect(failures[3]).not.toHaveProperty('ok');
  expect(failures[4]).toMatchObject({
    message: 'The shop is closed',
    eventId: clickSample.event_id,
    eventType: 'click',
    cause: refusal,
  });
});

test('the trap of the last good record: 6 fails, 7 of the same user waits, 5 is not done again', async () => {
  const seen: string[] = [];
  const reports: IncompleteBatch[] = [];
  const down = new Error('The shop is down');
  const handler = createKinesisHandler({
    handlers: {
      ...ignoreAll,
      pageView: (_, { sequenceNumber }) => {
        seen.push(sequenceNumber);
        if (sequenceNumber === '6') throw down;
      },
    },
    onPermanentFailure: async () => undefined,
    onIncomplete: (batch) => void reports.push(batch),
  });
  const event = kinesisEvent(
    { sequenceNumber: '5' },
    { sequenceNumber: '6' },
    { sequenceNumber: '7' },
  );
  expect(await handler(event, plentyOfTime)).toEqual({
    batchItemFailures: [{ itemIdentifier: '6' }],
  });
  expect(seen).toEqual(['5', '6']);
  expect(reports).toMatchObject([
    {
      reason: 'failure',
      shardId: 'shardId-000000000001',
      firstUnfinished: '6',
      batchSize: 3,
      redelivered: 2,
      oldestArrivedAtMs: 1_764_000_000_125,
      failures: [{ stage: 'handler', error: down, eventId: pageView('6').event_id }],
    },
  ]);
});

test('by default an incomplete batch is one line of JSON that says what happens next', async () => {
  const lines = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const handler = createKinesisHandler({
    handlers: {
      ...ignoreAll,
      pageView: () => {
        throw new Error('The shop is down', { cause: new Error('ECONNREFUSED') });
      },
    },
    onPermanentFailure: async () => undefined,
  });
  const context = { ...plentyOfTime, awsRequestId: 'request-1' };
  await handler(kinesisEvent({ sequenceNumber: '6' }), context);
  expect(lines).toHaveBeenCalledTimes(1);
  const text = String(lines.mock.calls[0]?.[0]);
  expect(text).toMatch(/^[^\n]*\n$/);
  const line: unknown = JSON.parse(text);
  expect(line).toMatchObject({
    level: 'error',
    message: 'A handler failed: 1 of 1 records will be delivered again',
    requestId: 'request-1',
    shardId: 'shardId-000000000001',
    firstUnfinished: '6',
    failure: {
      stage: 'handler',
      sequenceNumber: '6',
      error: { message: 'The shop is down', cause: { message: 'ECONNREFUSED' } },
    },
  });
  expect(line).toHaveProperty('next', expect.stringContaining('from 6 on again'));
  expect(JSON.stringify(line)).not.toContain(pageViewSample.user_id);
});

test('a reporter that throws does not change the answer', async () => {
  const lines = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const handler = createKinesisHandler({
    handlers: ignoreAll,
    onPermanentFailure: async () => {
      throw new Error('The queue is down');
    },
    onIncomplete: () => {
      throw new Error('The reporter is down');
    },
  });
  const event = kinesisEvent({ sequenceNumber: '6', data: '{' });
  expect(await handler(event, plentyOfTime)).toEqual({
    batchItemFailures: [{ itemIdentifier: '6' }],
  });
  expect(lines).toHaveBeenCalledTimes(1);
});

test.each([
  ['nothing', undefined],
  ['an SQS event', { Records: [{ messageId: '1', body: '{}' }] }],
  ['a test event of the console', { key1: 'value1' }],
  ['a sequence number that is none', { Records: [kinesisRecord({ sequenceNumber: 'x' })] }],
  ['an empty sequence number', { Records: [kinesisRecord({ sequenceNumber: '' })] }],
  [
    'a record without a time',
    {
      Records: [
        {
          ...kinesisRecord({ sequenceNumber: '1' }),
          kinesis: {
            ...kinesisRecord({ sequenceNumber: '1' }).kinesis,
            approximateArrivalTimestamp: undefined,
          },
        },
      ],
    },
  ],
])('%s is refused loudly, not taken for an empty success', async (_, event) => {
  const handler = createKinesisHandler({
    handlers: ignoreAll,
    onPermanentFailure: async () => undefined,
  });
  // @ts-expect-error -- what a mapping of another source sends
  await expect(handler(event, plentyOfTime)).rejects.toMatchObject({
    name: 'ConsumerError',
    code: 'not_kinesis',
  });
});

test('by default ten keys are at work at a time, and up to fifty events are committed', async () => {
  let atWork = 0;
  let mostAtWork = 0;
  const commits: number[] = [];
  const handler = createKinesisHandler<number>({
    handlers: everyHandler(async () => {
      atWork += 1;
      mostAtWork = Math.max(mostAtWork, atWork);
      await setImmediate();
      atWork -= 1;
      return 1;
    }),
    commit: async (outcomes) => commits.push(outcomes.length),
    onPermanentFailure: async () => undefined,
  });
  const records = Array.from({ length: 60 }, (_, at) => ({
    sequenceNumber: String(at),
    partitionKey: `user-${at}`,
  }));
  await handler(kinesisEvent(...records), plentyOfTime);
  expect({ mostAtWork, commits }).toEqual({ mostAtWork: 10, commits: [50, 10] });
});

test.each<[string, object]>([
  ['handlers', { handlers: undefined }],
  ['handlers.click', { handlers: { ...ignoreAll, click: 'no function' } }],
  ['onPermanentFailure', { onPermanentFailure: undefined }],
  ['onIncomplete', { onIncomplete: 1 }],
  ['commit', { commit: {} }],
  ['concurrency', { concurrency: 0 }],
  ['concurrency', { concurrency: Number.NaN }],
  ['commitSize', { commitSize: 1.5 }],
  ['deadlineMarginMs', { deadlineMarginMs: 0 }],
])('a bad %s is named', (name, change) => {
  const options = { handlers: ignoreAll, onPermanentFailure: async () => undefined, ...change };
  const message: unknown = expect.stringContaining(`option ${name} must be`);
  expect(() => createKinesisHandler(options)).toThrow(
    expect.objectContaining({
      code: 'invalid_option',
      message,
    }),
  );
});
