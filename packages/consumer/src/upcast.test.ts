import { clickSample } from '@clickstream/events';
import { expect, test, vi } from 'vitest';
import { everyHandler } from '../test/handlers.ts';
import { kinesisEvent, plentyOfTime } from '../test/kinesis-records.ts';
import { createKinesisHandler } from './kinesis-handler.ts';

/** As it is when a record has an older major than the package knows: read, and upcast. */
vi.mock(import('@clickstream/events'), async (original) => ({
  ...(await original()),
  parseEvent: () => ({ ok: true, event: clickSample, originalVersion: '0.9.0' }),
}));

test('a handler and commit see the newest shape, and the version as it was written', async () => {
  const seen: string[] = [];
  const handler = createKinesisHandler({
    handlers: everyHandler(() => '', {
      click: (event, { schemaVersion }) => `${event.schema_version} was ${schemaVersion}`,
    }),
    commit: async (outcomes) => {
      for (const { result, record } of outcomes) seen.push(result, record.schemaVersion);
    },
    onPermanentFailure: async () => undefined,
  });
  expect(await handler(kinesisEvent({ sequenceNumber: '1' }), plentyOfTime)).toEqual({
    batchItemFailures: [],
  });
  expect(seen).toEqual([`${clickSample.schema_version} was 0.9.0`, '0.9.0']);
});
