import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { explore, type ShrunkFailure, shrinkFailure } from './explore.ts';
import { hunt } from './hunt.ts';
import { findMutant, mutants } from './mutants.ts';
import { parseSchedule } from './parse-schedule.ts';
import { planSchedule } from './plan-schedule.ts';
import { formatCatches, formatExploration, formatFailure } from './report.ts';
import type { Schedule } from './schedule.ts';
import type { SimulationResult } from './simulate.ts';
import { SimulatorError } from './simulator-error.ts';
import { createWorkerPool, type WorkerPool } from './worker-pool.ts';

/** Where the command speaks. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

interface Flags {
  readonly seeds?: number;
  readonly seed?: number;
  readonly schedule?: string;
  readonly mutant?: string;
  readonly mutants?: true | string[];
  readonly workers: number;
  readonly trace: boolean;
  readonly json: boolean;
}

const whole =
  (min: number, max: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  };

/** Runs the `simulate` command. Resolves to 0 done, 1 something was found (or not found), 2 wrong usage. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  try {
    const flags = program(terminal).parse(args, { from: 'user' }).opts<Flags>();
    if (flags.mutants !== undefined) return await huntMutants(flags, terminal);
    const mutant = flags.mutant === undefined ? undefined : findMutant(flags.mutant).name;
    await using pool = createWorkerPool(flags.workers, mutant);
    return flags.schedule === undefined
      ? await runSeeds(flags, pool, terminal)
      : await runSchedule(flags.schedule, flags, pool, terminal);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof SimulatorError)) throw error;
    terminal.err(`${error.message}\n`);
    return error.code === 'invalid_option' ? 2 : 1;
  }
}

function program({ out, err }: Terminal): Command {
  return new Command('simulate')
    .description(
      'Runs the whole pipeline, the shipped code, in one process on a virtual clock, with faults by ' +
        'schedule, and holds the delivery contract against the stores. A seed always gives the same run.',
    )
    .option('--seeds <n>', 'how many schedules (default: 100, or 1 with --seed)', whole(1, 1e6))
    .option('--seed <n>', 'the first seed (default: 1)', whole(0, 2 ** 31 - 1))
    .option('--schedule <file>', 'run this schedule instead, as a failing seed prints it')
    .option('--mutant <name>', 'run with this deliberate bug in the code')
    .addOption(
      new Option(
        '--mutants [names...]',
        'show that deliberate bugs are found, all or these; --seeds is 200 for each',
      ).conflicts(['mutant', 'schedule', 'trace']),
    )
    .option('--workers <n>', 'processes', whole(1, 256), availableParallelism())
    .option('--trace', 'print what happens, line by line (of one schedule)', false)
    .option('--json', 'print one JSON object on stdout', false)
    .addHelpText(
      'after',
      `
Mutants: ${mutants.map(({ name }) => name).join(', ')}

Exit codes: 0 the contract held (every mutant was found), 1 it did not, 2 wrong usage.`,
    )
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err });
}

async function runSeeds(flags: Flags, pool: WorkerPool, terminal: Terminal): Promise<0 | 1> {
  const first = flags.seed ?? 1;
  const count = flags.seeds ?? (flags.seed === undefined ? 100 : 1);
  if (count === 1) return runOne(planSchedule(first), flags, pool, terminal);
  const startedMs = Date.now();
  let done = 0;
  let events = 0;
  let failing = 0;
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  const exploration = await explore(seeds, pool, flags.workers, (result) => {
    done += 1;
    events += result.events;
    if (result.violations.length > 0) {
      failing += 1;
      terminal.err(`seed ${result.seed}: ${result.violations[0]?.message}\n`);
    }
    if (done % Math.max(1, Math.ceil(count / 20)) > 0 && done < count) return;
    const seconds = (Date.now() - startedMs) / 1_000;
    terminal.err(
      `${done} of ${count} schedules, ${events} events, ${failing} failing, ${seconds.toFixed(0)} s\n`,
    );
  });
  const wallMs = Date.now() - startedMs;
  const [failure] = exploration.failures;
  const smallest =
    failure && (await makeSmaller(planSchedule(failure.seed), failure, flags, pool, terminal));
  if (flags.json) {
    const { failures, ...sums } = exploration;
    const violations = failures.reduce((sum, { violations: found }) => sum + found.length, 0);
    const failingSeeds = failures.map(({ seed }) => seed);
    terminal.out(
      `${JSON.stringify({ ok: failure === undefined, ...sums, violations, failingSeeds, wallMs, smallest })}\n`,
    );
  } else {
    terminal.out(formatExploration(exploration, wallMs));
    if (smallest !== undefined) terminal.out(formatFailure(smallest));
  }
  return failure === undefined ? 0 : 1;
}

async function runSchedule(
  file: string,
  flags: Flags,
  pool: WorkerPool,
  terminal: Terminal,
): Promise<0 | 1> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SimulatorError('invalid_option', `The schedule ${file} cannot be read.`, { cause });
  }
  return runOne(parseSchedule(text), flags, pool, terminal);
}

async function runOne(
  schedule: Schedule,
  flags: Flags,
  pool: WorkerPool,
  terminal: Terminal,
): Promise<0 | 1> {
  const startedMs = Date.now();
  const result = await pool.ask({ kind: 'schedule', schedule, keepTrace: flags.trace });
  const failures = result.violations.length > 0 ? [result] : [];
  const wallMs = Date.now() - startedMs;
  // A schedule that was given is shown as it is: somebody has made it small already.
  const smallest =
    failures.length > 0 && flags.schedule === undefined
      ? await makeSmaller(schedule, result, flags, pool, terminal)
      : undefined;
  if (flags.json) {
    terminal.out(`${JSON.stringify({ ok: failures.length === 0, ...result, wallMs, smallest })}\n`);
    return failures.length === 0 ? 0 : 1;
  }
  for (const line of result.trace) terminal.out(`${line}\n`);
  terminal.out(formatExploration({ ...result, seeds: 1, failures }, wallMs));
  if (smallest !== undefined) terminal.out(formatFailure(smallest));
  return failures.length === 0 ? 0 : 1;
}

/** A failing schedule, made as small as could be, and how to run it again. */
export interface SmallestFailure extends Omit<ShrunkFailure, 'result'> {
  readonly violations: SimulationResult['violations'];
  readonly trace: readonly string[];
  /** The command that runs it again. */
  readonly replay: string;
}

async function makeSmaller(
  schedule: Schedule,
  failure: SimulationResult,
  { mutant }: Flags,
  pool: WorkerPool,
  terminal: Terminal,
): Promise<SmallestFailure> {
  terminal.err(`making the schedule of seed ${failure.seed} smaller …\n`);
  const { result, ...smallest } = await shrinkFailure(schedule, failure, pool, (tries) => {
    if (tries % 100 === 0) terminal.err(`${tries} schedules tried\n`);
  });
  const name = mutant === undefined ? `${failure.seed}` : `${mutant}-${failure.seed}`;
  const file = join(tmpdir(), `clickstream-simulate-${name}.json`);
  writeFileSync(file, `${JSON.stringify(smallest.schedule, null, 2)}\n`);
  const bug = mutant === undefined ? '' : ` --mutant ${mutant}`;
  const replay = `pnpm simulate${bug} --schedule ${file} --trace`;
  return { ...smallest, violations: result.violations, trace: result.trace, replay };
}

async function huntMutants(flags: Flags, terminal: Terminal): Promise<0 | 1> {
  const chosen = flags.mutants === true ? mutants : (flags.mutants ?? []).map(findMutant);
  const startedMs = Date.now();
  const left = chosen.values();
  const catches: Awaited<ReturnType<typeof hunt>>[] = [];
  const work = async (): Promise<void> => {
    for (const mutant of left) {
      const found = await hunt(mutant, { first: flags.seed ?? 1, count: flags.seeds ?? 200 });
      catches.push(found);
      const verdict = found.seed === undefined ? 'NOT FOUND' : `found by seed ${found.seed}`;
      terminal.err(`${catches.length} of ${chosen.length}: ${mutant.name}: ${verdict}\n`);
    }
  };
  await Promise.all(Array.from({ length: flags.workers }, work));
  const missed = catches.filter(({ seed }) => seed === undefined);
  const wallMs = Date.now() - startedMs;
  const inOrder = chosen.flatMap(({ name }) => catches.filter(({ mutant }) => mutant === name));
  if (flags.json) {
    const found = catches.length - missed.length;
    terminal.out(
      `${JSON.stringify({ ok: missed.length === 0, mutants: catches.length, found, wallMs, catches: inOrder })}\n`,
    );
  } else {
    terminal.out(formatCatches(inOrder, wallMs));
  }
  return missed.length === 0 ? 0 : 1;
}
