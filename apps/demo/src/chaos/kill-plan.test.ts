import { expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { planKills } from './kill-plan.ts';

it('kills everything at least once, all the more often the more events there are', () => {
  const count = (events: number) =>
    Object.groupBy(planKills(events, createRandom(1)), ({ victim }) => victim);
  expect(Object.keys(count(100)).toSorted()).toEqual([
    'dlq-handler',
    'frozen stream-processor',
    'full stream-processor',
    'pipeline',
    'storefront',
    'stream-processor',
  ]);
  expect(count(100_000).pipeline).toHaveLength(5);
  expect(count(100_000)['stream-processor']).toHaveLength(102);
});

it('plans the same kills for the same seed, in order, while events are being sent', () => {
  const plan = planKills(5_000, createRandom(3));
  expect(plan).toEqual(planKills(5_000, createRandom(3)));
  expect(plan).not.toEqual(planKills(5_000, createRandom(4)));
  const moments = plan.map(({ atEvents }) => atEvents);
  expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  expect(Math.min(...moments)).toBeGreaterThanOrEqual(250);
  expect(Math.max(...moments)).toBeLessThanOrEqual(4_750);
});
