import { expect, test } from 'vitest';
import { createProducer } from '../../src/index.ts';
import { createMemoryTransport } from '../../src/testing.ts';
import type { Transport, TransportFault } from '../../src/transport.ts';
import { createTestStream } from '../kinesis.ts';
import { TestDirectory } from './directory.ts';

/** A stream that refuses every request, as one without permission does, until it is `mended`. */
class RefusingStream implements Transport {
  readonly stored = createMemoryTransport();
  mended = false;

  putRecords: Transport['putRecords'] = async (...request) => {
    if (!this.mended) throw new Error('denied');
    return this.stored.putRecords(...request);
  };

  explainFault(): TransportFault {
    return { kind: 'fatal', message: 'no permission' };
  }

  get urls(): string[] {
    return this.stored.eventsOf('page_view').map(({ url }) => url);
  }
}

const page = (number: number) => ({ user_id: 'u', url: `https://shop.example/${number}` });

function options(directory: TestDirectory, transport: Transport | undefined, failed: unknown[]) {
  return {
    streamName: 'clicks',
    transport,
    deliveryTimeoutMs: 400,
    onUndeliverable: (event: unknown) => failed.push(event),
    spill: { directory: directory.path },
  };
}

test('what a stream refuses for good stays in the directory, and what comes after it, too', async () => {
  using directory = new TestDirectory();
  const failed: unknown[] = [];
  const stream = new RefusingStream();
  // An ended process's events meet the refusal first, then those of a second one.
  const first = createProducer(options(directory, stream, failed));
  const refused = first.pageView(page(1));
  await expect(refused).rejects.toMatchObject({ code: 'kept' });
  await expect(refused).rejects.toThrow('no permission');
  await first.close();
  const second = createProducer(options(directory, stream, failed));
  await expect(second.pageView(page(2))).rejects.toMatchObject({ code: 'kept' });
  stream.mended = true;
  await expect(second.pageView(page(3))).rejects.toMatchObject({ code: 'kept' });
  expect(await second.close()).toEqual({ delivered: 0, failed: 0, pending: 0 });
  expect(stream.urls).toEqual([]);

  const third = createProducer(options(directory, stream, failed));
  await third.pageView(page(4));
  await third.close();
  expect(stream.urls).toEqual([1, 2, 3, 4].map((number) => page(number).url));
  expect(failed).toEqual([]);
  expect(directory.files()).toEqual([]);
});

test('nor is an event given up whose deadline comes before the refusal', async () => {
  using directory = new TestDirectory();
  const failed: unknown[] = [];
  const stream = new RefusingStream();
  const { putRecords } = stream;
  stream.putRecords = async (...request) => {
    await expect.poll(() => performance.now() - trackedAtMs).toBeGreaterThan(500);
    return putRecords(...request);
  };
  const producer = createProducer(options(directory, stream, failed));
  const trackedAtMs = performance.now();
  await expect(producer.pageView(page(1))).rejects.toMatchObject({ code: 'kept' });
  await producer.close();
  expect(failed).toEqual([]);
  expect(directory.files()).not.toEqual([]);
});

test('so it is with a stream that is not there, as Kinesis says it', async () => {
  using directory = new TestDirectory();
  const failed: unknown[] = [];
  await using stream = await createTestStream();
  const producer = createProducer({
    ...options(directory, undefined, failed),
    ...stream.options,
    streamName: 'not-there',
  });
  const refused = producer.pageView(page(1));
  await expect(refused).rejects.toMatchObject({ code: 'kept' });
  await expect(refused).rejects.toThrow("there is no stream 'not-there'");
  await producer.close();
  expect(failed).toEqual([]);
  expect(directory.files()).not.toEqual([]);
});

test('a refusal that passes costs nothing but time', async () => {
  using directory = new TestDirectory();
  const failed: unknown[] = [];
  const stream = new RefusingStream();
  const producer = createProducer({
    ...options(directory, stream, failed),
    deliveryTimeoutMs: 60_000,
  });
  const receipts = [producer.pageView(page(1)), producer.pageView(page(2))];
  await expect.poll(() => producer.stats().failedRequests).toBeGreaterThan(1);
  stream.mended = true;
  await Promise.all(receipts);
  await producer.close();
  expect(stream.urls).toEqual([page(1).url, page(2).url]);
  expect(failed).toEqual([]);
});

test('a stream that ignores partition keys keeps events in the directory as well', async () => {
  using directory = new TestDirectory();
  const failed: unknown[] = [];
  const transport: Transport = {
    putRecords: () => Promise.reject(new Error('never asked')),
    describeStream: async () => ({ shards: undefined, ignoresPartitionKeys: true, problems: [] }),
  };
  const producer = createProducer(options(directory, transport, failed));
  await expect(producer.pageView(page(1))).rejects.toMatchObject({ code: 'kept' });
  await producer.close();
  expect(failed).toEqual([]);
  expect(directory.files()).not.toEqual([]);
});
