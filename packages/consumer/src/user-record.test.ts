import { deaggregate } from '@clickstream/aggregation';
import { aggregate as aggregateByRival, type EncodedRecord } from 'aws-kinesis-agg';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { everyHandler } from '../test/handlers.ts';
import {
  aggregate,
  kinesisEvent,
  kinesisRecord,
  pageView,
  plentyOfTime,
} from '../test/kinesis-records.ts';
import type { IncompleteBatch, PermanentFailure } from './failures.ts';
import { createKinesisHandler } from './kinesis-handler.ts';
import type { KinesisHandlerOptions } from './options.ts';
import type { RecordPosition } from './record-context.ts';
import { payloadOf, userRecordsOf } from './user-record.ts';

const json = (number: string): string => JSON.stringify(pageView(number));

/** Runs one batch and says what came of it, in the order in which it came. */
async function handle(
  event: ReturnType<typeof kinesisEvent>,
  options: Partial<KinesisHandlerOptions<void>> = {},
) {
  const seen: RecordPosition[] = [];
  const failures: PermanentFailure[] = [];
  const reports: IncompleteBatch[] = [];
  const { batchItemFailures } = await createKinesisHandler<void>({
    handlers: everyHandler<void>((_, record) => void seen.push(record)),
    onPermanentFailure: async (failure) => void failures.push(failure),
    onIncomplete: (batch) => void reports.push(batch),
    ...options,
  })(event, plentyOfTime);
  return { batchItemFailures, seen, failures, reports };
}

const placeOf = ({ sequenceNumber, subsequenceNumber, partitionKey }: RecordPosition) => [
  sequenceNumber,
  subsequenceNumber,
  partitionKey,
];

test('plain and aggregated records come mixed; each user record has its place and key', async () => {
  const event = kinesisEvent(
    { sequenceNumber: '1', partitionKey: 'a' },
    {
      sequenceNumber: '2',
      partitionKey: 'outer',
      data: aggregate(
        { partitionKey: 'a', data: json('20') },
        { partitionKey: 'b', data: json('21') },
        { partitionKey: 'a', data: json('22') },
      ),
    },
    { sequenceNumber: '3', partitionKey: 'b' },
  );
  const { batchItemFailures, seen } = await handle(event);
  expect(batchItemFailures).toEqual([]);
  expect(seen.map(placeOf)).toEqual([
    ['1', undefined, 'a'],
    ['2', 0, 'a'],
    ['2', 1, 'b'],
    ['2', 2, 'a'],
    ['3', undefined, 'b'],
  ]);
  expect(seen[0]).not.toHaveProperty('subsequenceNumber');
  expect(seen[1]).toMatchObject({
    shardId: 'shardId-000000000001',
    arrivedAtMs: 1_764_000_000_125,
  });
});

test('a poison user record goes away alone, with its own payload, and the others go on', async () => {
  const data = aggregate(
    { partitionKey: 'a', data: json('20') },
    { partitionKey: 'b', data: 'poison' },
    { partitionKey: 'a', data: json('22') },
  );
  const { batchItemFailures, seen, failures } = await handle(
    kinesisEvent({ sequenceNumber: '2', data }),
  );
  expect(batchItemFailures).toEqual([]);
  expect(seen.map(placeOf)).toEqual([
    ['2', 0, 'a'],
    ['2', 2, 'a'],
  ]);
  expect(failures.map(({ reason, record }) => [reason, ...placeOf(record)])).toEqual([
    ['not_json', '2', 1, 'b'],
  ]);
  expect(Buffer.from(failures[0]?.record.data ?? []).toString()).toBe('poison');
});

test('an outer record comes again until all of its user records are done', async () => {
  const two = aggregate(
    { partitionKey: 'a', data: json('20') },
    { partitionKey: 'b', data: json('21') },
  );
  const event = kinesisEvent(
    { sequenceNumber: '9' },
    { sequenceNumber: '10', data: two },
    { sequenceNumber: '11' },
  );
  const down = new Error('down');
  const { batchItemFailures, reports } = await handle(event, {
    handlers: everyHandler<void>((_, { sequenceNumber, subsequenceNumber }) => {
      if (sequenceNumber === '10' && subsequenceNumber === 1) throw down;
    }),
  });
  expect(batchItemFailures).toEqual([{ itemIdentifier: '10' }]);
  expect(reports).toMatchObject([
    {
      firstUnfinished: '10',
      batchSize: 3,
      redelivered: 2,
      failures: [{ error: down, record: { subsequenceNumber: 1, partitionKey: 'b' } }],
    },
  ]);
});

test('an aggregate without user records is done', async () => {
  const empty = Buffer.from('f3899ac20a0161', 'hex');
  const digest = Buffer.from('0da6f998a7e312b8f5235eeeb285497b', 'hex');
  const event = kinesisEvent({ sequenceNumber: '1', data: Buffer.concat([empty, digest]) });
  expect(await handle(event)).toEqual({
    batchItemFailures: [],
    seen: [],
    failures: [],
    reports: [],
  });
});

test('a damaged aggregate goes away whole, byte for byte', async () => {
  const data = Buffer.from(aggregate({ partitionKey: 'a', data: json('1') }));
  data[30] = (data[30] ?? 0) ^ 1;
  const { failures, seen } = await handle(
    kinesisEvent({ sequenceNumber: '1', partitionKey: 'outer', data }),
  );
  expect(seen).toEqual([]);
  expect(failures).toMatchObject([{ reason: 'not_json', record: { partitionKey: 'outer', data } }]);
  expect(failures[0]?.record).not.toHaveProperty('subsequenceNumber');
});

test('what aws-kinesis-agg has aggregated is handled', async () => {
  const { data } = await new Promise<EncodedRecord>((resolve, reject) => {
    aggregateByRival(
      ['0', '1', '2'].map((number) => ({ partitionKey: `u${number}`, data: json(number) })),
      (record, done) => {
        resolve(record);
        done();
      },
      () => undefined,
      reject,
    );
  });
  const { seen } = await handle(kinesisEvent({ sequenceNumber: '5', data }));
  expect(seen.map(placeOf)).toEqual([
    ['5', 0, 'u0'],
    ['5', 1, 'u1'],
    ['5', 2, 'u2'],
  ]);
});

test('whatever the bytes are, they are taken apart as the format says, or left alone', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.uint8Array({ maxLength: 60 }).map((tail) => Buffer.from([0xf3, 0x89, 0x9a, 0xc2, ...tail])),
    fc
      .array(fc.record({ partitionKey: fc.string(), data: fc.uint8Array() }), { minLength: 1 })
      .map((records) => aggregate(...records)),
  );
  fc.assert(
    fc.property(bytes, (data) => {
      const records = userRecordsOf([kinesisRecord({ sequenceNumber: '1', data })]);
      const parts = deaggregate(data);
      const payloads = records.map((record) => Buffer.from(payloadOf(record)));
      expect(payloads).toEqual((parts ?? [{ data }]).map((part) => Buffer.from(part.data)));
      expect(records.map(({ partitionKey }) => partitionKey)).toEqual(
        parts?.map(({ partitionKey }) => partitionKey) ?? ['user-1'],
      );
    }),
  );
});

test('text beyond ASCII arrives as it was written, and what is no UTF-8 is told', async () => {
  const titles: unknown[] = [];
  const failures: PermanentFailure[] = [];
  const handler = createKinesisHandler({
    handlers: everyHandler<void>((event) => void titles.push('title' in event && event.title)),
    onPermanentFailure: async (failure) => void failures.push(failure),
  });
  const titled = (title: string): string => JSON.stringify({ ...pageView('1'), title });
  const event = kinesisEvent(
    { sequenceNumber: '1', data: titled('plain') },
    { sequenceNumber: '2', data: titled('Zürich 👟') },
    { sequenceNumber: '3', data: Buffer.from(titled('Zürich'), 'latin1') },
  );
  expect(await handler(event, plentyOfTime)).toEqual({ batchItemFailures: [] });
  expect(titles).toEqual(['plain', 'Zürich 👟']);
  expect(failures).toMatchObject([{ reason: 'not_json', record: { sequenceNumber: '3' } }]);
});
