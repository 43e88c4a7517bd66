import { expect, test } from 'vitest';
import { ShardPacer } from './shard-pacer.ts';

test('a shard that never throttles is never waited for', () => {
  const pacer = new ShardPacer();
  for (let nowMs = 0; nowMs < 10_000; nowMs += 1) {
    expect(pacer.nextAtMs(nowMs)).toBe(nowMs);
    pacer.spend(1_000_000);
    pacer.accepted(500, 1_000_000, nowMs);
  }
  expect(pacer.isPaced).toBe(false);
});

test('after a throttle it is written to more slowly than it last took, and not cut twice for one', () => {
  const pacer = new ShardPacer();
  for (let nowMs = 0; nowMs < 2_000; nowMs += 1) pacer.accepted(1, 100, nowMs);
  pacer.throttled(2_000);
  expect(pacer.rate).toBeGreaterThan(0.6);
  expect(pacer.rate).toBeLessThan(0.8);
  const { rate } = pacer;
  pacer.throttled(2_010);
  expect(pacer.rate).toBeCloseTo(rate, 2);
  pacer.throttled(2_300);
  expect(pacer.rate).toBeLessThan(0.8 * rate);
});

test('large records are paced by their bytes', () => {
  const pacer = new ShardPacer();
  pacer.throttled(0);
  pacer.spend(1_048_576);
  const { rate } = pacer;
  expect(pacer.nextAtMs(0)).toBeCloseTo(1_000 / rate, 0);
});

test('it is free again when it has not throttled for long', () => {
  const pacer = new ShardPacer();
  pacer.throttled(0);
  for (let nowMs = 0; nowMs < 15_000; nowMs += 10) pacer.nextAtMs(nowMs);
  expect(pacer.isPaced).toBe(false);
});

/** A shard as Kinesis limits it, with a token bucket of a second. */
class Shard {
  #tokens = 1_000;
  #atMs = 0;

  takes(nowMs: number): boolean {
    this.#tokens = Math.min(1_000, this.#tokens + (nowMs - this.#atMs));
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

test.each([1, 2, 3, 4])(
  '%i producers that write too much use most of a shard, and few records are refused',
  (producers) => {
    const shard = new Shard();
    const pacers = Array.from({ length: producers }, () => new ShardPacer());
    let accepted = 0;
    let refused = 0;
    const durationMs = 60_000;
    for (let nowMs = 0; nowMs < durationMs; nowMs += 1) {
      for (const pacer of pacers) {
        // Each has three records a millisecond to write: three times what the shard takes.
        for (let index = 0; index < 3 && pacer.nextAtMs(nowMs) <= nowMs; index += 1) {
          pacer.spend(300);
          if (shard.takes(nowMs)) {
            accepted += 1;
            pacer.accepted(1, 300, nowMs);
          } else {
            refused += 1;
            pacer.throttled(nowMs);
          }
        }
      }
    }
    expect(accepted).toBeGreaterThan(0.75 * durationMs);
    expect(refused).toBeLessThan(0.15 * accepted);
  },
);
