import { AggregateWriter } from '@clickstream/aggregation';
import { pageViewSample } from '@clickstream/events';
import { type DeadLetter, deadLetter, payloadOf, type Quarantine } from '@clickstream/quarantine';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startLocalServices } from '../test/local-services.ts';
import { onFailureMessage, sqsEvent } from '../test/messages.ts';
import { createDlqHandler } from './dlq-handler.ts';
import type { Telemetry } from './telemetry.ts';

type Services = Awaited<ReturnType<typeof startLocalServices>>;
type Faults = NonNullable<NonNullable<Parameters<typeof startLocalServices>[0]>['faults']>;

const HOUR_MS = 3_600_000;
let nowMs: number;
let faults: Faults;
let services: Services;
let lines: Readonly<Record<string, unknown>>[];
let counts: Record<string, number>;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 31, 12);
  faults = () => undefined;
  lines = [];
  counts = {};
  services = await startLocalServices({ now: () => nowMs, faults: (request) => faults(request) });
});
afterEach(() => services.close());

/** Runs one invocation and resolves to the ids of the messages that stay in the queue. */
async function invoke(
  messages: Readonly<Record<string, string>>,
  { remainingMs = 60_000, quarantine = services.quarantine } = {},
): Promise<readonly string[]> {
  const { kinesis } = services;
  const telemetry: Telemetry = {
    log: (line) => void lines.push(line),
    count: (metric, count) => void (counts[metric] = (counts[metric] ?? 0) + count),
  };
  const handler = createDlqHandler({ quarantine, kinesis, telemetry });
  const context = { getRemainingTimeInMillis: () => remainingMs };
  const { batchItemFailures } = await handler(sqsEvent(messages), context);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

function letterOf(sequenceNumber: string): DeadLetter {
  return deadLetter({
    reason: 'not_json',
    message: 'The record is not JSON.',
    record: {
      streamArn: services.streamArn,
      shardId: 'shardId-000000000000',
      sequenceNumber,
      partitionKey: 'ann\0',
      arrivedAtMs: nowMs,
      data: Uint8Array.of(0xff, 0),
    },
  });
}

function records(contents: Awaited<ReturnType<Services['contents']>>): readonly DeadLetter[] {
  return contents.filter((document) => document.kind === 'record');
}

it('stores a letter with its payload as it is', async () => {
  const letter = letterOf('7');
  expect(await invoke({ a: JSON.stringify(letter) })).toEqual([]);
  expect(await services.contents()).toEqual([letter]);
});

it('reads a batch that was given up from the stream again', async () => {
  const event = Buffer.from(JSON.stringify(pageViewSample));
  const wrong = Buffer.from(JSON.stringify({ ...pageViewSample, url: 7 }));
  const junk = Buffer.from([0xc3, 0x28]);
  await services.write(Buffer.from('before'));
  const start = await services.write(event, 'ann');
  await services.write(wrong, 'ben');
  const end = await services.write(junk, 'cec');
  await services.write(Buffer.from('behind'));

  expect(await invoke({ a: onFailureMessage(services.streamArn, start, end, 3) })).toEqual([]);
  const stored = records(await services.contents());
  expect(stored.map(payloadOf).map((bytes) => Buffer.from(bytes))).toEqual([event, wrong, junk]);
  expect(stored).toMatchObject([
    {
      reason: 'exhausted',
      partitionKey: 'ann',
      eventId: pageViewSample.event_id,
      eventType: 'page_view',
      issues: [],
      message: expect.stringMatching(/RetryAttemptsExhausted.* 4\)\.$/) as unknown,
      arrivedAt: '2026-01-31T12:00:00.000Z',
      failedAt: '2026-02-01T00:00:09.000Z',
      streamArn: services.streamArn,
      shardId: 'shardId-000000000000',
      sequenceNumber: start,
    },
    {
      reason: 'exhausted',
      partitionKey: 'ben',
      eventType: 'page_view',
      issues: [{ path: '/url' }],
    },
    {
      reason: 'exhausted',
      partitionKey: 'cec',
      message: expect.stringContaining('not UTF-8') as unknown,
      sequenceNumber: end,
    },
  ]);
  expect(lines).toMatchObject([{ level: 'WARN', recordsFound: 3 }]);
});

it('stores each user record of an aggregate that was given up, in one place every time', async () => {
  const writer = new AggregateWriter();
  writer.add('ann', JSON.stringify(pageViewSample));
  writer.add('ben', 'poison');
  writer.add('ann', JSON.stringify(pageViewSample));
  const start = await services.write(writer.finish(), 'outer');
  const end = await services.write(Buffer.from('{}'), 'cec');
  const messages = { a: onFailureMessage(services.streamArn, start, end, 2) };
  for (let delivery = 0; delivery < 2; delivery++) {
    expect(await invoke(messages)).toEqual([]);
    const stored = records(await services.contents());
    expect(
      stored.map(({ sequenceNumber, subsequenceNumber, partitionKey, data }) => [
        sequenceNumber,
        subsequenceNumber,
        partitionKey,
        Buffer.from(data, 'base64').toString(),
      ]),
    ).toEqual([
      [start, 0, 'ann', JSON.stringify(pageViewSample)],
      [start, 1, 'ben', 'poison'],
      [start, 2, 'ann', JSON.stringify(pageViewSample)],
      [end, undefined, 'cec', '{}'],
    ]);
    expect(stored[0]).toMatchObject({ reason: 'exhausted', eventId: pageViewSample.event_id });
    expect(lines.at(-1)).toMatchObject({ level: 'WARN', recordsFound: 2, letters: 4 });
  }
});

it('takes the records of other lanes along', async () => {
  const start = await services.write(Buffer.from('{}'));
  await services.write(Buffer.from('{}'));
  const end = await services.write(Buffer.from('{}'));
  expect(await invoke({ a: onFailureMessage(services.streamArn, start, end, 1) })).toEqual([]);
  expect(await services.contents()).toHaveLength(3);
});

it('records and counts what the stream no longer holds', async () => {
  const start = await services.write(Buffer.from('{}'));
  nowMs += 23 * HOUR_MS;
  const left = await services.write(Buffer.from('{}'));
  nowMs += 2 * HOUR_MS;

  expect(await invoke({ a: onFailureMessage(services.streamArn, start, left, 2) })).toEqual([]);
  const [expired, ...others] = await services.contents();
  expect(expired).toMatchObject({
    kind: 'expired',
    startSequenceNumber: start,
    endSequenceNumber: left,
    batchSize: 2,
    recordsFound: 1,
    missing: [{ from: start, to: String(BigInt(left) - 1n) }],
    condition: 'RetryAttemptsExhausted',
  });
  expect(others).toMatchObject([{ reason: 'exhausted', sequenceNumber: left }]);
  expect(lines).toMatchObject([{ level: 'ERROR', recordsFound: 1 }]);
  expect(counts).toEqual({ ExpiredRanges: 1, StoredLetters: 1 });

  // Redelivered when nothing at all is left: the same object says so now.
  nowMs += 48 * HOUR_MS;
  await invoke({ a: onFailureMessage(services.streamArn, start, left, 2) });
  expect(await services.contents()).toMatchObject([
    { kind: 'expired', recordsFound: 0, missing: [{ from: start, to: left }] },
    others[0],
  ]);
});

it('notices that a range has fewer records than its batch had', async () => {
  const start = await services.write(Buffer.from('{}'));
  const end = await services.write(Buffer.from('{}'));
  expect(await invoke({ a: onFailureMessage(services.streamArn, start, end, 3) })).toEqual([]);
  expect((await services.contents())[0]).toMatchObject({
    kind: 'expired',
    recordsFound: 2,
    missing: [{ from: start, to: end }],
  });
});

it('keeps a message that it cannot read, verbatim', async () => {
  const bodies = {
    empty: '',
    text: 'hello\0\ud800 "quoted"\n',
    'half/a letter': JSON.stringify({ ...letterOf('1'), sequenceNumber: undefined }),
    newer: JSON.stringify({ ...letterOf('1'), documentVersion: 3 }),
    json: '{"Records":[]}',
  };
  expect(await invoke(bodies)).toEqual([]);
  const contents = await services.contents();
  expect(contents).toHaveLength(5);
  for (const [messageId, body] of Object.entries(bodies)) {
    expect(contents).toContainEqual(
      expect.objectContaining({ kind: 'unreadable', messageId, body }),
    );
  }
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatchObject({ messageId: 'empty', key: 'unreadable/empty.json' });
});

it('fails only what failed', async () => {
  const sequence = await services.write(Buffer.from('{}'));
  faults = ({ operation }) => (operation === 'GetRecords' ? { kind: 'http_500' } : undefined);
  const quarantine: Quarantine = {
    ...services.quarantine,
    put: async (document, options) => {
      if (document.kind === 'record' && document.sequenceNumber === '2') throw new Error('no');
      return await services.quarantine.put(document, options);
    },
  };
  const messages = {
    range: onFailureMessage(services.streamArn, sequence, sequence, 1),
    bad: JSON.stringify(letterOf('2')),
    good: JSON.stringify(letterOf('3')),
    odd: '?',
  };
  const failed = await invoke(messages, { quarantine });
  expect(new Set(failed)).toEqual(new Set(['range', 'bad']));
  expect(await services.contents()).toMatchObject([{ sequenceNumber: '3' }, { body: '?' }]);
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'ERROR', messageId: 'bad', error: 'no' }),
  );

  faults = () => undefined;
  expect(await invoke(messages)).toEqual([]);
  expect(await services.contents()).toHaveLength(4);
});

it('changes nothing when everything is delivered again', async () => {
  const start = await services.write(Buffer.from('{}'));
  const end = await services.write(Buffer.from('[]'));
  const messages = {
    range: onFailureMessage(services.streamArn, start, end, 2),
    letter: JSON.stringify(letterOf('2')),
    odd: '?',
  };
  await invoke(messages);
  const contents = await services.contents();
  expect(contents).toHaveLength(4);
  await invoke(messages);
  expect(await services.contents()).toEqual(contents);
});

it('stops in time and leaves the rest in the queue', async () => {
  const start = await services.write(Buffer.from('{}'));
  const end = await services.write(Buffer.from('{}'));
  faults = ({ operation }) => (operation === 'GetRecords' ? { kind: 'hang' } : undefined);
  const messages = {
    first: onFailureMessage(services.streamArn, start, end, 2),
    second: onFailureMessage(services.streamArn, end, end, 1),
    letter: JSON.stringify(letterOf('2')),
  };
  expect(await invoke(messages, { remainingMs: 2_200 })).toEqual(['first', 'second']);
  expect(await services.contents()).toHaveLength(1);
  expect(lines).toMatchObject([
    { messageId: 'first', error: 'The time of this invocation is over.' },
    { messageId: 'second', error: 'The time of this invocation is over.' },
  ]);
});

it('starts nothing when there is no time at all', async () => {
  expect(await invoke({ a: JSON.stringify(letterOf('1')), b: '' }, { remainingMs: 1_999 })).toEqual(
    ['a', 'b'],
  );
  expect(await services.contents()).toEqual([]);
});

it('answers an empty batch', async () => {
  expect(await invoke({})).toEqual([]);
});
