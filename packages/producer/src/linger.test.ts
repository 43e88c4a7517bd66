import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LimitedStream, shardOf } from '../test/limited-stream.ts';
import { createProducer, type RecordResult, type Transport } from './index.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.99); // a retry waits as long as it may
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const USERS = Array.from({ length: 20 }, (_, index) => `user-${index}`);
const [COLD = '', OTHER_COLD = ''] = USERS.filter((user) => shardOf(user) === 0);
const HOT = USERS.find((user) => shardOf(user) === 1) ?? '';

/** Answers the first request as it is told, and no other one. */
function streamThat(answer: RecordResult) {
  const users: string[][] = [];
  const stream = new LimitedStream(0);
  const transport: Transport = {
    describeStream: () => stream.describeStream(),
    putRecords: (records) => {
      users.push(records.map(({ partitionKey }) => partitionKey));
      return users.length === 1 ? Promise.resolve([answer]) : new Promise(() => undefined);
    },
  };
  return { transport, users };
}

test.each<[string, RecordResult, number]>([
  ['five times as long', { ok: true, shardId: 'shardId-1', sequenceNumber: '1' }, 100],
  [
    'no longer while a shard throttles',
    { ok: false, code: 'ProvisionedThroughputExceededException', message: 'Rate exceeded' },
    20,
  ],
])('with a request open an event lingers %s', async (_what, answer, lingerMs) => {
  const { transport, users } = streamThat(answer);
  const producer = createProducer({
    streamName: 'events',
    transport,
    onUndeliverable: () => undefined,
  });
  const track = (user_id: string): void =>
    void producer.pageView({ user_id, url: 'https://shop.example/' });
  const wasSent = (user: string): boolean => users.flat().includes(user);
  track(HOT);
  await vi.advanceTimersByTimeAsync(25);
  expect(users).toEqual([[HOT]]);
  track(COLD);
  await vi.advanceTimersByTimeAsync(25);
  expect(wasSent(COLD)).toBe(true); // and stays without an answer
  track(OTHER_COLD);
  await vi.advanceTimersByTimeAsync(lingerMs - 5);
  expect(wasSent(OTHER_COLD)).toBe(false);
  await vi.advanceTimersByTimeAsync(10);
  expect(wasSent(OTHER_COLD)).toBe(true);
  void producer.close({ timeoutMs: 0 });
  await vi.advanceTimersByTimeAsync(1);
});
