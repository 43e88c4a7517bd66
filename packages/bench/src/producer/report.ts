import { availableParallelism } from 'node:os';
import type { Results } from '../rounds.ts';
import type { Summary } from '../statistics.ts';
import { arms, HONEST_RIVAL } from './arms.ts';
import { checkFaultTargets } from './faults/fault-targets.ts';
import type { ScenarioReport } from './faults/run-faults.ts';
import { checkTargets, type Failures, type TargetReport } from './targets.ts';

/** What `--json` prints. */
export interface ProducerReport {
  /** Whether every target that was measured is reached. */
  readonly ok: boolean;
  /** What the ratios are to. */
  readonly rival: string;
  readonly setup: Setup & Work;
  readonly targets: readonly TargetReport[];
  /** By arm. */
  readonly arms: Readonly<Record<string, ArmReport>>;
}

/** What `--faults --json` prints. */
export interface FaultsReport {
  /** Whether every target is reached. */
  readonly ok: boolean;
  readonly setup: Setup;
  readonly targets: readonly TargetReport[];
  /** By fault. */
  readonly scenarios: Readonly<Record<string, ScenarioReport>>;
}

/** Where and with what the run was made. */
export interface Setup {
  readonly node: string;
  readonly cores: number;
  readonly seed: string;
  readonly shards: number;
  /** Versions of what was measured. */
  readonly versions: Readonly<Record<string, string>>;
}

/** How much was sent. */
interface Work {
  readonly rounds: number;
  readonly events: number;
  readonly users: number;
  /** Events before the clock runs. */
  readonly warmUp: number;
  /** Events of which each call was timed. */
  readonly timedCalls: number;
}

interface ArmReport {
  readonly what: string;
  /** Figures by name, over the rounds. Units are in the names. */
  readonly figures: Readonly<Record<string, Summary>>;
  /** Medians divided by those of the rival, where it has them. */
  readonly ratiosToRival: Readonly<Record<string, number>>;
  /** Why a round has no figures. */
  readonly failures: readonly string[];
}

export function setupOf(chosen: Omit<Setup, 'node' | 'cores'>): Setup {
  return { node: process.version, cores: availableParallelism(), ...chosen };
}

export function faultsReport(
  scenarios: Readonly<Record<string, ScenarioReport>>,
  setup: Setup,
): FaultsReport {
  const targets = checkFaultTargets(scenarios);
  return { ok: isOk(targets), setup, targets, scenarios };
}

export function report(results: Results, failures: Failures, setup: Setup & Work): ProducerReport {
  const targets = checkTargets(results, failures);
  const rival = results.get(HONEST_RIVAL);
  return {
    ok: isOk(targets),
    rival: HONEST_RIVAL,
    setup,
    targets,
    arms: Object.fromEntries(
      [...results].map(([name, figures]) => [
        name,
        {
          what: arms[name]?.what ?? '',
          figures: Object.fromEntries(figures),
          ratiosToRival: ratios(figures, rival),
          failures: failures.get(name) ?? [],
        },
      ]),
    ),
  };
}

function isOk(targets: readonly TargetReport[]): boolean {
  return targets.every(({ reached }) => reached !== false);
}

const RATIOS = ['eventsPerSecond', 'cpuUsPerEvent', 'loopDelayP99Ms', 'peakRssMiB', 'callMeanUs'];

function ratios(
  figures: ReadonlyMap<string, Summary>,
  rival: ReadonlyMap<string, Summary> | undefined,
): Record<string, number> {
  return Object.fromEntries(
    RATIOS.flatMap((name) => {
      const ours = figures.get(name)?.median;
      const theirs = rival?.get(name)?.median;
      return ours === undefined || theirs === undefined ? [] : [[name, ours / theirs] as const];
    }),
  );
}
