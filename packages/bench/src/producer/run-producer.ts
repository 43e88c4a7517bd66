import { BenchError } from '../errors.ts';
import { installRivals } from '../rivals.ts';
import { type Figures, runRounds } from '../rounds.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { arms } from './arms.ts';
import { formatReport } from './format-report.ts';
import { startSink } from './processes.ts';
import { report } from './report.ts';
import { figuresOf, runArm } from './run-arm.ts';
import { versions } from './versions.ts';

export interface ProducerOptions {
  readonly rounds: number;
  readonly events: number;
  readonly users: number;
  readonly shards: number;
  readonly seed: string;
  readonly limitS: number;
  readonly only?: readonly string[];
  readonly json: boolean;
}

const DEADLINE_MS = 30_000;

/** `bench producer` */
export async function runProducer(
  options: ProducerOptions,
  { out, err }: Terminal,
): Promise<ExitCode> {
  const { rounds, events, users, shards, seed, limitS, json } = options;
  const chosen = chooseArms(options.only);
  const warmUp = Math.min(events, 20_000);
  const timedCalls = Math.min(events, 20_000);
  const failures = new Map<string, string[]>();
  if (chosen.some((name) => arms[name]?.rival !== undefined)) {
    await installRivals(() => err('installing the rivals, once\n'));
  }
  await using sink = await startSink();
  const results = await runRounds({
    arms: chosen,
    rounds,
    async run(arm): Promise<Figures> {
      const settings = {
        arm,
        endpoint: sink.endpoint,
        seed,
        events,
        users,
        warmUp,
        timedCalls,
        deadlineMs: DEADLINE_MS,
      };
      try {
        return figuresOf(
          await runArm(sink, settings, { shards, seed, events, faults: {} }, limitS * 1000),
        );
      } catch (error) {
        if (!(error instanceof BenchError)) throw error;
        err(`${error.message}\n`);
        failures.set(arm, [...(failures.get(arm) ?? []), error.message]);
        return {};
      }
    },
    onProgress: (arm, round) => err(`round ${round} of ${rounds}: ${arm}\n`),
  });
  const found = report(results, failures, {
    seed,
    rounds,
    events,
    users,
    shards,
    warmUp,
    timedCalls,
    versions: await versions(),
  });
  out(json ? `${JSON.stringify(found)}\n` : formatReport(found));
  return found.ok ? 0 : 1;
}

/** @throws {@link BenchError} `invalid_option` */
function chooseArms(only: readonly string[] | undefined): readonly string[] {
  const known = Object.keys(arms);
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new BenchError(
      'invalid_option',
      `There is no arm "${unknown}"; there are ${known.join(', ')}.`,
    );
  }
  return only ?? known;
}
