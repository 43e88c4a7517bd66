import { expect, test } from 'vitest';
import { resolveLimits } from './limits.ts';

test('the defaults are those of the documentation', () => {
  expect(resolveLimits()).toEqual({
    recordsPerRequest: 500,
    bytesPerRequest: 10_485_760,
    bytesPerRecord: 1_048_576,
    shardWriteRecordsPerSecond: 1000,
    shardWriteBytesPerSecond: 1_048_576,
    shardReadsPerSecond: 5,
    shardReadBytesPerSecond: 2_097_152,
    createStreamCallsPerSecond: 5,
    deleteStreamCallsPerSecond: 5,
    describeStreamCallsPerSecond: 10,
    describeStreamSummaryCallsPerSecond: 20,
    listShardsCallsPerSecond: 1000,
    listStreamsCallsPerSecond: 5,
    mergeShardsCallsPerSecond: 5,
    splitShardCallsPerSecond: 5,
    updateShardCountCallsPerSecond: 10,
    updateShardCountsPerDay: 10,
    updateShardCountFactor: 2,
    shardsPerAccount: 20_000,
    addTagsToStreamCallsPerSecond: 5,
    removeTagsFromStreamCallsPerSecond: 5,
    listTagsForStreamCallsPerSecond: 5,
    increaseStreamRetentionPeriodCallsPerSecond: 5,
    decreaseStreamRetentionPeriodCallsPerSecond: 5,
    streamModeSwitchesPerDay: 2,
    creatingStreams: 5,
    onDemandStreamsPerAccount: 50,
  });
});

test('false switches off all limits, or one', () => {
  expect(new Set(Object.values(resolveLimits(false)))).toEqual(new Set([Infinity]));
  const some = resolveLimits({ shardReadsPerSecond: false, recordsPerRequest: 7 });
  expect(some).toMatchObject({ shardReadsPerSecond: Infinity, recordsPerRequest: 7 });
  expect(some.bytesPerRequest).toBe(10_485_760);
});

test('a limit that is out of range or unknown is refused by name', () => {
  expect(() => resolveLimits({ bytesPerRecord: -1 })).toThrow(/limits\.bytesPerRecord .*-1/);
  expect(() => resolveLimits({ bytesPerRecord: Number.NaN })).toThrow(/NaN/);
  const unknown = { bytesPerRecord: 1, readsPerSecond: 1 };
  expect(() => resolveLimits(unknown)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
});
