import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fullJitterMs } from './backoff.ts';

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const bounds = fc
  .tuple(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 600_000 }))
  .map(([a, b]) => ({ minBackoffMs: Math.min(a, b), maxBackoffMs: Math.max(a, b) }));

test('the wait is below a bound that doubles with every attempt, up to the maximum', () => {
  fc.assert(
    fc.property(bounds, fc.integer({ min: 1, max: 2_000 }), unit, (backoff, attempt, random) => {
      const waitMs = fullJitterMs(backoff, attempt, random);
      const bound = Math.min(backoff.maxBackoffMs, backoff.minBackoffMs * 2 ** (attempt - 1));
      expect(waitMs).toBeGreaterThanOrEqual(0);
      expect(waitMs).toBeLessThanOrEqual(bound);
      expect(waitMs / bound).toBeCloseTo(random, 6);
    }),
  );
});

test('the bounds of the first attempts', () => {
  const backoff = { minBackoffMs: 50, maxBackoffMs: 300 };
  expect([1, 2, 3, 4, 5].map((attempt) => fullJitterMs(backoff, attempt, 0.5))).toEqual([
    25, 50, 100, 150, 150,
  ]);
});
