import type { ProducerReport } from '../report.ts';
import { parts } from './time-by-part.ts';

/** A heading, a row for each part that took time in any arm, and the sum. */
export function profileRows(arms: ProducerReport['arms']): readonly (readonly string[])[] {
  const names = Object.keys(arms);
  const usOf = (name: string, figure: string): number => arms[name]?.figures[figure]?.median ?? 0;
  const taken = parts.filter(({ figure }) => names.some((name) => usOf(name, figure) >= 0.05));
  const sumOf = (name: string): number =>
    parts.reduce((sum, { figure }) => sum + usOf(name, figure), 0);
  return [
    ['', ...names],
    ...taken.map(({ figure, title }) => [
      title,
      ...names.map((name) => usOf(name, figure).toFixed(1)),
    ]),
    ['all', ...names.map((name) => sumOf(name).toFixed(1))],
  ];
}
