import { align } from '../align.ts';
import { formatTargets } from '../format-report.ts';
import type { FaultsReport } from '../report.ts';
import type { FaultFigures } from './run-faults.ts';

const HEADINGS = ['lost', 'reported', 'twice', 'reordered', 'events/s', 'RSS MiB', 'others p99 ms'];

/** One table per fault, then the targets. */
export function formatFaults({ scenarios, targets, setup }: FaultsReport): string {
  const tables = Object.entries(scenarios).map(([name, { what, events, arms }]) => {
    const rows = Object.entries(arms).map(([arm, figures]) => [arm, ...cells(figures)]);
    return `${name}: ${what}; ${events} events\n${align([['', ...HEADINGS], ...rows])}\n`;
  });
  const machine = `One run each, Node ${setup.node}, ${setup.cores} cores.`;
  return `${[...tables, machine].join('\n')}\n\n${formatTargets(targets)}\n`;
}

function cells(figures: FaultFigures): readonly string[] {
  const { lost, reported, duplicated, reordered, eventsPerSecond, peakRssMiB } = figures;
  return [
    ...[lost, reported, duplicated, reordered, eventsPerSecond, peakRssMiB].map(show),
    show(figures.otherShardsP99Ms),
    ...(figures.failure === undefined ? [] : [figures.failure.split('\n')[0] ?? '']),
  ];
}

function show(figure: number | undefined): string {
  return figure === undefined ? '–' : figure.toFixed(0);
}
