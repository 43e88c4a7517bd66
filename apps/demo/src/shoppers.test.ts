import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planForeignRecords } from './foreign-records.ts';
import { createRandom } from './random.ts';
import { planShoppers } from './shoppers.ts';

const origin = 'http://127.0.0.1:3000';
const now = Date.UTC(2026, 0, 1);
const plan = (count: number, seed: number) => planShoppers(count, origin, now, createRandom(seed));

describe('planShoppers', () => {
  it('plans exactly as many events as asked, each shopper’s in strictly growing time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (count, seed) => {
        const shoppers = plan(count, seed);
        expect(shoppers.flatMap(({ visits }) => visits.flat())).toHaveLength(count);
        expect(new Set(shoppers.map(({ userId }) => userId)).size).toBe(shoppers.length);
        for (const { visits } of shoppers) {
          const times = visits.flat().map(({ timestamp }) => timestamp);
          expect(times).toEqual([...new Set(times)].toSorted());
          expect(Date.parse(times.at(-1) ?? '')).toBeLessThanOrEqual(now);
        }
      }),
    );
  });

  it('gives one shopper a share of all events', () => {
    const shoppers = planShoppers(10_000, origin, now, createRandom(1), 0.05);
    const counts = shoppers.map(({ visits }) => visits.flat().length);
    expect(counts[0]).toBe(500);
    expect(Math.max(...counts.slice(1))).toBe(40);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_000);
  });

  it('plans the same for the same seed, something else for another', () => {
    expect(plan(100, 7)).toEqual(plan(100, 7));
    expect(plan(100, 7)).not.toEqual(plan(100, 8));
  });
});

describe('planForeignRecords', () => {
  it('puts half of the poison between the events of real shoppers', () => {
    const records = planForeignRecords(200, ['ada'], now, createRandom(1));
    const between = records.filter(({ partitionKey }) => partitionKey === 'ada').length;
    expect(records).toHaveLength(200);
    expect(between).toBeGreaterThan(50);
    expect(between).toBeLessThan(150);
  });

  it('works without any shopper', () => {
    expect(planForeignRecords(3, [], now, createRandom(1))).toHaveLength(3);
  });
});
