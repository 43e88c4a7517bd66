import { setTimeout as sleep } from 'node:timers/promises';
import { pageView } from '@clickstream/events';
import { expect, expectTypeOf, onTestFinished, test, vi } from 'vitest';
import {
  createProducer,
  type OutgoingEvent,
  type Producer,
  type ProducerOptions,
  type Receipt,
  type Revision,
} from './index.ts';
import { createMemoryTransport } from './testing.ts';

const VIEW = { user_id: 'user-1', url: 'https://shop.example/?token=secret' };
const CLICK = { user_id: 'user-1', element_id: 'buy', page: '/' };

function setUp<Sent extends Revision>(options: Partial<ProducerOptions<Sent>>) {
  const transport = createMemoryTransport();
  const reported: unknown[] = [];
  const producer = createProducer({
    streamName: 'events',
    transport,
    lingerMs: 0,
    onUndeliverable: (event, error) => reported.push([event.payload, error.code]),
    ...options,
  });
  return { producer, transport, reported };
}

test('enrichment and redaction change what is sent, and not what the caller holds', async () => {
  const { producer, transport } = setUp({
    beforeSend: (event) => {
      if (event.event_type === 'page_view') event.url = event.url.replace(/\?.*/, '');
      return { ...event, locale: 'de-CH' };
    },
  });
  const input = { ...VIEW };
  const receipt = await producer.pageView(input);
  await producer.click(CLICK);
  await producer.close();
  expect(input).toEqual(VIEW);
  expect(transport.events).toMatchObject([
    { event_type: 'page_view', url: 'https://shop.example/', locale: 'de-CH' },
    { event_type: 'click', element_id: 'buy', locale: 'de-CH' },
  ]);
  expect(transport.events[0]?.event_id).toBe(receipt.eventId);
});

test('an event is validated before it and after it, and not again when it is written', async () => {
  const isInput = vi.spyOn(pageView, 'isInput');
  onTestFinished(() => isInput.mockRestore());
  const { producer, transport } = setUp({ beforeSend: (event) => event });
  await producer.pageView(VIEW);
  await producer.close();
  expect(isInput).toHaveBeenCalledTimes(2);
  expect(transport.events).toHaveLength(1);
});

test('a changed user is the one by whom the stream is partitioned', async () => {
  const { producer, transport } = setUp({
    beforeSend: (event) => ({ ...event, user_id: `hashed ${event.user_id}` }),
  });
  const put = vi.spyOn(transport, 'putRecords');
  await producer.pageView(VIEW);
  expect(put.mock.calls[0]?.[0]).toMatchObject([{ partitionKey: 'hashed user-1' }]);
  await producer.close();
});

test('a dropped event resolves to undefined, is counted, and is no failure', async () => {
  const { producer, transport, reported } = setUp({
    beforeSend: (event) => (event.event_type === 'click' ? undefined : event),
  });
  expect(await producer.click(CLICK)).toBeUndefined();
  expect(await producer.pageView(VIEW)).toMatchObject({ attempts: 1 });
  expect(await producer.close()).toEqual({ delivered: 0, failed: 0, pending: 0 });
  expect(producer.stats()).toMatchObject({ filtered: 1, delivered: 1, failed: 0 });
  expect(transport.events).toHaveLength(1);
  expect(reported).toEqual([]);
  expect(await setUp({ beforeSend: () => null }).producer.click(CLICK)).toBeUndefined();
});

test('it sees valid events only', async () => {
  const beforeSend = vi.fn<(event: OutgoingEvent) => OutgoingEvent>((event) => event);
  const { producer, reported } = setUp({ beforeSend });
  const input = { ...VIEW, url: 'nowhere' };
  await expect(producer.pageView(input)).rejects.toThrow(/^page_view: \/url/);
  expect(beforeSend).not.toHaveBeenCalled();
  expect(reported).toEqual([[input, 'invalid_event']]);
});

test.each<[string, (event: OutgoingEvent) => unknown, RegExp]>([
  [
    'a field that does not fit',
    (event) => ({ ...event, url: 'x' }),
    /after beforeSend, page_view: \/url/,
  ],
  [
    'a field that does not exist',
    (event) => ({ ...event, foo: 1 }),
    /after beforeSend, page_view: \/foo/,
  ],
  [
    'another type',
    (event) => ({ ...event, event_type: 'click' }),
    /event_type is click; it cannot be changed/,
  ],
  ['no type', () => VIEW, /event_type is undefined; it cannot be changed/],
  ['true', () => true, /it returned true; return the event, or undefined to drop it/],
  ['a promise', (event) => Promise.resolve(event), /it returned a promise; it must be synchronous/],
  ['a promise that rejects', () => Promise.reject(new Error('late')), /it must be synchronous/],
])('a result that is %s is refused', async (_name, beforeSend, message) => {
  const options: Partial<ProducerOptions> = {};
  Reflect.set(options, 'beforeSend', beforeSend); // what the compiler would not let pass
  const { producer, transport, reported } = setUp(options);
  await expect(producer.pageView(VIEW)).rejects.toMatchObject({
    code: 'invalid_event',
    message: expect.stringMatching(message) as unknown,
  });
  await sleep(1); // a rejection that nobody handles would fail the run
  expect(reported).toEqual([[VIEW, 'invalid_event']]);
  expect(transport.events).toEqual([]);
});

test('a result that is too large is refused as such', async () => {
  const { producer } = setUp({
    maxRecordBytes: 1024,
    beforeSend: (event) => ({ ...event, user_agent: 'x'.repeat(1_000) }),
  });
  await expect(producer.pageView(VIEW)).rejects.toMatchObject({ code: 'record_too_large' });
});

test('what it throws costs that event alone', async () => {
  const cause = new TypeError('no salt');
  const { producer, transport, reported } = setUp({
    beforeSend: (event) => {
      if (event.event_type === 'page_view') throw cause;
      return event;
    },
  });
  const view = producer.pageView(VIEW);
  const click = producer.click(CLICK);
  await expect(view).rejects.toMatchObject({
    code: 'undeliverable',
    message: 'page_view: beforeSend threw TypeError: no salt',
    cause,
  });
  expect(await click).toMatchObject({ attempts: 1 });
  expect(reported).toEqual([[VIEW, 'undeliverable']]);
  expect(producer.stats()).toMatchObject({ delivered: 1, failed: 1, filtered: 0 });
  expect(transport.events).toHaveLength(1);
});

test('the types know whether an event may be dropped', () => {
  const base = { streamName: 'events', transport: createMemoryTransport() };
  const plain = createProducer(base);
  expectTypeOf(plain).toEqualTypeOf<Producer>();
  const enriching = createProducer({
    ...base,
    beforeSend: (event) => ({ ...event, locale: 'de' }),
  });
  expectTypeOf(enriching).toEqualTypeOf<Producer>();
  const sampling = createProducer({
    ...base,
    beforeSend: (event) => (event.event_type === 'click' ? undefined : event),
  });
  expectTypeOf(sampling).toEqualTypeOf<Producer<Receipt | undefined>>();
  // Only compiled: none of these is a call that should be made.
  void ((): void => {
    // @ts-expect-error a promise is no event
    createProducer({ ...base, beforeSend: async (event) => event });
    // @ts-expect-error a misspelled option
    createProducer({ ...base, lingerMS: 1 });
    createProducer({
      ...base,
      // @ts-expect-error a forgotten return would drop every event
      beforeSend: (event) => {
        event.locale = 'de';
      },
    });
  });
});
