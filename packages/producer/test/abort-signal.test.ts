import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { createProducer } from '../src/index.ts';
import { createTestStream } from './kinesis.ts';

const VIEW = { user_id: 'user-1', url: 'https://shop.example/' };
const REASON = new Error('the deployment was rolled back');

test('an abort cuts an open request, answers a flush, and names its reason', async () => {
  await using stream = await createTestStream({ faults: () => ({ kind: 'hang' }) });
  const controller = new AbortController();
  const onUndeliverable = vi.fn<() => void>();
  const producer = createProducer({
    ...stream.options,
    signal: controller.signal,
    lingerMs: 0,
    onUndeliverable,
  });
  const tracked = [producer.pageView(VIEW), producer.pageView(VIEW)];
  await vi.waitFor(() => expect(producer.stats().openRequests).toBe(1));
  const flushed = producer.flush();
  const startMs = performance.now();
  controller.abort(REASON);
  expect(await flushed).toEqual({ delivered: 0, failed: 2, pending: 0 });
  for (const promise of tracked) {
    await expect(promise).rejects.toMatchObject({ code: 'undeliverable', cause: REASON });
  }
  expect(performance.now() - startMs).toBeLessThan(2_000); // the request's timeout is 6 s
  expect(await producer.close()).toMatchObject({ pending: 0 });
  expect(onUndeliverable).toHaveBeenCalledTimes(2);
  expect(await stream.records()).toEqual([]);
});

test('an abort ends a close that waits', async () => {
  await using stream = await createTestStream({ faults: () => ({ kind: 'hang' }) });
  const controller = new AbortController();
  const producer = createProducer({
    ...stream.options,
    signal: controller.signal,
    onUndeliverable: () => undefined,
  });
  void producer.pageView(VIEW);
  const closed = producer.close();
  controller.abort(REASON);
  expect(await closed).toEqual({ delivered: 0, failed: 1, pending: 0 });
});

test('a producer that is closed leaves nothing at a signal that lives on', async () => {
  await using stream = await createTestStream();
  const { signal } = new AbortController();
  for (let round = 0; round < 3; round += 1) {
    await using producer = createProducer({ ...stream.options, signal });
    await producer.pageView(VIEW);
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
