import type { Results } from '../rounds.ts';
import { type Summary, summarize } from '../statistics.ts';
import { HONEST_RIVAL, OURS, OURS_AGGREGATED } from './arms.ts';

/** One promise, and what this run says to it. */
export interface TargetReport {
  readonly name: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** By round; undefined if an arm that it needs was not measured. */
  readonly found?: Summary;
  readonly reached: boolean | 'not measured';
}

interface Target {
  readonly name: string;
  readonly arm: string;
  readonly figure: string;
  /** Its figure of the same round is what ours is divided by; left out: the figure itself counts. */
  readonly by?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** The worst round counts, not the median. */
  readonly everyRound?: boolean;
}

const targets: readonly Target[] = [
  vsRival('plain: events/s ÷ rival', OURS, 'eventsPerSecond', { atLeast: 1.3 }),
  vsRival('plain: CPU per event ÷ rival', OURS, 'cpuUsPerEvent', { atMost: 0.8 }),
  vsRival('aggregated: events/s ÷ rival', OURS_AGGREGATED, 'eventsPerSecond', { atLeast: 3 }),
  ...(['plain', 'aggregated'] as const).flatMap((mode): Target[] => {
    const arm = mode === 'plain' ? OURS : OURS_AGGREGATED;
    return [
      { name: `${mode}: mean call ÷ JSON.stringify`, arm, figure: 'callByStringify', atMost: 1.5 },
      vsRival(`${mode}: event-loop delay p99 ÷ rival`, arm, 'loopDelayP99Ms', { atMost: 1 }),
      { name: `${mode}: events lost`, arm, figure: 'lost', atMost: 0, everyRound: true },
      { name: `${mode}: events reordered`, arm, figure: 'reordered', atMost: 0, everyRound: true },
    ];
  }),
  // Four connections are opened once: 0.05 allows for them in a run of 100 requests.
  {
    name: 'plain: TLS handshakes per request',
    arm: OURS,
    figure: 'handshakesPerRequest',
    atMost: 0.05,
  },
  {
    name: 'aggregated: PUT units ÷ plain',
    arm: OURS_AGGREGATED,
    figure: 'putUnitsPerMillion',
    by: OURS,
    atMost: 1 / 50,
  },
  {
    name: 'aggregated: on-demand bytes ÷ plain',
    arm: OURS_AGGREGATED,
    figure: 'onDemandMiBPerMillion',
    by: OURS,
    atMost: 1 / 2,
  },
];

function vsRival(
  name: string,
  arm: string,
  figure: string,
  bound: Pick<Target, 'atLeast' | 'atMost'>,
): Target {
  return { name, arm, figure, by: HONEST_RIVAL, ...bound };
}

/** Why rounds of an arm have no figures, by arm. */
export type Failures = ReadonlyMap<string, readonly string[]>;

/**
 * Ratios are taken round by round, so that what slows the machine for a while slows both sides; if
 * one of them has no figures for a round, of the medians.
 */
export function checkTargets(results: Results, failures: Failures): readonly TargetReport[] {
  const found = targets.map(({ arm, figure, by, everyRound, ...target }): TargetReport => {
    const ours = results.get(arm)?.get(figure);
    const theirs = by === undefined ? undefined : results.get(by)?.get(figure);
    if (ours === undefined || (by !== undefined && theirs === undefined)) {
      return { ...target, reached: 'not measured' };
    }
    const value = theirs === undefined ? ours : ratio(ours, theirs);
    return check(target, value, everyRound === true ? value.max : value.median);
  });
  const ended = [OURS, OURS_AGGREGATED]
    .filter((arm) => results.has(arm))
    .map((arm) => {
      const failed = failures.get(arm)?.length ?? 0;
      return check({ name: `${arm}: runs that failed`, atMost: 0 }, summarize([failed]));
    });
  return [...found, ...ended];
}

function check(
  target: Pick<Target, 'name' | 'atLeast' | 'atMost'>,
  found: Summary,
  deciding = found.median,
): TargetReport {
  const { atLeast = -Infinity, atMost = Infinity } = target;
  return { ...target, found, reached: deciding >= atLeast && deciding <= atMost };
}

function ratio(ours: Summary, theirs: Summary): Summary {
  if (ours.samples.length !== theirs.samples.length) {
    return summarize([ours.median / theirs.median]);
  }
  return summarize(ours.samples.map((sample, round) => sample / (theirs.samples[round] ?? NaN)));
}
