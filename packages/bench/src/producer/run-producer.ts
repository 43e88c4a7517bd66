import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { BenchError } from '../errors.ts';
import { installRivals } from '../rivals.ts';
import { rotate, Samples } from '../rounds.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { arms } from './arms.ts';
import { formatFaults } from './faults/format-faults.ts';
import { runFaults } from './faults/run-faults.ts';
import { formatReport } from './format-report.ts';
import { formatMemory } from './memory/format-memory.ts';
import { runMemory } from './memory/run-memory.ts';
import { type Sink, startSink } from './processes.ts';
import { readProfile } from './profile/profiled.ts';
import { timeByPart } from './profile/time-by-part.ts';
import { writeFaults, writeMemory, writeProfile, writeSpeed } from './readme/write-readme.ts';
import { faultsReport, type ProducerReport, report, type Setup, setupOf } from './report.ts';
import { runRound } from './run-round.ts';
import { versions } from './versions.ts';

export interface ProducerOptions {
  readonly rounds: number;
  readonly events: number;
  readonly users: number;
  readonly shards: number;
  readonly seed: string;
  readonly limitS: number;
  readonly only?: readonly string[];
  readonly faults: boolean;
  readonly memory: boolean;
  readonly outageS: number;
  readonly chart: boolean;
  readonly cpuProf?: string;
  readonly json: boolean;
}

const DEADLINE_MS = 30_000;
/** Until about here the engine is still compiling: events cost half as much again. */
const WARM_UP = 100_000;
const TIMED_CALLS = 20_000;
/** Parts that a process sends its events in. */
const TURNS = 8;

/** `bench producer` */
export async function runProducer(options: ProducerOptions, terminal: Terminal): Promise<ExitCode> {
  const { seed, shards, faults, memory, outageS, chart, json } = options;
  const chosen = chooseArms(options.only);
  if (chosen.some((name) => arms[name]?.rival !== undefined)) {
    await installRivals(() => terminal.err('installing the rivals, once\n'));
  }
  const setup = setupOf({ seed, shards, versions: await versions(chosen) });
  await using sink = await startSink();
  if (memory) {
    const found = await runMemory(sink, { outageS, seed, shards }, terminal);
    terminal.out(json ? `${JSON.stringify(found)}\n` : formatMemory(found));
    if (chart) await writeMemory(found);
    return Object.values(found.policies).every(({ unsettled }) => unsettled === 0) ? 0 : 1;
  }
  if (faults) {
    const fault = { arms: chosen, seed, shards, outageMs: outageS * 1000 };
    const found = faultsReport(await runFaults(sink, fault, terminal), setup);
    terminal.out(json ? `${JSON.stringify(found)}\n` : formatFaults(found));
    if (chart) await writeFaults(found);
    return found.ok ? 0 : 1;
  }
  const found = await measure(sink, chosen, options, setup, terminal);
  terminal.out(json ? `${JSON.stringify(found)}\n` : formatReport(found));
  if (chart) await (options.cpuProf === undefined ? writeSpeed(found) : writeProfile(found));
  return found.ok ? 0 : 1;
}

async function measure(
  sink: Sink,
  chosen: readonly string[],
  { rounds, events, users, limitS, cpuProf }: ProducerOptions,
  setup: Setup,
  { err }: Pick<Terminal, 'err'>,
): Promise<ProducerReport> {
  if (cpuProf !== undefined) await mkdir(cpuProf, { recursive: true });
  const turns = cpuProf === undefined ? TURNS : 1;
  const { seed, shards } = setup;
  const stream = { seed, shards, events: Math.ceil(events / turns), faults: {} };
  const work = { seed, users, events: stream.events, deadlineMs: DEADLINE_MS };
  const timedCalls = Math.min(stream.events, TIMED_CALLS);
  const failures = new Map<string, string[]>();
  const samples = new Samples(chosen);
  for (let round = 0; round < rounds; round += 1) {
    const profileOf = (arm: string): string | undefined =>
      cpuProf && path.resolve(cpuProf, `${arm}-${round + 1}.cpuprofile`);
    const found = await runRound(sink, {
      arms: rotate(chosen, round),
      settingsOf(arm) {
        const profile = profileOf(arm);
        return { arm, endpoint: sink.endpoint, ...work, ...(profile && { profile }) };
      },
      stream,
      turns,
      warmUpEvents: WARM_UP,
      timedCalls,
      limits: { limitMs: limitS * 1000 },
      onProgress: (arm) => err(`round ${round + 1} of ${rounds}: ${arm}\n`),
      onFailure(arm, message) {
        err(`${message}\n`);
        failures.set(arm, [...(failures.get(arm) ?? []), message]);
      },
    });
    for (const [arm, figures] of found) {
      const profile = profileOf(arm);
      const parts = profile ? timeByPart(await readProfile(profile), events) : {};
      samples.add(arm, { ...figures, ...parts });
    }
  }
  const sizes = { rounds, events, users, warmUp: WARM_UP, timedCalls };
  return report(samples.summarize(), failures, { ...setup, ...sizes });
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
