import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canTake, createTokenBucket, hasTokens, take } from './token-bucket.ts';

function tryTake(bucket: ReturnType<typeof createTokenBucket>, cost: number, nowMs: number) {
  const allowed = canTake(bucket, cost, nowMs);
  if (allowed) take(bucket, cost);
  return allowed;
}

test('in any span of time no more passes than one second’s worth plus the rate times the span', () => {
  const step = fc.record({ waitMs: fc.nat(700), cost: fc.integer({ min: 1, max: 100 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const perSecond = 100;
      const bucket = createTokenBucket(perSecond, 0);
      const passed: { atMs: number; cost: number }[] = [];
      let nowMs = 0;
      for (const { waitMs, cost } of steps) {
        nowMs += waitMs;
        if (tryTake(bucket, cost, nowMs)) passed.push({ atMs: nowMs, cost });
      }
      for (const [from, first] of passed.entries()) {
        let sum = 0;
        for (const { atMs, cost } of passed.slice(from)) {
          sum += cost;
          const allowed = perSecond + ((atMs - first.atMs) * perSecond) / 1000;
          expect(sum).toBeLessThanOrEqual(allowed + 1e-6);
        }
      }
    }),
  );
});

test('what the rate allows does pass', () => {
  const bucket = createTokenBucket(10, 0);
  for (let index = 0; index < 10; index += 1) expect(tryTake(bucket, 1, 0)).toBe(true);
  expect(tryTake(bucket, 1, 0)).toBe(false);
  expect(tryTake(bucket, 1, 99)).toBe(false);
  expect(tryTake(bucket, 1, 100)).toBe(true);
});

test('a cost above the capacity passes a full bucket only, and is paid back', () => {
  const bucket = createTokenBucket(10, 0);
  expect(tryTake(bucket, 25, 0)).toBe(true);
  expect(hasTokens(bucket, 1500)).toBe(false);
  expect(hasTokens(bucket, 1600)).toBe(true);
  expect(tryTake(bucket, 25, 2400)).toBe(false);
  expect(tryTake(bucket, 25, 2500)).toBe(true);
});

test('a clock that goes back adds nothing', () => {
  const bucket = createTokenBucket(10, 1000);
  expect(tryTake(bucket, 10, 1000)).toBe(true);
  expect(tryTake(bucket, 1, 0)).toBe(false);
  expect(tryTake(bucket, 1, 1050)).toBe(false);
  expect(tryTake(bucket, 1, 1100)).toBe(true);
});

test('an unlimited bucket lets everything pass', () => {
  const bucket = createTokenBucket(Infinity, 0);
  expect(tryTake(bucket, 1e12, 0)).toBe(true);
  expect(hasTokens(bucket, 0)).toBe(true);
});
