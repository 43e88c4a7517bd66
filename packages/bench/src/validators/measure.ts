import { BenchError } from '../errors.ts';
import type { Figures } from '../rounds.ts';
import { arms, type Check } from './arms.ts';
import { type Case, validatorCases } from './cases.ts';

const WARM_UP_MS = 150;
/** How often all values are checked between two looks at the clock. */
const PASSES = 4;

/**
 * Measures one arm in this process, every case after the other.
 *
 * @returns checks a second, by case.
 * @throws {@link BenchError} `wrong_answer` when the arm refuses a valid or accepts an invalid value.
 */
export async function measureArm(name: string, budgetMs: number): Promise<Figures> {
  const arm = arms[name];
  if (arm === undefined) throw new BenchError('invalid_option', `There is no arm "${name}".`);
  const prepared = [];
  for (const of of validatorCases()) {
    const values: unknown[] = of.texts.map((text): unknown => JSON.parse(text));
    prepared.push({ of, check: await arm(of), values });
  }
  // All validators of a process share code, so all are used before the first is measured.
  for (const { of, check, values } of prepared) {
    assertRight(name, of, check, values);
    run(check, values, WARM_UP_MS);
  }
  return Object.fromEntries(
    prepared.map(({ of, check, values }) => [of.name, run(check, values, budgetMs)]),
  );
}

function assertRight(name: string, of: Case, check: Check, values: readonly unknown[]): void {
  const wrong = values.findIndex((value) => check(value) !== of.valid);
  if (wrong === -1) return;
  const verb = of.valid ? 'refuses' : 'accepts';
  throw new BenchError('wrong_answer', `${name} ${verb} ${of.texts[wrong]} (${of.name}).`);
}

/**
 * Checks all values over and over; returns how many a second. Nothing here waits, so it is the time
 * of this thread on the processor that counts: what else the machine does disturbs less.
 */
function run(check: Check, values: readonly unknown[], budgetMs: number): number {
  const start = threadMs();
  let elapsedMs = 0;
  let checks = 0;
  let accepted = 0;
  while (elapsedMs < budgetMs) {
    for (let pass = 0; pass < PASSES; pass += 1) {
      for (const value of values) if (check(value)) accepted += 1;
    }
    checks += PASSES * values.length;
    elapsedMs = threadMs() - start;
  }
  if (accepted !== 0 && accepted !== checks) {
    throw new BenchError('wrong_answer', 'A validator changes its mind about a value.');
  }
  return (checks * 1000) / elapsedMs;
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
