import { context, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { everyHandler } from '../test/handlers.ts';
import { kinesisEvent, pageView, plentyOfTime } from '../test/kinesis-records.ts';
import { createKinesisHandler } from './kinesis-handler.ts';

const spans = new InMemorySpanExporter();

beforeEach(() => {
  spans.reset();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => {
  trace.disable();
  context.disable();
});

const first = '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';
const second = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';
const third = '0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b8';

const event = (sequenceNumber: string, traceparent?: string) => ({
  sequenceNumber,
  data: JSON.stringify({ ...pageView(sequenceNumber), traceparent }),
});

test('one span a batch, linked once to each sampled span in which its events were tracked', async () => {
  let active: string | undefined;
  const handler = createKinesisHandler({
    handlers: everyHandler<void>(async () => {
      active = trace.getActiveSpan()?.spanContext().spanId;
    }),
    onPermanentFailure: async () => undefined,
  });
  await handler(
    kinesisEvent(
      event('1', `00-${first}-01`),
      event('2', `00-${second}-00`),
      event('3', `00-${first}-01`),
      event('4'),
      event('5', `00-${third}-03`),
    ),
    plentyOfTime,
  );
  const [span, ...others] = spans.getFinishedSpans();
  expect(others).toEqual([]);
  expect(span).toMatchObject({
    name: 'process clickstream',
    kind: SpanKind.CONSUMER,
    status: { code: SpanStatusCode.UNSET },
    attributes: {
      'messaging.system': 'aws_kinesis',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'clickstream',
      'messaging.destination.partition.id': 'shardId-000000000001',
      'messaging.batch.message_count': 5,
    },
  });
  expect(span?.links).toMatchObject(
    [first, third].map((text) => {
      const [traceId, spanId] = text.split('-');
      return { context: { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true } };
    }),
  );
  expect(active).toBe(span?.spanContext().spanId);
});

test('a batch that is stopped has an error, and says why', async () => {
  const handler = createKinesisHandler({
    handlers: everyHandler<void>(() => {
      throw new RangeError('not now');
    }),
    onPermanentFailure: async () => undefined,
    onIncomplete: () => undefined,
  });
  await handler(kinesisEvent(event('1'), event('2')), plentyOfTime);
  expect(spans.getFinishedSpans()).toMatchObject([
    {
      status: { code: SpanStatusCode.ERROR, message: 'handler failed' },
      attributes: {
        'error.type': 'RangeError',
        'clickstream.consumer.stopped_by': 'failure',
        'clickstream.consumer.redelivered': 2,
      },
      events: [{ name: 'exception' }],
    },
  ]);
});

test('a handler may throw anything', async () => {
  const handler = createKinesisHandler({
    handlers: everyHandler<void>(() => {
      throw Object.create(null);
    }),
    onPermanentFailure: async () => undefined,
    onIncomplete: () => undefined,
  });
  const answer = await handler(kinesisEvent(event('1')), plentyOfTime);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
  expect(spans.getFinishedSpans()).toMatchObject([
    { attributes: { 'error.type': '_OTHER' }, events: [{ name: 'exception' }] },
  ]);
});

test('without an SDK there is no span, and the handlers run in the context of the caller', async () => {
  trace.disable();
  let active: unknown;
  const handler = createKinesisHandler({
    handlers: everyHandler<void>(() => {
      active = trace.getActiveSpan();
    }),
    onPermanentFailure: async () => undefined,
  });
  await handler(kinesisEvent(event('1', `00-${first}-01`)), plentyOfTime);
  expect(active).toBeUndefined();
  expect(spans.getFinishedSpans()).toEqual([]);
});
