import type { Summary } from '../statistics.ts';
import { align } from './align.ts';
import { profileRows } from './profile/profile-rows.ts';
import type { ProducerReport } from './report.ts';
import { targetRow } from './target-row.ts';
import type { TargetReport } from './targets.ts';

const COLUMNS: readonly (readonly [heading: string, figure: string, digits: number])[] = [
  ['events/s', 'eventsPerSecond', 0],
  ['CPU µs', 'cpuUsPerEvent', 1],
  ['call p50 µs', 'callP50Us', 1],
  ['p99 µs', 'callP99Us', 1],
  ['÷ stringify', 'callByStringify', 2],
  ['loop p99 ms', 'loopDelayP99Ms', 1],
  ['RSS MiB', 'peakRssMiB', 0],
  ['handshakes', 'handshakesPerRequest', 2],
  ['PUT units/M', 'putUnitsPerMillion', 0],
  ['lost', 'lost', 0],
  ['twice', 'duplicated', 0],
  ['reordered', 'reordered', 0],
  ['sink load', 'sinkLoad', 2],
];

/** Medians by arm as a table, then the targets. */
export function formatReport({ arms, targets, setup }: ProducerReport): string {
  const rows = [
    ['', ...COLUMNS.map(([heading]) => heading)],
    ...Object.entries(arms).map(([name, { figures }]) => [
      name,
      ...COLUMNS.map(([, figure, digits]) => show(figures[figure], digits)),
    ]),
  ];
  const failures = Object.values(arms).flatMap((arm) => arm.failures);
  return [
    align(rows),
    '',
    `Medians of ${setup.rounds} rounds, ${setup.events} events of ${setup.users} users, Node ${setup.node}, ${setup.cores} cores.`,
    ...failures,
    '',
    ...formatProfile(arms),
    formatTargets(targets),
    '',
  ].join('\n');
}

function formatProfile(arms: ProducerReport['arms']): readonly string[] {
  const isProfiled = Object.values(arms).some(({ figures }) => figures['wireUs'] !== undefined);
  if (!isProfiled) return [];
  return ['Where the time of the main thread goes, µs per event', '', align(profileRows(arms)), ''];
}

function show(summary: Summary | undefined, digits: number): string {
  return summary === undefined ? '–' : summary.median.toFixed(digits);
}

export function formatTargets(targets: readonly TargetReport[]): string {
  return align(targets.map(targetRow));
}
