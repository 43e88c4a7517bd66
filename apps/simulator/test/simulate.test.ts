import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { shrinkFailure } from '../src/explore.ts';
import { hunt } from '../src/hunt.ts';
import { findMutant } from '../src/mutants.ts';
import { parseSchedule } from '../src/parse-schedule.ts';
import { planSchedule } from '../src/plan-schedule.ts';
import { createWorkerPool, type WorkerPool } from '../src/worker-pool.ts';
import { withoutOne } from './without-one.ts';

// Each worker loads the whole pipeline, and the machine may be busy.
vi.setConfig({ testTimeout: 300_000 });

let pool: WorkerPool;

beforeAll(() => {
  pool = createWorkerPool(2);
});
afterAll(async () => {
  await pool[Symbol.asyncDispose]();
});

/** What must have gone wrong before it means anything that the contract held. */
const everyKind = Object.entries({
  // Timeouts and resets before the commit and after it, answers that are late or for two requests.
  put: 'throttle http_500 reset hang commit_then_reset commit_then_hang late slow twice records_failed records_throttled',

  // The store; the function's end before, during and after its writes; the end of its memory.
  write: 'throttle conflict http_500 reset hang commit_then_hang twice crash_before crash_after',
  dead_letter: 'http_500 crash_before crash_after',
  processor: 'crash_before crash_after out_of_memory timeout throttled invoke_error',
  dlq_handler: 'crash_before crash_after timeout',
  clock: 'split_in_flight merge_in_flight restart_mapping_in_flight kill_mapping set_clock',
  queue: 'redelivery',
  workload: 'hot_user poison_burst',
}).flatMap(([where, kinds]) => kinds.split(' ').map((kind) => `${where} ${kind}`));

test('the delivery contract holds while every kind of fault comes about', async () => {
  const missing = new Set(everyKind);
  const sums = { events: 0, applied: 0, quarantined: 0, faults: 0 };
  let seed = 0;
  const work = async (): Promise<void> => {
    while (missing.size > 0 && seed < 100) {
      seed += 1;
      const result = await pool.ask({ kind: 'seed', seed });
      expect(result).toMatchObject({ violations: [] });
      for (const what of Object.keys(result.happenings)) missing.delete(what);
      for (const name of ['events', 'applied', 'quarantined', 'faults'] as const) {
        sums[name] += result[name];
      }
    }
  };
  await Promise.all([work(), work()]);
  expect([...missing]).toEqual([]);
  expect(sums.events).toBeGreaterThan(4_000);
  expect(sums.applied).toBeGreaterThan(3_500);
  expect(sums.quarantined).toBeGreaterThan(20);
  expect(sums.faults).toBeGreaterThan(50);
});

test('a seed gives the same trace to the byte, in whatever process and after whatever runs', async () => {
  await using other = createWorkerPool(1);
  for (const seed of [9, 10]) await other.ask({ kind: 'seed', seed });
  const digests: string[] = [];
  for (const seed of [11, 12]) {
    const question = { kind: 'schedule', schedule: planSchedule(seed), keepTrace: true } as const;
    const [one, two] = [await pool.ask(question), await other.ask(question)];
    expect(one.trace.length).toBeGreaterThan(100);
    expect(two.trace.join('\n')).toBe(one.trace.join('\n'));
    expect(two.digest).toBe(one.digest);
    digests.push(one.digest);
  }
  expect(digests[0]).not.toBe(digests[1]);
});

test.each([
  ['crash-is-success', 'lost'],
  ['written-unconditionally', 'counter'],
  ['lane-by-record', 'reordered'],
])('the mutant %s is found', async (name, rule) => {
  const found = await hunt(findMutant(name), { first: 1, count: 20 });
  expect(found.violation?.rule).toBe(rule);
});

test('a failing schedule is made smaller, and fails again from its JSON', async () => {
  await using broken = createWorkerPool(1, 'crash-is-success');
  const failure = await broken.ask({ kind: 'seed', seed: 1 });
  const smallest = await shrinkFailure(planSchedule(1), failure, broken, () => undefined);
  expect(smallest.isMinimal).toBe(true);
  expect(smallest.schedule.faults).toHaveLength(1);
  for (const smaller of withoutOne(smallest.schedule)) {
    const { violations } = await broken.ask({
      kind: 'schedule',
      schedule: smaller,
      keepTrace: false,
    });
    expect({ smaller, violations }).toEqual({ smaller, violations: [] });
  }
  expect(smallest.result.trace.length).toBeGreaterThan(5);

  const schedule = parseSchedule(JSON.stringify(smallest.schedule));
  const question = { kind: 'schedule', schedule, keepTrace: true } as const;
  expect(await broken.ask(question)).toEqual(smallest.result);
  // Without the bug it is harmless.
  expect((await pool.ask(question)).violations).toEqual([]);
});

test('a worker that cannot start says why', async () => {
  await using none = createWorkerPool(1, 'no-such-mutant');
  await expect(none.ask({ kind: 'seed', seed: 1 })).rejects.toMatchObject({
    code: 'worker_failed',
    message: expect.stringContaining('There is no mutant no-such-mutant') as unknown,
  });
});
