import { isDeepStrictEqual } from 'node:util';
import type { Fault, Schedule, Workload } from './schedule.ts';

export interface ShrinkOptions {
  /** Whether a schedule still fails in the same way. */
  readonly fails: (schedule: Schedule) => Promise<boolean>;
  /** How many schedules are tried at most. */
  readonly budget: number;
}

/**
 * Makes a failing schedule as small as it gets by trying: fewer faults, fewer events, a plainer
 * configuration, over and over until nothing can go. Delta debugging, after Zeller and Hildebrandt,
 * "Simplifying and Isolating Failure-Inducing Input" (2002).
 */
export async function shrink(schedule: Schedule, options: ShrinkOptions): Promise<Schedule> {
  let tries = 0;
  let best = schedule;
  const improve = async (candidate: Schedule): Promise<boolean> => {
    if (tries >= options.budget || isDeepStrictEqual(candidate, best)) return false;
    tries += 1;
    if (!(await options.fails(candidate))) return false;
    best = candidate;
    return true;
  };

  for (let size = Infinity; sizeOf(best) < size; ) {
    size = sizeOf(best);
    // The load first: whatever is tried after that takes less time.
    while (await improve(withWorkload(best, halved(best.workload))));
    for (const simplify of simplerLoads) await improve(simplify(best));
    await removeSome(best.faults, (faults) => improve({ ...best, faults }));
    const { events, only } = best.workload;
    const indices = only ?? Array.from({ length: events }, (_, index) => index);
    await removeSome(indices, (kept) => improve(withWorkload(best, { only: kept })));
    for (const [at] of best.faults.entries()) {
      for (const fault of plainerFaults(best.faults[at])) {
        await improve({ ...best, faults: best.faults.with(at, fault) });
      }
    }
    for (const simplify of plainerSettings) await improve(simplify(best));
  }
  return best;
}

/** Takes out ever smaller parts of a list, as long as what remains still fails. */
async function removeSome<Item>(
  items: readonly Item[],
  stillFails: (kept: readonly Item[]) => Promise<boolean>,
): Promise<void> {
  let kept = items;
  for (let size = kept.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < kept.length; ) {
      const without = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (await stillFails(without)) kept = without;
      else at += size;
    }
  }
}

/** What is left to look at. */
function sizeOf({ faults, workload }: Schedule): number {
  const times = faults.reduce((sum, fault) => sum + ('times' in fault ? (fault.times ?? 1) : 1), 0);
  return faults.length + times + (workload.only?.length ?? workload.events) + workload.foreign;
}

const withWorkload = (schedule: Schedule, changes: Partial<Workload>): Schedule => ({
  ...schedule,
  workload: { ...schedule.workload, ...changes },
});

function halved({ events, only }: Workload): Partial<Workload> {
  if (only !== undefined) return { only: only.slice(0, Math.ceil(only.length / 2)) };
  return { events: Math.ceil(events / 2) };
}

const simplerLoads: readonly ((schedule: Schedule) => Schedule)[] = [
  (schedule) => withWorkload(schedule, { foreign: 0 }),
  (schedule) => withWorkload(schedule, { foreign: Math.min(1, schedule.workload.foreign) }),
  (schedule) => withWorkload(schedule, { users: 1 }),
  (schedule) => withWorkload(schedule, { hotShare: 0 }),
];

function* plainerFaults(fault: Fault | undefined): Generator<Fault> {
  if (fault === undefined || fault.on === 'clock' || fault.times === undefined) return;
  const { times, ...once } = fault;
  yield once;
  if (times > 2) yield { ...fault, times: Math.ceil(times / 2) };
}

/** A configuration in which nothing surprises, setting by setting. */
const plain = {
  network: { minLatencyMs: 5, maxLatencyMs: 5 },
  mapping: {
    shards: 1,
    windowSeconds: 0,
    parallelizationFactor: 1,
    maximumRecordAgeSeconds: -1,
  },
  producer: {
    lingerMs: 20,
    maxOpenRequests: 1,
    maxBufferRecords: 100_000,
    whenFull: 'wait',
    aggregation: false,
  },
} as const;

const plainerSettings = (['network', 'mapping', 'producer'] as const).flatMap((part) =>
  Object.entries<unknown>(plain[part]).map(
    ([name, value]) =>
      (schedule: Schedule): Schedule => ({
        ...schedule,
        [part]: { ...schedule[part], [name]: value },
      }),
  ),
);
