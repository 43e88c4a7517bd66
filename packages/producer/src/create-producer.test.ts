import { setTimeout as sleep } from 'node:timers/promises';
import { contracts } from '@clickstream/events';
import { afterEach, expect, test, vi } from 'vitest';
import { FaultyStream } from '../test/faulty-stream.ts';
import { createProducer, type ProducerOptions, type UndeliverableEvent } from './index.ts';

const VIEW = { user_id: 'user-1', url: 'https://shop.example/' };

function setUp(options: Partial<ProducerOptions> = {}, stream = new FaultyStream()) {
  const producer = createProducer({
    streamName: 'events',
    transport: stream,
    lingerMs: 0,
    ...options,
  });
  return { producer, stream };
}

afterEach(() => {
  vi.restoreAllMocks();
});

test('one method per event, each with a receipt', async () => {
  const { producer, stream } = setUp();
  const receipts = await Promise.all([
    producer.pageView(VIEW),
    producer.click({ user_id: 'user-1', element_id: 'buy', page: '/products/42' }),
    producer.purchase({
      user_id: 'user-1',
      order_id: 'order-1',
      amount: 19.9,
      currency: 'EUR',
      items: [{ product_id: 'product-1', quantity: 1, price: 19.9 }],
    }),
  ]);
  expect(stream.stored.map(({ event }) => event)).toMatchObject([
    { event_type: 'page_view', event_id: receipts[0].eventId },
    { event_type: 'click', event_id: receipts[1].eventId },
    { event_type: 'purchase', event_id: receipts[2].eventId },
  ]);
  expect(receipts[2]).toEqual({
    eventId: expect.any(String) as unknown,
    shardId: 'shardId-0',
    sequenceNumber: '3',
    attempts: 1,
  });
  await producer.close();
});

test('await using delivers what is pending', async () => {
  const { producer, stream } = setUp({ lingerMs: 60_000 });
  {
    await using scoped = producer;
    void scoped.pageView(VIEW);
  }
  expect(stream.stored).toHaveLength(1);
  expect(stream.destroyed).toBe(1);
});

test('a refused event is reported once with its input, and the others go on', async () => {
  const reported: [UndeliverableEvent, string][] = [];
  const { producer, stream } = setUp({
    onUndeliverable: (event, error) => reported.push([event, error.code]),
  });
  const input = { ...VIEW, url: 'nowhere' };
  await expect(producer.pageView(input)).rejects.toMatchObject({ code: 'invalid_event' });
  await producer.pageView(VIEW);
  const { proxy, revoke } = Proxy.revocable(VIEW, {});
  revoke();
  await expect(producer.pageView(proxy)).rejects.toMatchObject({ code: 'invalid_event' });
  await producer.close();
  expect(reported[0]).toEqual([
    { eventType: 'page_view', eventId: undefined, payload: input },
    'invalid_event',
  ]);
  expect(reported).toHaveLength(2);
  expect(stream.stored).toHaveLength(1);
  expect(producer.stats()).toMatchObject({ delivered: 1, failed: 2 });
});

test('an undeliverable event is reported once, as it would have been written', async () => {
  const reported: unknown[] = [];
  const { producer } = setUp(
    {
      deliveryTimeoutMs: 100,
      onUndeliverable: (event, error) => reported.push(event.payload, error.message),
    },
    new FaultyStream(Array.from({ length: 1_000 }, () => ({ kind: 'records', everyNth: 1 }))),
  );
  const tracked = producer.pageView(VIEW);
  await expect(tracked).rejects.toThrow(
    /not delivered within deliveryTimeoutMs \(100 ms\) in \d+ attempts; the last failure was InternalFailure: Internal service failure\./,
  );
  expect(reported).toEqual([
    expect.objectContaining({ ...VIEW, event_type: 'page_view' }),
    expect.stringContaining('not delivered within') as unknown,
  ]);
  await producer.close();
});

test('failures that nobody awaits end no process; by default they are warned of, not in a flood', async () => {
  const unhandled = vi.fn<(reason: unknown) => void>();
  process.on('unhandledRejection', unhandled);
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const { producer } = setUp(
    { deliveryTimeoutMs: 100 },
    new FaultyStream(Array.from({ length: 1_000 }, () => ({ kind: 'error' }))),
  );
  for (let index = 0; index < 20; index += 1) {
    void producer.pageView({ ...VIEW, user_id: `user-${index}` });
    void producer.pageView({ ...VIEW, url: 'nowhere' });
  }
  expect(await producer.close()).toEqual({ delivered: 0, failed: 20, pending: 0 });
  void producer.pageView(VIEW);
  await sleep(10);
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[0]).toMatch(
    /a page_view event will not reach the stream: page_view: \/url/,
  );
});

test('a callback that throws, rejects or tracks again does no harm', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  let calls = 0;
  const { producer } = setUp({
    onUndeliverable: () => {
      calls += 1;
      if (calls === 1) throw new Error('no disk');
      if (calls === 2) return Promise.reject(new Error('no network'));
      return producer.pageView(VIEW);
    },
  });
  for (let index = 0; index < 3; index += 1) {
    await expect(producer.pageView({ ...VIEW, url: '' })).rejects.toThrow('/url');
  }
  await sleep(20);
  expect(await producer.close()).toMatchObject({ failed: 0, pending: 0 });
  expect(producer.stats()).toMatchObject({ delivered: 1, failed: 3 });
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[0]).toMatch(/onUndeliverable failed: Error: no disk/);
});

test('wrong options are refused where they are passed', async () => {
  expect(() => createProducer({ streamName: '' })).toThrow('streamName: expected');
  const { producer } = setUp();
  await expect(producer.flush({ timeoutMs: -5 })).rejects.toMatchObject({ code: 'invalid_option' });
  await expect(producer.close({ timeoutMs: -5 })).rejects.toMatchObject({ code: 'invalid_option' });
  await producer.pageView(VIEW); // a close that was refused closes nothing
  await producer.close();
});

test('a signal that was aborted before stops the producer before it starts', async () => {
  const { producer, stream } = setUp({
    signal: AbortSignal.abort(),
    onUndeliverable: () => undefined,
  });
  await expect(producer.pageView(VIEW)).rejects.toMatchObject({ code: 'closed' });
  await producer.close();
  expect(stream.stored).toEqual([]);
});

test('what is deprecated is counted, also when it is not delivered', async () => {
  const contract = contracts.page_view;
  const deprecated = vi.spyOn(contract, 'deprecated', 'get');
  deprecated.mockReturnValue(['page_view.title', 'page_view']);
  const { producer } = setUp();
  expect(producer.stats().deprecated).toEqual({});
  await producer.pageView({ ...VIEW, title: 'Home' });
  await producer.pageView(VIEW);
  await producer.click({ user_id: 'user-1', element_id: 'buy', page: '/' });
  await expect(producer.pageView({ ...VIEW, title: 'x'.repeat(5000) })).rejects.toThrow('title');
  expect(producer.stats().deprecated).toEqual({ 'page_view.title': 1, page_view: 2 });
  await producer.close();
});
