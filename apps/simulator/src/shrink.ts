import type { Fault, Schedule, Workload } from './schedule.ts';
import {
  eventsOf,
  foreignOf,
  nearerTo,
  plainerFaults,
  plainerSettings,
  smallerNumbers,
} from './simpler.ts';

export interface ShrinkOptions {
  /** Whether a schedule still fails in the same way. */
  readonly fails: (schedule: Schedule) => Promise<boolean>;
  /** How many schedules are tried at most. */
  readonly maxTries: number;
  /** Whether there is time for another try. Default: always. */
  readonly hasTime?: () => boolean;
}

/** A failing schedule that was made smaller. */
export interface Shrunk {
  readonly schedule: Schedule;
  readonly tries: number;
  /**
   * Whether everything was tried: no fault, event or poison record can be left out, and no number
   * can be one less, without the failure going away. False: tries or time were used up before.
   */
  readonly isMinimal: boolean;
}

/** With no more faults than these, each is also tried earlier when records are left out. */
const fewFaults = 4;

/**
 * Makes a failing schedule as small as it gets by trying: fewer events, faults and poison records,
 * smaller numbers, a plainer configuration, over and over until nothing can go. What is large is
 * tried first, so that the many small tries take little time. Delta debugging, after Zeller and
 * Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002).
 */
export async function shrink(schedule: Schedule, options: ShrinkOptions): Promise<Shrunk> {
  const tried = new Set([JSON.stringify(schedule)]);
  const { hasTime = () => true } = options;
  let tries = 0;
  let isMinimal = true;
  let best = schedule;
  const improve = async (candidate: Schedule): Promise<boolean> => {
    const key = JSON.stringify(candidate);
    if (tried.has(key)) return false;
    if (tries >= options.maxTries || !hasTime()) {
      isMinimal = false;
      return false;
    }
    tries += 1;
    tried.add(key);
    if (!(await options.fails(candidate))) return false;
    best = candidate;
    return true;
  };

  /** Where a request was the 14th, it is the 13th once one record less goes before it. */
  const improveWithout = async (candidate: Schedule, removed: number): Promise<boolean> => {
    if (await improve(candidate)) return true;
    if (candidate.faults.length > fewFaults) return false;
    for (const [at, fault] of candidate.faults.entries()) {
      if (fault.on === 'clock' || fault.nth === 1) continue;
      const earlier = { ...fault, nth: Math.max(1, fault.nth - removed) };
      if (await improve({ ...candidate, faults: candidate.faults.with(at, earlier) })) return true;
    }
    return false;
  };

  for (let before: Schedule | undefined; before !== best; ) {
    before = best;
    while (await improve(withFewerEvents(best))) continue;
    await removeSome(foreignOf(best), (kept, removed) =>
      improveWithout(withForeign(best, kept), removed),
    );
    await removeSome(best.faults, (faults) => improve({ ...best, faults }));
    await removeSome(eventsOf(best), (kept, removed) =>
      improveWithout(withWorkload(best, { only: kept }), removed),
    );
    for (const simplify of plainerSettings) await improve(simplify(best));
    for (const number of smallerNumbers) {
      await lower(
        () => nearerTo(number.of(best), number.smallest(best)),
        (value) => improve(number.set(best, value)),
      );
    }
    for (const at of best.faults.keys()) {
      await lower(
        () => plainerFaults(best.faults[at]),
        (fault: Fault) => improve({ ...best, faults: best.faults.with(at, fault) }),
      );
    }
  }
  return { schedule: best, tries, isMinimal };
}

/** Takes out ever smaller parts of a list, as long as what remains still fails. */
async function removeSome<Item>(
  items: readonly Item[],
  stillFails: (kept: readonly Item[], removed: number) => Promise<boolean>,
): Promise<void> {
  let kept = items;
  for (let size = kept.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < kept.length; ) {
      const without = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (await stillFails(without, kept.length - without.length)) kept = without;
      else at += size;
    }
  }
}

/** Takes the simplest that still fails, and what is simpler than that, until nothing is. */
async function lower<Value>(
  simpler: () => Iterable<Value>,
  stillFails: (value: Value) => Promise<boolean>,
): Promise<void> {
  for (let isLower = true; isLower; ) {
    isLower = false;
    for (const value of simpler()) {
      isLower = await stillFails(value);
      if (isLower) break;
    }
  }
}

const withWorkload = (schedule: Schedule, changes: Partial<Workload>): Schedule => ({
  ...schedule,
  workload: { ...schedule.workload, ...changes },
});

function withFewerEvents(schedule: Schedule): Schedule {
  const { events, only } = schedule.workload;
  if (only !== undefined) {
    return withWorkload(schedule, { only: only.slice(0, Math.ceil(only.length / 2)) });
  }
  return withWorkload(schedule, { events: Math.ceil(events / 2) });
}

function withForeign(schedule: Schedule, kept: readonly number[]): Schedule {
  const { onlyForeign: _, ...workload } = schedule.workload;
  const changes = kept.length === 0 ? { foreign: 0 } : { onlyForeign: kept };
  return { ...schedule, workload: { ...workload, ...changes } };
}
