import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LimitedStream, shardOf } from '../test/limited-stream.ts';
import { createProducer } from './index.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const USERS = Array.from({ length: 5_000 }, (_, index) => `user-${index}`);
const COLD = USERS.filter((user) => shardOf(user) === 0);
const HOT = USERS.filter((user) => shardOf(user) === 1);
const SECONDS = 6;

/**
 * Writes to both shards of a stream, in virtual time.
 *
 * @param hotPerTick events to the hot shard every 10 ms; the cold one gets 3
 * @returns how long the events of the cold shard took, in ms, sorted
 */
async function run(hotPerTick: number) {
  const stream = new LimitedStream(15);
  const producer = createProducer({
    streamName: 'events',
    transport: stream,
    maxBufferRecords: 6_000, // soon full of what the hot shard does not take
    maxWaitingRecords: 1_000,
    onUndeliverable: () => undefined,
  });
  const agesMs: number[] = [];
  let lost = 0;
  let next = 0;
  const track = (user_id: string | undefined): Promise<unknown> =>
    producer.pageView({ user_id: user_id ?? '', url: 'https://shop.example/' });
  for (let tick = 0; tick < SECONDS * 100; tick += 1) {
    await vi.advanceTimersByTimeAsync(10);
    for (let index = 0; index < hotPerTick; index += 1) {
      next += 1;
      void track(HOT[next % HOT.length]).catch(() => undefined);
    }
    if (tick > SECONDS * 100 - 20) continue; // what is tracked last has no time to arrive
    for (let index = 0; index < 3; index += 1) {
      const startMs = performance.now();
      track(COLD[(tick * 3 + index) % COLD.length]).then(
        () => agesMs.push(performance.now() - startMs),
        () => (lost += 1),
      );
    }
  }
  const { throttledShards } = producer.stats();
  void producer.close({ timeoutMs: 0 });
  await vi.advanceTimersByTimeAsync(1);
  agesMs.sort((a, b) => a - b);
  return { stream, lost, throttledShards, p99Ms: agesMs[Math.floor(agesMs.length * 0.99)] ?? NaN };
}

test('beside a shard that gets five times what it takes, another is written to as if alone', async () => {
  const alone = await run(0);
  const beside = await run(50);
  expect(alone.p99Ms).toBeLessThan(50);
  expect(beside.p99Ms).toBeLessThanOrEqual(2 * alone.p99Ms);
  expect(beside.lost).toBe(0);
  expect(beside.stream.refused[0]).toBe(0);
  expect(beside.throttledShards).toMatchObject([{ shardId: 'shardId-1' }]);
  // The hot shard is used, and not stormed.
  const [, accepted = 0] = beside.stream.accepted;
  const [, refused = 0] = beside.stream.refused;
  expect(accepted).toBeGreaterThan(0.75 * SECONDS * 1_000);
  expect(refused).toBeLessThan(0.2 * accepted);
}, 60_000);
