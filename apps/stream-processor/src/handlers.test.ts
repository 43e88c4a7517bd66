import { PermanentError, type RecordContext } from '@clickstream/consumer';
import { clickSample, pageViewSample, purchaseSample } from '@clickstream/events';
import { expect, test } from 'vitest';
import { createHandlers } from './handlers.ts';

const record: RecordContext = {
  streamArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/clickstream',
  shardId: 'shardId-000000000000',
  sequenceNumber: '42',
  partitionKey: 'somebody else',
  arrivedAtMs: 0,
  schemaVersion: '1.0.0',
  signal: new AbortController().signal,
};

test('an event becomes what is stored of it; the user, not the partition key, owns it', () => {
  const handlers = createHandlers(10_000);
  expect(handlers.pageView(pageViewSample, record)).toMatchObject({
    userId: pageViewSample.user_id,
    eventId: pageViewSample.event_id,
    eventType: 'page_view',
    json: JSON.stringify(pageViewSample),
    partitionKey: 'somebody else',
    shardId: 'shardId-000000000000',
    sequenceNumber: '42',
    increments: [{ by: 10_000n }],
  });
  expect(handlers.click(clickSample, record)).toMatchObject({ eventType: 'click' });
  expect(handlers.purchase(purchaseSample, record)).toMatchObject({ eventType: 'purchase' });
});

test('fields that this version does not know are stored too', () => {
  const newer = { ...pageViewSample, scroll_depth: 0.5 };
  const handlers = createHandlers(10_000);
  expect(handlers.pageView(newer, record)).toMatchObject({ json: JSON.stringify(newer) });
});

test('an event larger than the store takes is rejected, counted in bytes', () => {
  const title = '語'.repeat(100);
  const event = { ...pageViewSample, title };
  const bytes = Buffer.byteLength(JSON.stringify(event));
  expect(() => createHandlers(bytes).pageView(event, record)).not.toThrow();
  expect(() => createHandlers(bytes - 1).pageView(event, record)).toThrow(
    new PermanentError(
      `The event has ${bytes} bytes of JSON; the store takes at most ${bytes - 1}`,
    ),
  );
});

test('half of a surrogate pair in a key is rejected, elsewhere it is kept', () => {
  const handlers = createHandlers(10_000);
  const half = '\ud83d';
  const anyHalf: unknown = expect.stringContaining(String.raw`\ud83d`);
  expect(() => handlers.click({ ...clickSample, element_id: half }, record)).toThrow(
    PermanentError,
  );
  expect(() => handlers.click({ ...clickSample, user_id: half }, record)).toThrow(PermanentError);
  expect(handlers.pageView({ ...pageViewSample, title: half }, record)).toHaveProperty(
    'json',
    anyHalf,
  );
});
