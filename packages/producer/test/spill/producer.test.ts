import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createProducer, ProducerError } from '../../src/index.ts';
import { createMemoryTransport } from '../../src/testing.ts';
import { TestDirectory } from './directory.ts';

const SCRIPT = fileURLToPath(new URL('producer-script.ts', import.meta.url));

function urlsByUser(events: readonly { user_id: string }[]): Record<string, number[]> {
  const byUser: Record<string, number[]> = {};
  for (const event of events) {
    const url = 'url' in event ? String(event.url) : '';
    (byUser[event.user_id] ??= []).push(Number(url.split('/').at(-1)));
  }
  return byUser;
}

test('what a killed producer had accepted is sent by the next one, before newer events of the same user', async () => {
  using directory = new TestDirectory();
  const child = spawn(
    process.execPath,
    ['--conditions=@clickstream/source', SCRIPT, directory.path],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    if (printed.length > 3_000) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const accepted = printed.trimEnd().split('\n').length;

  const transport = createMemoryTransport();
  transport.failNext({ kind: 'request_fails' }, { kind: 'answer_lost' });
  const producer = createProducer({
    streamName: 'clicks',
    transport,
    // Less than what is left: it comes in parts, and new events wait for all of it.
    maxBufferBytes: 128 * 1024,
    maxRecordBytes: 64 * 1024,
    maxRequestBytes: 64 * 1024,
    spill: { directory: directory.path },
  });
  for (const user of [0, 1, 2]) {
    void producer.pageView({ user_id: `user-${user}`, url: 'https://shop.example/1000000' });
  }
  await expect
    .poll(() => transport.events.length, { timeout: 20_000 })
    .toBeGreaterThan(accepted + 2);
  await producer.close();
  const distinct = [...new Map(transport.events.map((event) => [event.event_id, event])).values()];
  for (const numbers of Object.values(urlsByUser(distinct))) {
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(numbers.at(-1)).toBe(1_000_000);
  }
  expect(distinct.length - 3 - accepted).toBeGreaterThanOrEqual(0);
  expect(distinct.length - 3 - accepted).toBeLessThanOrEqual(1);
  expect(directory.files()).toEqual([]);
});

test('close with a timeout keeps what the stream did not take, and says so', async () => {
  using directory = new TestDirectory();
  const spill = { directory: directory.path };
  const first = createProducer({
    streamName: 'clicks',
    transport: { putRecords: () => new Promise(() => undefined) },
    spill,
  });
  const receipt = first.pageView({ user_id: 'user-1', url: 'https://shop.example/1' });
  expect(await first.close({ timeoutMs: 50 })).toEqual({ delivered: 0, failed: 0, pending: 1 });
  await expect(receipt).rejects.toMatchObject({ code: 'kept' });

  const transport = createMemoryTransport();
  await using second = createProducer({ streamName: 'clicks', transport, spill });
  expect(await second.flush()).toEqual({ delivered: 1, failed: 0, pending: 0 });
  expect(transport.eventsOf('page_view')).toMatchObject([{ url: 'https://shop.example/1' }]);
});

test('what was reported undeliverable is done, and not sent again', async () => {
  using directory = new TestDirectory();
  const spill = { directory: directory.path };
  const first = createProducer({
    streamName: 'clicks',
    transport: { putRecords: () => Promise.reject(new Error('no')) },
    deliveryTimeoutMs: 100,
    onUndeliverable: () => undefined,
    spill,
  });
  await expect(
    first.pageView({ user_id: 'user-1', url: 'https://shop.example/1' }),
  ).rejects.toMatchObject({ code: 'undeliverable' });
  await first.close();
  expect(directory.files()).toEqual([]);
});

test('a full log refuses events, with its limit in the message', async () => {
  using directory = new TestDirectory();
  const options = { directory: directory.path, maxBytes: 64 * 1024, segmentBytes: 4096 };
  await using producer = createProducer({
    streamName: 'clicks',
    transport: { putRecords: () => new Promise(() => undefined) },
    maxRecordBytes: 1024,
    onUndeliverable: () => undefined,
    spill: options,
  });
  const url = `https://shop.example/${'x'.repeat(500)}`;
  const receipts = Array.from({ length: 200 }, () => producer.pageView({ user_id: 'u', url }));
  await expect(receipts.at(-1)).rejects.toThrow('spill.maxBytes (65536)');
  expect(producer.stats().spill?.bytes).toBeLessThanOrEqual(65_536);
  const result = producer.close({ timeoutMs: 0 });
  const codes = await Promise.all(
    receipts.map(async (each) =>
      each.then(
        () => 'delivered',
        (error: unknown) => (error instanceof ProducerError ? error.code : 'unknown'),
      ),
    ),
  );
  expect(new Set(codes)).toEqual(new Set(['kept', 'buffer_full']));
  const { pending } = await result;
  expect(pending).toBe(codes.filter((code) => code === 'kept').length);
});

test('what a full log refuses is the new event, not one that waits for room', async () => {
  using directory = new TestDirectory();
  const transport = createMemoryTransport();
  await using producer = createProducer({
    streamName: 'clicks',
    transport,
    maxRecordBytes: 1024,
    maxBufferRecords: 1,
    onUndeliverable: () => undefined,
    spill: { directory: directory.path, maxBytes: 64 * 1024, segmentBytes: 4096 },
  });
  const query = 'x'.repeat(500);
  const receipts = Array.from({ length: 200 }, (_, number) =>
    producer.pageView({ user_id: 'u', url: `https://shop.example/${number}?${query}` }),
  );
  const outcomes = await Promise.allSettled(receipts);
  const accepted = outcomes.findIndex(({ status }) => status === 'rejected');
  expect(accepted).toBeGreaterThan(10);
  expect(outcomes.slice(accepted).every(({ status }) => status === 'rejected')).toBe(true);
  const sent = transport.eventsOf('page_view').map(({ url }) => Number(/\d+/.exec(url)?.[0]));
  expect(sent).toEqual(Array.from({ length: accepted }, (_, number) => number));
});
