import type { Schedule } from './schedule.ts';
import { type Shrunk, shrink } from './shrink.ts';
import type { SimulationResult } from './simulate.ts';
import type { WorkerPool } from './worker-pool.ts';

/** What came of many seeds. */
export interface Exploration {
  readonly seeds: number;
  readonly events: number;
  readonly records: number;
  readonly applied: number;
  readonly quarantined: number;
  readonly faults: number;
  /** How often each thing went wrong. */
  readonly happenings: Readonly<Record<string, number>>;
  readonly virtualMs: number;
  /** Results with violations, in the order of their seeds. */
  readonly failures: readonly SimulationResult[];
}

/** Runs one schedule after the other, as many at a time as the pool has workers. */
export async function explore(
  seeds: Iterable<number>,
  pool: WorkerPool,
  workers: number,
  onResult: (result: SimulationResult) => void,
): Promise<Exploration> {
  const left = seeds[Symbol.iterator]();
  const failures: SimulationResult[] = [];
  const happenings: Record<string, number> = {};
  const sums = {
    seeds: 0,
    events: 0,
    records: 0,
    applied: 0,
    quarantined: 0,
    faults: 0,
    virtualMs: 0,
  };
  const work = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      const result = await pool.ask({ kind: 'seed', seed: next.value });
      sums.seeds += 1;
      for (const name of [
        'events',
        'records',
        'applied',
        'quarantined',
        'faults',
        'virtualMs',
      ] as const) {
        sums[name] += result[name];
      }
      for (const [what, times] of Object.entries(result.happenings)) {
        happenings[what] = (happenings[what] ?? 0) + times;
      }
      if (result.violations.length > 0) failures.push(result);
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return { ...sums, happenings, failures: failures.toSorted((a, b) => a.seed - b.seed) };
}

/** How long is searched at most: one that never comes to rest takes seconds a try. */
const limits = { maxTries: 5_000, maxMs: 300_000 } as const;

/** A failing schedule, made as small as could be, and what it does. */
export interface ShrunkFailure extends Shrunk {
  readonly result: SimulationResult;
}

/** The smallest schedule found that breaks the same rule. */
export async function shrinkFailure(
  schedule: Schedule,
  failure: SimulationResult,
  pool: WorkerPool,
  onTry: (tries: number) => void,
): Promise<ShrunkFailure> {
  const rules = new Set(failure.violations.map(({ rule }) => rule));
  const endMs = Date.now() + limits.maxMs;
  let tries = 0;
  const smallest = await shrink(schedule, {
    maxTries: limits.maxTries,
    hasTime: () => Date.now() < endMs,
    async fails(candidate) {
      tries += 1;
      onTry(tries);
      const { violations } = await pool.ask({
        kind: 'schedule',
        schedule: candidate,
        keepTrace: false,
      });
      return violations.some(({ rule }) => rules.has(rule));
    },
  });
  const question = { kind: 'schedule', schedule: smallest.schedule, keepTrace: true } as const;
  return { ...smallest, result: await pool.ask(question) };
}
