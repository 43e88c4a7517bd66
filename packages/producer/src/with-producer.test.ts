import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2, Context } from 'aws-lambda';
import { afterEach, beforeEach, expect, expectTypeOf, test, vi } from 'vitest';
import { createMemoryTransport } from './testing.ts';
import { type LambdaContext, type LambdaOptions, withProducer } from './with-producer.ts';

const VIEW = { user_id: 'user-1', url: 'https://shop.example/' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** An invocation that has so much time from now on. */
function invocation(limitMs: number): LambdaContext {
  const endsAtMs = performance.now() + limitMs;
  return { getRemainingTimeInMillis: () => endsAtMs - performance.now() };
}

function setUp(options: Partial<LambdaOptions> = {}) {
  const transport = createMemoryTransport();
  const handler = withProducer(
    { streamName: 'events', transport, lingerMs: 60_000, requestTimeoutMs: 300_000, ...options },
    (event: { readonly title: string }, _context: LambdaContext, producer) => {
      void producer.pageView({ ...VIEW, title: event.title });
      if (event.title === 'bad') throw new Error('the handler failed');
      return { title: event.title };
    },
  );
  return {
    transport,
    handler,
    titles: () => transport.eventsOf('page_view').map((view) => view.title),
  };
}

test('what the handler tracked is delivered before its result is returned', async () => {
  const { handler, titles, transport } = setUp();
  expect(await handler({ title: '1' }, invocation(3_000))).toEqual({ title: '1' });
  expect(titles()).toEqual(['1']);
  expect(await handler({ title: '2' }, invocation(3_000))).toEqual({ title: '2' });
  expect(titles()).toEqual(['1', '2']);
  expect(transport.requests).toBe(2);
  expect(vi.getTimerCount(), 'what would run into the freeze').toBe(0);
});

test('also when the handler throws, and its error comes through', async () => {
  const { handler, titles } = setUp();
  await expect(handler({ title: 'bad' }, invocation(3_000))).rejects.toThrow('the handler failed');
  expect(titles()).toEqual(['bad']);
});

test('the result is not held back beyond the margin; what is pending goes on with the next one', async () => {
  const onPending = vi.fn<(result: unknown) => void>();
  const { handler, titles, transport } = setUp({ onPending, deliveryTimeoutMs: 600_000 });
  transport.failNext({ kind: 'never_answers' });
  const startMs = performance.now();
  const first = handler({ title: '1' }, invocation(3_000));
  await vi.advanceTimersByTimeAsync(2_499);
  expect(onPending).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(await first).toEqual({ title: '1' });
  expect(performance.now() - startMs).toBe(2_500);
  expect(onPending).toHaveBeenCalledExactlyOnceWith({ delivered: 0, failed: 0, pending: 1 });
  expect(titles()).toEqual([]);

  const second = handler({ title: '2' }, invocation(600_000));
  await vi.advanceTimersByTimeAsync(300_000); // the request times out, and is repeated
  await second;
  expect(titles()).toEqual(['1', '2']);
});

test('an event that cannot be delivered holds the result back no longer than its deadline', async () => {
  const onUndeliverable = vi.fn<() => void>();
  const { handler, transport } = setUp({
    onUndeliverable,
    deliveryTimeoutMs: 1_000,
    requestTimeoutMs: 200,
  });
  transport.failNext(...Array.from({ length: 100 }, () => ({ kind: 'never_answers' }) as const));
  const startMs = performance.now();
  const answered = handler({ title: '1' }, invocation(900_000)).then(() => performance.now());
  await vi.advanceTimersByTimeAsync(2_000);
  expect((await answered) - startMs).toBeLessThanOrEqual(1_200);
  expect(onUndeliverable).toHaveBeenCalledOnce();
});

test('without time left it does not wait at all, and warns', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const { handler, transport } = setUp({ flushMarginMs: 5_000 });
  transport.failNext({ kind: 'never_answers' });
  const answered = handler({ title: '1' }, invocation(3_000));
  await vi.advanceTimersByTimeAsync(0);
  await answered;
  expect(warn.mock.calls).toEqual([
    [expect.stringContaining('1 events are not delivered yet'), 'ClickstreamProducerWarning'],
  ]);
});

test('what onPending throws does not replace the result', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const { handler, transport } = setUp({
    flushMarginMs: 5_000,
    onPending: () => Promise.reject(new Error('no')),
  });
  transport.failNext({ kind: 'never_answers' });
  const answered = handler({ title: '1' }, invocation(3_000));
  await vi.advanceTimersByTimeAsync(0);
  expect(await answered).toEqual({ title: '1' });
  expect(warn.mock.calls[0]?.[0]).toBe('onPending failed: Error: no');
});

test('the producer is made once, at the first invocation, and not before', async () => {
  const producers = new Set<unknown>();
  const handler = withProducer(
    { streamName: 'events', transport: createMemoryTransport() },
    (_event: null, _context: LambdaContext, producer) => producers.add(producer),
  );
  const unset = withProducer({ streamName: '' }, () => 'never');
  await expect(unset(null, invocation(1_000))).rejects.toMatchObject({ code: 'invalid_option' });
  await handler(null, invocation(1_000));
  await handler(null, invocation(1_000));
  expect(producers.size).toBe(1);
});

test('the types are those of the handler, and Lambda’s own fit', () => {
  const handler = withProducer(
    { streamName: 'events' },
    async (event: APIGatewayProxyEventV2, context: Context, producer) => {
      void producer.pageView({ user_id: context.awsRequestId, url: event.rawPath });
      return { statusCode: 204 };
    },
  );
  expectTypeOf(handler).parameters.toEqualTypeOf<[APIGatewayProxyEventV2, Context]>();
  expectTypeOf(handler).returns.resolves.toEqualTypeOf<{ statusCode: number }>();
  expectTypeOf(handler).toExtend<
    (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyResultV2>
  >();
  // Lambda refuses handlers with more parameters: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
  expect(handler).toHaveLength(2);
  expect(() => withProducer({ streamName: 'events', flushMarginMs: -1 }, () => null)).toThrow(
    'flushMarginMs: expected a number of milliseconds from 0 to 86400000, received -1',
  );
});
