import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProducer } from '../../src/index.ts';
import { LimitedStream, shardOf } from '../limited-stream.ts';
import { OneQueue } from './one-queue.ts';

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
async function run(hotPerTick: number, track: (userId: string) => Promise<unknown>) {
  const agesMs: number[] = [];
  let lost = 0;
  let next = 0;
  for (let tick = 0; tick < SECONDS * 100; tick += 1) {
    await vi.advanceTimersByTimeAsync(10);
    for (let index = 0; index < hotPerTick; index += 1) {
      next += 1;
      void track(HOT[next % HOT.length] ?? '').catch(() => undefined);
    }
    if (tick > SECONDS * 100 - 20) continue; // what is tracked last has no time to arrive
    for (let index = 0; index < 3; index += 1) {
      const startMs = performance.now();
      track(COLD[(tick * 3 + index) % COLD.length] ?? '').then(
        () => agesMs.push(performance.now() - startMs),
        () => (lost += 1),
      );
    }
  }
  agesMs.sort((a, b) => a - b);
  return { lost, p99Ms: agesMs[Math.floor(agesMs.length * 0.99)] ?? NaN };
}

async function runNaive(hotPerTick: number) {
  const queue = new OneQueue(new LimitedStream(15));
  return run(hotPerTick, (userId) => queue.track(userId));
}

async function runOurs(hotPerTick: number) {
  const stream = new LimitedStream(15);
  const producer = createProducer({
    streamName: 'events',
    transport: stream,
    maxBufferRecords: 6_000, // soon full of what the hot shard does not take
    maxWaitingRecords: 1_000,
    onUndeliverable: () => undefined,
  });
  const cold = await run(hotPerTick, (user_id) =>
    producer.pageView({ user_id, url: 'https://shop.example/' }),
  );
  const { throttledShards } = producer.stats();
  void producer.close({ timeoutMs: 0 });
  await vi.advanceTimersByTimeAsync(1);
  return { stream, throttledShards, ...cold };
}

test('pain 11: a shard that gets five times what it takes holds up another (aws-fluent-plugin-kinesis 88, KPL 549)', async () => {
  expect((await runNaive(50)).p99Ms).toBeGreaterThan(20 * (await runNaive(0)).p99Ms);

  const alone = await runOurs(0);
  const beside = await runOurs(50);
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
});
