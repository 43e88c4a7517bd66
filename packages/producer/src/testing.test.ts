import type { Click } from '@clickstream/events';
import { expect, expectTypeOf, test } from 'vitest';
import { createProducer } from './index.ts';
import { createMemoryTransport } from './testing.ts';

const VIEW = { user_id: 'user-1', url: 'https://shop.example/' };
const CLICK = { user_id: 'user-1', element_id: 'buy', page: '/' };

function setUp() {
  const transport = createMemoryTransport();
  const producer = createProducer({
    streamName: 'events',
    transport,
    lingerMs: 0,
    minBackoffMs: 1,
    maxBackoffMs: 1,
    requestTimeoutMs: 100,
    onUndeliverable: () => undefined,
  });
  return { transport, producer };
}

test('events are there in the order of arrival, each typed by its type', async () => {
  const { transport, producer } = setUp();
  void producer.pageView(VIEW);
  void producer.click(CLICK);
  expect(await producer.flush()).toEqual({ delivered: 2, failed: 0, pending: 0 });
  expect(transport.events.map((event) => event.event_type)).toEqual(['page_view', 'click']);
  const clicks = transport.eventsOf('click');
  expectTypeOf(clicks).toEqualTypeOf<Click[]>();
  expect(clicks).toMatchObject([{ element_id: 'buy' }]);
  transport.clear();
  expect(transport).toMatchObject({ events: [], requests: 0 });
  const { sequenceNumber } = await producer.pageView(VIEW);
  expect(sequenceNumber).toBe('3'); // a stream never gives a place twice
  await producer.close();
});

test('a request that fails, fails once', async () => {
  const { transport, producer } = setUp();
  transport.failNext({ kind: 'request_fails', error: new Error('no route') });
  expect(await producer.pageView(VIEW)).toMatchObject({ attempts: 2 });
  expect(transport.requests).toBe(2);
  expect(transport.events).toHaveLength(1);
  await producer.close();
});

test('some records fail, the others land', async () => {
  const { transport, producer } = setUp();
  transport.failNext({ kind: 'records_fail', only: (event) => event.user_id === 'b' });
  const receipts = await Promise.all(
    ['a', 'b', 'c'].map((user) => producer.pageView({ ...VIEW, user_id: user })),
  );
  expect(receipts.map(({ attempts }) => attempts)).toEqual([1, 2, 1]);
  expect(transport.events.map((event) => event.user_id)).toEqual(['a', 'c', 'b']);
  transport.failNext({ kind: 'records_fail' });
  expect(await producer.click(CLICK)).toMatchObject({ attempts: 2 });
  await producer.close();
});

test('a lost answer leaves a duplicate with one id', async () => {
  const { transport, producer } = setUp();
  transport.failNext({ kind: 'answer_lost' });
  const { eventId } = await producer.pageView(VIEW);
  expect(transport.events.map((event) => event.event_id)).toEqual([eventId, eventId]);
  await producer.close();
});

test('an answer that never comes is cut by the producer', async () => {
  const { transport, producer } = setUp();
  transport.failNext({ kind: 'never_answers' });
  expect(await producer.pageView(VIEW)).toMatchObject({ attempts: 2 });
  transport.failNext({ kind: 'never_answers' });
  const lost = producer.pageView(VIEW);
  expect(await producer.close({ timeoutMs: 20 })).toEqual({ delivered: 0, failed: 1, pending: 0 });
  await expect(lost).rejects.toMatchObject({ code: 'undeliverable' });
});

test('aggregated events are taken apart', async () => {
  const transport = createMemoryTransport();
  const producer = createProducer({ streamName: 'events', transport, aggregation: { buckets: 1 } });
  transport.failNext({ kind: 'records_fail', only: (event) => event.user_id === 'b' });
  const receipts = ['a', 'b', 'c'].map((user) => producer.pageView({ ...VIEW, user_id: user }));
  await producer.flush();
  expect(transport.events.map((event) => event.user_id)).toEqual(['a', 'b', 'c']);
  expect(transport.requests).toBe(2);
  expect(producer.stats()).toMatchObject({ records: 2, delivered: 3 });
  expect(new Set((await Promise.all(receipts)).map((each) => each.sequenceNumber)).size).toBe(1);
  await producer.close();
});
