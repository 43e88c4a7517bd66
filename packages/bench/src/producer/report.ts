import { availableParallelism } from 'node:os';
import type { Results } from '../rounds.ts';
import type { Summary } from '../statistics.ts';
import { arms, HONEST_RIVAL } from './arms.ts';
import { checkTargets, type TargetReport } from './targets.ts';

/** What `--json` prints. */
export interface ProducerReport {
  /** Whether every target that was measured is reached. */
  readonly ok: boolean;
  readonly setup: Setup;
  readonly targets: readonly TargetReport[];
  /** By arm. */
  readonly arms: Readonly<Record<string, ArmReport>>;
}

export interface Setup {
  readonly node: string;
  readonly cores: number;
  readonly seed: string;
  readonly rounds: number;
  readonly events: number;
  readonly users: number;
  readonly shards: number;
  readonly warmUp: number;
  readonly timedCalls: number;
  /** What the ratios are to. */
  readonly rival: string;
  /** Versions of what was measured. */
  readonly versions: Readonly<Record<string, string>>;
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

export function report(
  results: Results,
  failures: ReadonlyMap<string, readonly string[]>,
  setup: Omit<Setup, 'node' | 'cores' | 'rival'>,
): ProducerReport {
  const targets = checkTargets(results);
  const rival = results.get(HONEST_RIVAL);
  return {
    ok: targets.every(({ reached }) => reached !== false),
    setup: {
      node: process.version,
      cores: availableParallelism(),
      rival: HONEST_RIVAL,
      ...setup,
    },
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
