import { context, metrics, propagation, TraceFlags, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { afterEach, expect, test, vi } from 'vitest';
import { createProducer, type ProducerOptions } from './index.ts';
import { createTelemetry } from './telemetry.ts';
import { createMemoryTransport } from './testing.ts';

const VIEW = { user_id: 'user-1', url: 'https://shop.example/' };
const BASE = { 'messaging.system': 'aws_kinesis', 'messaging.destination.name': 'events' };
const LIMITS = { streamName: 'events', maxBatchRecords: 500, maxRequestBytes: 1_000_000 };
const EMPTY_QUEUE = { bufferedBytes: 0, bufferedRecords: 0, waitingRecords: 0 };

afterEach(() => {
  metrics.disable();
  trace.disable();
  context.disable();
  propagation.disable();
});

/** Registers the real SDK. The function collects: by name, each point's attributes and value. */
function registerMetrics() {
  const reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
    exportIntervalMillis: 3_600_000,
  });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  return async () => {
    const { resourceMetrics } = await reader.collect();
    const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    return new Map(
      all.map(({ descriptor, dataPoints }) => [
        `${descriptor.name} ${descriptor.unit}`,
        dataPoints.map(({ attributes, value }) => ({ attributes, value })),
      ]),
    );
  };
}

function setUp(options: Partial<ProducerOptions> = {}) {
  const transport = createMemoryTransport();
  const producer = createProducer({
    streamName: 'events',
    transport,
    lingerMs: 0,
    minBackoffMs: 1,
    maxBackoffMs: 1,
    onUndeliverable: () => undefined,
    ...options,
  });
  return { transport, producer };
}

test('the metrics say what was sent, tried again, delivered and given up', async () => {
  const collect = registerMetrics();
  const { transport, producer } = setUp();
  transport.failNext(
    { kind: 'request_fails', error: Object.assign(new Error('no'), { name: 'TimeoutError' }) },
    { kind: 'records_fail', code: 'InternalFailure' },
  );
  await producer.pageView(VIEW);
  await producer.pageView({ ...VIEW, url: 'nowhere' }).catch(() => undefined);
  transport.failNext({ kind: 'records_fail' });
  await producer.pageView(VIEW);
  await producer.flush();

  const points = await collect();
  const PUT = {
    ...BASE,
    'messaging.operation.name': 'PutRecords',
    'messaging.operation.type': 'send',
  };
  expect(points.get('messaging.client.sent.messages {message}')).toEqual([
    { attributes: PUT, value: 5 },
  ]);
  expect(points.get('clickstream.producer.sent.events {event}')).toEqual([
    { attributes: BASE, value: 5 },
  ]);
  expect(points.get('clickstream.producer.retries {event}')).toEqual([
    { attributes: { ...BASE, 'error.type': 'TimeoutError' }, value: 1 },
    { attributes: { ...BASE, 'error.type': 'InternalFailure' }, value: 1 },
    { attributes: { ...BASE, 'error.type': 'ProvisionedThroughputExceededException' }, value: 1 },
  ]);
  expect(points.get('clickstream.producer.throttles {record}')).toMatchObject([{ value: 1 }]);
  expect(points.get('clickstream.producer.failures {event}')).toEqual([
    { attributes: { ...BASE, 'error.type': 'invalid_event' }, value: 1 },
  ]);
  expect(points.get('clickstream.producer.delivery.duration s')).toMatchObject([
    {
      attributes: BASE,
      value: { count: 2, buckets: { boundaries: expect.arrayContaining([0.005, 30]) as unknown } },
    },
  ]);
  expect(points.get('clickstream.producer.batch.fill 1')).toMatchObject([{ value: { count: 5 } }]);
  const [first = 0, second = 0] = transport.events.map(
    (event) => Buffer.byteLength(JSON.stringify(event)) + event.user_id.length,
  );
  expect(points.get('clickstream.producer.sent.size By')).toEqual([
    { attributes: BASE, value: 3 * first + 2 * second },
  ]);
  await producer.close();
});

test('the queue is seen while it is full, and no longer once the producer is closed', async () => {
  const collect = registerMetrics();
  const { transport, producer } = setUp({ maxBufferRecords: 2 });
  transport.failNext({ kind: 'never_answers' });
  for (const user of ['a', 'b', 'c']) void producer.pageView({ ...VIEW, user_id: user });
  const { bufferedBytes } = producer.stats();
  const full = await collect();
  expect(full.get('clickstream.producer.queue.size By')).toEqual([
    { attributes: BASE, value: bufferedBytes },
  ]);
  expect(full.get('clickstream.producer.queue.events {event}')).toEqual([
    { attributes: BASE, value: 3 },
  ]);
  await producer.close({ timeoutMs: 0 });
  const closed = await collect();
  expect(closed.get('clickstream.producer.queue.size By')).toEqual([
    { attributes: BASE, value: 0 },
  ]);
  expect(closed.get('clickstream.producer.queue.events {event}')).toEqual([
    { attributes: BASE, value: 0 },
  ]);
});

test('a producer that is gone is not asked any more', async () => {
  const collect = registerMetrics();
  const stats = vi.fn<() => typeof EMPTY_QUEUE>(() => EMPTY_QUEUE);
  const telemetry = createTelemetry(LIMITS, stats);
  await collect();
  telemetry.end();
  await collect();
  await collect();
  expect(stats).toHaveBeenCalledTimes(1);
});

test('events that beforeSend drops are counted', async () => {
  const collect = registerMetrics();
  const producer = createProducer({
    streamName: 'events',
    transport: createMemoryTransport(),
    beforeSend: () => undefined,
  });
  await producer.pageView(VIEW);
  const points = await collect();
  expect(points.get('clickstream.producer.filtered {event}')).toEqual([
    { attributes: BASE, value: 1 },
  ]);
  await producer.close();
});

test('an SDK that is registered after the producer was made is found', async () => {
  const { producer } = setUp();
  await producer.pageView(VIEW);
  const collect = registerMetrics();
  await producer.pageView(VIEW);
  const points = await collect();
  expect(points.get('clickstream.producer.sent.events {event}')).toMatchObject([{ value: 1 }]);
  expect(points.has('clickstream.producer.queue.size By')).toBe(true);
  await producer.close();
});

test('attributes do not grow with the number of shards and errors', async () => {
  const collect = registerMetrics();
  const telemetry = createTelemetry(LIMITS, () => EMPTY_QUEUE);
  for (let index = 0; index < 1_000; index += 1) {
    telemetry.throttled(`shardId-${index}`, 1);
    telemetry.retried(`Error${index}`, 1);
  }
  telemetry.throttled(undefined, 1);
  const points = await collect();
  const throttles = points.get('clickstream.producer.throttles {record}') ?? [];
  expect(throttles).toHaveLength(102);
  expect(throttles).toContainEqual({
    attributes: { ...BASE, 'messaging.destination.partition.id': '_OTHER' },
    value: 900,
  });
  expect(points.get('clickstream.producer.retries {event}')).toHaveLength(101);
});

test.each([
  ['sampled', undefined, '01'],
  ['not sampled', new AlwaysOffSampler(), '00'],
])('an event carries the active span, %s', async (_name, sampler, flags) => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  const provider = new BasicTracerProvider(sampler === undefined ? {} : { sampler });
  trace.setGlobalTracerProvider(provider);
  const { transport, producer } = setUp();
  const own = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const span = trace.getTracer('test').startSpan('request');
  await context.with(trace.setSpan(context.active(), span), async () => {
    await Promise.resolve();
    void producer.pageView(VIEW);
    void producer.pageView({ ...VIEW, traceparent: own });
  });
  span.end();
  void producer.pageView(VIEW);
  await producer.close();
  const { traceId, spanId, traceFlags } = span.spanContext();
  expect(traceFlags).toBe(flags === '01' ? TraceFlags.SAMPLED : TraceFlags.NONE);
  expect(transport.events.map((event) => event.traceparent)).toEqual([
    `00-${traceId}-${spanId}-${flags}`,
    own,
    undefined,
  ]);
});

test('an invalid span is not carried', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  const { transport, producer } = setUp();
  const nothing = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 };
  context.with(trace.setSpan(context.active(), trace.wrapSpanContext(nothing)), () => {
    void producer.pageView(VIEW);
  });
  await producer.close();
  expect(transport.events).toHaveLength(1);
  expect(transport.events[0]).not.toHaveProperty('traceparent');
});
