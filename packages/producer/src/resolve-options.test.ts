import { expect, test } from 'vitest';
import { ProducerError } from './producer-error.ts';
import { resolveOptions, resolveTimeoutMs } from './resolve-options.ts';

const STREAM = { streamName: 'events' };

test('every option has a value; a stream name is enough', () => {
  expect(resolveOptions(STREAM)).toMatchObject({
    lingerMs: 20,
    maxBatchRecords: 500,
    maxRequestBytes: 384 * 1024,
    maxBufferBytes: 32 * 1024 * 1024,
    maxWaitingBytes: 8 * 1024 * 1024,
    maxWaitingRecords: 10_000,
    deliveryTimeoutMs: 30_000,
  });
  expect(resolveOptions({ ...STREAM, lingerMs: undefined, region: undefined }).lingerMs).toBe(20);
  expect(resolveOptions({ ...STREAM, whenFull: 'reject' })).toMatchObject({
    maxWaitingBytes: 0,
    maxWaitingRecords: 0,
  });
});

test('a default follows the option that it depends on', () => {
  const aggregated = { ...STREAM, aggregation: true };
  expect(resolveOptions({ ...aggregated, lingerMs: undefined }).lingerMs).toBe(100);
  expect(resolveOptions({ ...aggregated, lingerMs: 5 }).lingerMs).toBe(5);
});

test.each<[string, unknown]>([
  ['createProducer expects { streamName, … }, received undefined', undefined],
  ["there is no option 'lingerMS'; the options are lingerMs, ", { ...STREAM, lingerMS: 1 }],
  ['streamName: expected the name of a stream', {}],
  [
    "streamName: expected the name of a stream: 1 to 128 of the characters a-z A-Z 0-9 _ . -, received 'a b'",
    { streamName: 'a b' },
  ],
  ["region: expected a region such as 'eu-central-1', received ''", { ...STREAM, region: '' }],
  [
    "endpoint: expected an http or https URL, received 'localhost:4567'",
    { ...STREAM, endpoint: 'localhost:4567' },
  ],
  ['client: expected a KinesisClient, received an object', { ...STREAM, client: {} }],
  ['transport: expected a Transport, received 1', { ...STREAM, transport: 1 }],
  ['signal: expected an AbortSignal, received an object', { ...STREAM, signal: {} }],
  ['onUndeliverable: expected a function', { ...STREAM, onUndeliverable: 'log' }],
  [
    "whenFull: expected 'wait', 'reject' or 'drop-oldest', received 'drop'",
    { ...STREAM, whenFull: 'drop' },
  ],
  ['lingerMs: expected a whole number from 0 to 60000, received -1', { ...STREAM, lingerMs: -1 }],
  ["lingerMs: expected a whole number from 0 to 60000, received '5'", { ...STREAM, lingerMs: '5' }],
  [
    'maxBatchRecords: expected a whole number from 1 to 500, received 501',
    { ...STREAM, maxBatchRecords: 501 },
  ],
  [
    'maxOpenRequests: expected a whole number from 1 to 64, received NaN',
    { ...STREAM, maxOpenRequests: Number.NaN },
  ],
  [
    'maxBufferBytes: expected at least maxRecordBytes (1048576), received 2048',
    { ...STREAM, maxBufferBytes: 2048 },
  ],
  [
    'maxBackoffMs: expected at least minBackoffMs (50), received 10',
    { ...STREAM, maxBackoffMs: 10 },
  ],
  [
    'pass either transport or region, not both',
    { ...STREAM, transport: { putRecords: () => [] }, region: 'x' },
  ],
  [
    'pass either client or endpoint, not both',
    { ...STREAM, client: { send: () => null }, endpoint: 'http://x' },
  ],
])('%s', (message, options) => {
  const resolve = (): unknown => Reflect.apply(resolveOptions, undefined, [options]);
  expect(resolve).toThrow(ProducerError);
  expect(resolve).toThrow(message);
});

test('a timeout is a number of milliseconds', () => {
  expect(resolveTimeoutMs(undefined)).toBeUndefined();
  expect(resolveTimeoutMs(0)).toBe(0);
  expect(() => resolveTimeoutMs(-1)).toThrow('timeoutMs: expected a number of milliseconds');
  expect(() => resolveTimeoutMs(0.5)).toThrow('received 0.5');
});
