import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planSchedule } from './plan-schedule.ts';
import type { Fault, Schedule } from './schedule.ts';
import { shrink } from './shrink.ts';

const culprit = (nth: number): Fault => ({ on: 'write', nth, kind: 'crash_after' });

const hasAll = (schedule: Schedule, culprits: readonly Fault[]): boolean =>
  culprits.every(({ kind, on }, index) =>
    schedule.faults.some(
      (fault) =>
        fault.on === on && fault.kind === kind && 'nth' in fault && fault.nth === 900 + index,
    ),
  );

test('of many faults only those are left that it takes, and of the events only those', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(10_000),
      fc.integer({ min: 0, max: 3 }),
      fc.nat(90),
      async (seed, count, eventIndex) => {
        const planned = planSchedule(seed);
        const culprits = Array.from({ length: count }, (_, index) => culprit(900 + index));
        const faults = [...planned.faults, ...culprits];
        const needsEvent = ({ workload: { only, events } }: Schedule): boolean =>
          only === undefined ? eventIndex < events : only.includes(eventIndex);
        const smallest = await shrink(
          { ...planned, faults },
          {
            budget: 3_000,
            fails: async (schedule) => hasAll(schedule, culprits) && needsEvent(schedule),
          },
        );
        expect(smallest.faults).toEqual(culprits);
        const { only, events } = smallest.workload;
        expect(only ?? [events - 1]).toEqual([eventIndex]);
        expect(smallest.workload).toMatchObject({ foreign: 0, users: 1 });
        expect(smallest.mapping.shards).toBe(1);
      },
    ),
    { numRuns: 30 },
  );
});

test('tries no more often than it may, and keeps what failed last', async () => {
  const schedule = planSchedule(5);
  let tries = 0;
  const smallest = await shrink(schedule, {
    budget: 7,
    fails: async ({ faults }) => {
      tries += 1;
      return faults.length > 3;
    },
  });
  expect(tries).toBe(7);
  expect(smallest.faults.length).toBeGreaterThan(3);
  expect(smallest).not.toEqual(schedule);
});
