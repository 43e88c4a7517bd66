import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { forEachConcurrently } from './concurrency.ts';

it('does everything once, as much at once as it may', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(20), fc.integer({ min: 1, max: 5 }), async (count, limit) => {
      const items = Array.from({ length: count }, (_, index) => index);
      const done: number[] = [];
      let running = 0;
      let most = 0;
      await forEachConcurrently(items, limit, async (item) => {
        running += 1;
        most = Math.max(most, running);
        await sleep(0);
        running -= 1;
        done.push(item);
      });
      expect(done.toSorted((a, b) => a - b)).toEqual(items);
      expect(most).toBe(Math.min(count, limit));
    }),
    { numRuns: 30 },
  );
});

it('starts nothing after a failure, and waits for what is under way', async () => {
  const started: number[] = [];
  let settled = false;
  const all = forEachConcurrently([0, 1, 2, 3, 4], 2, async (item) => {
    started.push(item);
    if (item === 0) throw new Error('no');
    await sleep(5);
    settled = true;
  });
  await expect(all).rejects.toThrow('no');
  expect(started).toEqual([0, 1]);
  expect(settled).toBe(true);
});
