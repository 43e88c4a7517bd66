import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { createKinesisHandler, PermanentError } from '@clickstream/consumer';
import { clickSample, pageViewSample, purchaseSample } from '@clickstream/events';
import { afterEach, expect, test, vi } from 'vitest';
import { createTelemetry } from './telemetry.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

type Line = Readonly<Record<string, unknown>>;

/** Runs a batch of these payloads and reads what was printed. */
async function run(...payloads: readonly unknown[]): Promise<readonly Line[]> {
  const printed: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  }
  const handler = createKinesisHandler<void>({
    handlers: {
      pageView: () => undefined,
      click: () => {
        throw new PermanentError(`no click of ${clickSample.user_id}`);
      },
      purchase: ({ currency }) => {
        throw currency === 'CHF' ? Object.create(null) : new Error('the store is away');
      },
    },
    onPermanentFailure: async () => undefined,
    ...createTelemetry(
      new Logger({ serviceName: 'stream-processor' }),
      new Metrics({ namespace: 'Clickstream', serviceName: 'stream-processor' }),
    ),
  });
  const records = payloads.map((payload, index) => ({
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: 'ann@example.com',
      sequenceNumber: String(index + 1),
      data: Buffer.from(JSON.stringify(payload)).toString('base64'),
      approximateArrivalTimestamp: 1_764_000_000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `shardId-000000000001:${index + 1}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::123456789012:role/processor',
    awsRegion: 'eu-central-1',
    eventSourceARN: 'arn:aws:kinesis:eu-central-1:123456789012:stream/clickstream',
  }));
  await handler({ Records: records }, { getRemainingTimeInMillis: () => 20_000 });
  vi.restoreAllMocks();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- lines of JSON, or the test fails
  return printed.map((text) => JSON.parse(text) as Line);
}

test('a batch is one line of metrics, and one more per event type and reason', async () => {
  const lines = await run(pageViewSample, pageViewSample, {});
  const metrics = lines.filter((line) => '_aws' in line);
  expect(metrics).toMatchObject([
    { service: 'stream-processor', event_type: 'page_view', EventsHandled: 2 },
    { service: 'stream-processor', reason: 'unknown_event', EventsRejected: 1 },
    {
      service: 'stream-processor',
      Records: 3,
      Events: 3,
      EventsPerRecord: 1,
      EventsFailed: 0,
      BatchesStopped: 0,
      RemainingTime: 20_000,
      shardId: 'shardId-000000000001',
      _aws: { CloudWatchMetrics: [{ Namespace: 'Clickstream', Dimensions: [['service']] }] },
    },
  ]);
});

test('the latency of each event is kept, a hundred to a line', async () => {
  const lines = await run(...Array.from({ length: 130 }, () => pageViewSample), {});
  const latencies = lines.flatMap(({ EventLatency: latency }) =>
    Array.isArray(latency) ? [latency] : [],
  );
  expect(latencies.map(({ length }) => length)).toEqual([100, 30]);
  const sinceArrivalMs = Date.now() - 1_764_000_000_000;
  for (const latency of latencies.flat()) {
    expect(latency).toBeGreaterThan(sinceArrivalMs - 10_000);
    expect(latency).toBeLessThanOrEqual(sinceArrivalMs);
  }
});

test('what was put away is told by its place, without anything of the payload', async () => {
  const secret = 'ann@example.com';
  const lines = await run(
    { ...pageViewSample, url: secret, user_id: '' },
    clickSample,
    { event_type: secret, event_id: secret },
    { ...pageViewSample, event_id: secret },
  );
  const told = lines.filter(({ level }) => level === 'WARN');
  const place = { shardId: 'shardId-000000000001', service: 'stream-processor' };
  expect(told).toMatchObject([
    {
      ...place,
      sequenceNumber: '1',
      reason: 'invalid',
      eventId: pageViewSample.event_id,
      eventType: 'page_view',
      issues: [{ path: '/user_id' }, { path: '/url', expected: 'an absolute http or https URL' }],
    },
    { ...place, sequenceNumber: '2', reason: 'rejected', eventId: clickSample.event_id },
    { ...place, sequenceNumber: '3', reason: 'unknown_event' },
    { ...place, sequenceNumber: '4', reason: 'invalid', issues: [{ path: '/event_id' }] },
  ]);
  const text = JSON.stringify(lines);
  for (const personal of [secret, clickSample.user_id, pageViewSample.url]) {
    expect(text).not.toContain(personal);
  }
});

test('a batch that was stopped is one line, with the reason', async () => {
  const lines = await run(pageViewSample, purchaseSample, pageViewSample);
  expect(lines.filter(({ level }) => level === 'ERROR')).toMatchObject([
    {
      reason: 'failure',
      shardId: 'shardId-000000000001',
      firstUnfinished: '2',
      redelivered: 2,
      stage: 'handler',
      sequenceNumber: '2',
      eventType: 'purchase',
      error: { message: 'the store is away' },
    },
  ]);
  expect(lines.at(-2)).toMatchObject({ BatchesStopped: 1, stoppedBy: 'failure' });
});

test('so it is when what was thrown has no text', async () => {
  const lines = await run({ ...purchaseSample, currency: 'CHF' });
  expect(lines.find(({ message }) => String(message).startsWith('A batch was'))).toMatchObject({
    stage: 'handler',
    error: { message: '[Object: null prototype] {}' },
  });
});
