import { describe, expect, test } from 'vitest';
import { readSettings } from './settings.ts';

test('only the stream must be named', () => {
  expect(readSettings({ STREAM_NAME: 'events' })).toEqual({
    streamName: 'events',
    host: '127.0.0.1',
    port: 3000,
    stopTimeoutMs: 4000,
    aggregation: false,
  });
});

test('the rest can be', () => {
  expect(
    readSettings({
      STREAM_NAME: 'events',
      HOST: '::1',
      PORT: '0',
      STOP_TIMEOUT_MS: '0',
      AGGREGATION: 'true',
    }),
  ).toEqual({
    streamName: 'events',
    host: '::1',
    port: 0,
    stopTimeoutMs: 0,
    aggregation: true,
  });
});

describe('the message names the variable', () => {
  test.each([
    [{}, /^STREAM_NAME must be /],
    [{ STREAM_NAME: '' }, /^STREAM_NAME must be /],
    [{ STREAM_NAME: 'events', HOST: '' }, /^HOST must be /],
    [{ STREAM_NAME: 'events', PORT: '' }, /^PORT must be /],
    [{ STREAM_NAME: 'events', PORT: '65536' }, /^PORT must be /],
    [{ STREAM_NAME: 'events', PORT: '-1' }, /^PORT must be /],
    [
      { STREAM_NAME: 'events', PORT: '80a' },
      /^PORT must be a whole number from 0 to 65535, not "80a"/,
    ],
    [{ STREAM_NAME: 'events', STOP_TIMEOUT_MS: '60001' }, /^STOP_TIMEOUT_MS must be /],
    [
      { STREAM_NAME: 'events', AGGREGATION: 'yes' },
      /^AGGREGATION must be true or false, not "yes"/,
    ],
  ])('%j', (env, message) => {
    expect(() => readSettings(env)).toThrow(message);
  });
});
