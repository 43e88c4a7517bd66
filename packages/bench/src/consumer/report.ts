import { availableParallelism } from 'node:os';
import { align } from '../producer/align.ts';
import { formatTargets } from '../producer/format-report.ts';
import type { TargetReport } from '../producer/targets.ts';
import type { Results } from '../rounds.ts';
import { type Summary, summarize } from '../statistics.ts';
import { arms, FLOOR, OURS, POWERTOOLS } from './arms.ts';

export interface Setup {
  readonly rounds: number;
  readonly records: number;
  readonly users: number;
  /** Batches per process; an arm that takes longer than four seconds gets fewer. */
  readonly batches: number;
}

/** What `--json` prints. */
export interface ConsumerReport {
  /** Whether every target that was measured is reached. */
  readonly ok: boolean;
  readonly setup: Setup & { readonly node: string; readonly cores: number };
  readonly targets: readonly TargetReport[];
  /** By arm; figures by name, over the rounds, milliseconds per batch or start. */
  readonly arms: Readonly<Record<string, Readonly<Record<string, Summary>>>>;
}

interface Target {
  readonly name: string;
  readonly arm: string;
  readonly by: string;
  readonly figure: string;
  readonly atMost: number;
}

const targets: readonly Target[] = [
  {
    name: 'a batch: CPU ÷ decode and parse',
    arm: OURS,
    by: FLOOR,
    figure: 'cpuMs',
    atMost: 1.6,
  },
  {
    name: 'a batch: CPU ÷ Powertools with parser and Zod',
    arm: OURS,
    by: POWERTOOLS,
    figure: 'cpuMs',
    atMost: 1 / 4,
  },
  {
    name: 'cold start: first result ÷ empty handler',
    arm: 'stream-processor',
    by: 'empty-handler',
    figure: 'firstResultMs',
    atMost: 1.3,
  },
  {
    name: 'cold start: first event written ÷ one request',
    arm: 'stream-processor',
    by: 'empty-handler',
    figure: 'firstEventMs',
    atMost: 1.3,
  },
];

export function report(results: Results, setup: Setup): ConsumerReport {
  const checked = targets.map((target) => check(target, results));
  return {
    ok: checked.every(({ reached }) => reached !== false),
    setup: { ...setup, node: process.version, cores: availableParallelism() },
    targets: checked,
    arms: Object.fromEntries(
      [...results].map(([arm, figures]) => [arm, Object.fromEntries(figures)]),
    ),
  };
}

/** Ratios are taken round by round: what slows the machine for a while slows both sides. */
function check({ name, arm, by, figure, atMost }: Target, results: Results): TargetReport {
  const ours = results.get(arm)?.get(figure);
  const theirs = results.get(by)?.get(figure);
  if (!ours || !theirs) return { name, atMost, reached: 'not measured' };
  const found = summarize(
    ours.samples.map((sample, round) => sample / (theirs.samples[round] ?? NaN)),
  );
  return { name, atMost, found, reached: found.median <= atMost };
}

/** Medians by arm (lowest–highest), then the targets. */
export function formatReport({ arms: found, setup, targets: checked }: ConsumerReport): string {
  const { rounds, records, users, batches, node, cores } = setup;
  const table = (head: readonly string[], figures: readonly string[]): string => {
    const rows = Object.entries(found)
      .filter(([, { [figures[0] ?? '']: first }]) => first !== undefined)
      .map(([name, of]) => [name, ...figures.map((figure) => cell(of[figure]))]);
    return rows.length === 0 ? '' : `${align([head, ...rows])}\n\n`;
  };
  const legend = Object.keys(found)
    .flatMap((name) => (arms[name] ? [`${name}: ${arms[name].what}`] : []))
    .join('\n');
  return [
    table(
      ['ms per batch', 'CPU', 'wall', 'first batch', 'RSS MiB'],
      ['cpuMs', 'wallMs', 'firstBatchMs', 'peakRssMiB'],
    ),
    table(
      ['cold start, ms', 'first result', 'CPU', 'first event', 'CPU'],
      ['firstResultMs', 'firstResultCpuMs', 'firstEventMs', 'firstEventCpuMs'],
    ),
    `${legend}\n\n`,
    `Medians (lowest–highest) over ${rounds} rounds of the mean batch, up to ${batches} batches of ${records} records of ${users} users a process, Node ${node}, ${cores} cores.\n\n`,
    `${formatTargets(checked)}\n`,
  ].join('');
}

function cell(summary: Summary | undefined): string {
  if (summary === undefined) return '–';
  const [median, min, max] = [summary.median, summary.min, summary.max].map((ms) =>
    ms.toFixed(ms < 100 ? 1 : 0),
  );
  return `${median} (${min}–${max})`;
}
