import type { Results } from '../rounds.ts';
import type { Summary } from '../statistics.ts';
import { OURS } from './arms.ts';

/** The generated validators must be so many times as fast as the rival, in every case. */
const TARGET_RATIO = 1.3;

/** What `--json` prints. */
export interface ValidatorsReport {
  /** Whether the target is met in every case. */
  readonly ok: boolean;
  readonly node: string;
  readonly unit: 'checks per second of processor time';
  readonly rival: string;
  readonly targetRatio: number;
  readonly cases: readonly CaseReport[];
}
interface CaseReport {
  readonly name: string;
  /** Our median by that of the rival, measured in the same run. */
  readonly ratio: number;
  readonly ok: boolean;
  readonly arms: Readonly<Record<string, Summary>>;
}

export function report(results: Results, rival: string): ValidatorsReport {
  const cases = [...(results.get(OURS) ?? [])].map(([name, ours]): CaseReport => {
    const ratio = ours.median / (results.get(rival)?.get(name)?.median ?? NaN);
    const arms = [...results].flatMap(([arm, summaries]) => {
      const summary = summaries.get(name);
      return summary === undefined ? [] : [[arm, summary] as const];
    });
    return { name, ratio, ok: ratio >= TARGET_RATIO, arms: Object.fromEntries(arms) };
  });
  return {
    ok: cases.every(({ ok }) => ok),
    node: process.version,
    unit: 'checks per second of processor time',
    rival,
    targetRatio: TARGET_RATIO,
    cases,
  };
}

/** Millions of checks a second as a table: medians, and the ratio to the rival. */
export function formatReport({ cases, rival, targetRatio, ok, node }: ValidatorsReport): string {
  const arms = Object.keys(cases[0]?.arms ?? {});
  const rows = [
    ['million checks/s', ...arms, `${OURS} ÷ ${rival}`],
    ...cases.map((row) => [
      row.name,
      ...arms.map((arm) => cell(row.arms[arm])),
      `${row.ratio.toFixed(2)}×${row.ok ? '' : ' (below)'}`,
    ]),
  ];
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((text, column) =>
        column === 0 ? text.padEnd(widths?.[0] ?? 0) : text.padStart(widths?.[column] ?? 0),
      )
      .join('  '),
  );
  const verdict = ok ? 'met in every case' : 'missed';
  return `${lines.join('\n')}\n\nMedian (lowest–highest) per second of processor time, Node ${node}. Target ≥ ${targetRatio}× ${rival}: ${verdict}.\n`;
}

function cell(summary: Summary | undefined): string {
  if (summary === undefined) return '';
  const [median, min, max] = [summary.median, summary.min, summary.max].map((perSecond) =>
    (perSecond / 1e6).toFixed(2),
  );
  return `${median} (${min}–${max})`;
}
