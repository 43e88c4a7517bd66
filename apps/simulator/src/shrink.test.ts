import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutOne } from '../test/without-one.ts';
import { planSchedule } from './plan-schedule.ts';
import type { Fault, Schedule } from './schedule.ts';
import { shrink } from './shrink.ts';
import { eventsOf, foreignOf } from './simpler.ts';

/** What a made-up bug needs to show: faults that are late and long enough, and some of the load. */
const need = fc.record({
  faults: fc.array(
    fc.record({ nth: fc.integer({ min: 1, max: 900 }), times: fc.integer({ min: 1, max: 9 }) }),
    { maxLength: 3 },
  ),
  /** So many of these, whichever. */
  events: fc.record({ of: fc.uniqueArray(fc.nat(90), { maxLength: 6 }), atLeast: fc.nat(3) }),
  foreign: fc.record({ of: fc.uniqueArray(fc.nat(4), { maxLength: 4 }), atLeast: fc.nat(2) }),
  shards: fc.integer({ min: 1, max: 3 }),
  /** Some bugs need an even number of something, so that less is not always more harmless. */
  evenFaults: fc.boolean(),
});
type Need = typeof need extends fc.Arbitrary<infer Value> ? Value : never;

const culprits = ({ faults }: Need): Fault[] =>
  faults.map((fault) => ({ on: 'write', kind: 'crash_after', ...fault }));

function shows(needed: Need, schedule: Schedule): boolean {
  const { faults, mapping } = schedule;
  const count = ({ of }: Need['events'], indices: readonly number[]): number =>
    of.filter((index) => indices.includes(index)).length;
  return (
    needed.faults.every(({ nth, times }) =>
      faults.some(
        (fault) =>
          fault.on === 'write' &&
          fault.kind === 'crash_after' &&
          fault.nth >= nth &&
          (fault.times ?? 1) >= times,
      ),
    ) &&
    count(needed.events, eventsOf(schedule)) >= needed.events.atLeast &&
    count(needed.foreign, foreignOf(schedule)) >= needed.foreign.atLeast &&
    mapping.shards >= needed.shards &&
    (!needed.evenFaults || faults.length % 2 === 0)
  );
}

test('of what is left nothing can be left out, and no number can be one less', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(10_000), need, async (seed, needed) => {
      const planned = planSchedule(seed);
      const schedule = { ...planned, faults: [...planned.faults, ...culprits(needed)] };
      fc.pre(shows(needed, schedule));
      const shrunk = await shrink(schedule, {
        maxTries: 20_000,
        fails: async (candidate) => shows(needed, candidate),
      });
      expect(shrunk.isMinimal).toBe(true);
      expect(shows(needed, shrunk.schedule)).toBe(true);
      const smaller = [...withoutOne(shrunk.schedule)];
      expect(smaller.find((candidate) => shows(needed, candidate))).toBeUndefined();
    }),
    { numRuns: 100 },
  );
});

test('keeps of the load what it takes, and nothing else', async () => {
  const planned = planSchedule(3);
  expect(planned.workload.foreign).toBeGreaterThan(3);
  const { schedule } = await shrink(planned, {
    maxTries: 20_000,
    fails: async (candidate) =>
      [2, 90].every((index) => eventsOf(candidate).includes(index)) &&
      [1, 3].every((index) => foreignOf(candidate).includes(index)),
  });
  expect(schedule.faults).toEqual([]);
  expect(eventsOf(schedule)).toEqual([2, 90]);
  expect(foreignOf(schedule)).toEqual([1, 3]);
  expect(schedule.workload).toMatchObject({ users: 1, hotShare: 0 });
  expect(schedule.mapping.shards).toBe(1);
});

test('a fault moves with the records before it', async () => {
  const planned = planSchedule(5);
  const faults = [{ on: 'write', nth: 80, kind: 'crash_after' }] as const;
  const { schedule } = await shrink(
    { ...planned, faults },
    {
      maxTries: 20_000,
      // The last event's transaction is the one that dies.
      fails: async ({ faults: [fault], ...rest }) =>
        fault?.on === 'write' && fault.nth === Math.min(80, eventsOf({ ...rest, faults }).length),
    },
  );
  expect(eventsOf(schedule)).toHaveLength(1);
  expect(schedule.faults).toMatchObject([{ nth: 1 }]);
});

test('tries no more often than it may, keeps what failed last, and says so', async () => {
  const schedule = planSchedule(5);
  let tries = 0;
  const fails = async ({ faults }: Schedule): Promise<boolean> => {
    tries += 1;
    return faults.length > 3;
  };
  const shrunk = await shrink(schedule, { maxTries: 7, fails });
  expect(tries).toBe(7);
  expect(shrunk).toMatchObject({ tries, isMinimal: false });
  expect(shrunk.schedule.faults.length).toBeGreaterThan(3);
  expect(shrunk.schedule).not.toEqual(schedule);

  tries = 0;
  const late = await shrink(schedule, { maxTries: 1_000, hasTime: () => tries < 5, fails });
  expect(late).toMatchObject({ tries: 5, isMinimal: false });
});
