import { align } from '../align.ts';
import type { MemoryReport } from './run-memory.ts';

const HEADINGS = [
  'idle RSS',
  'peak RSS',
  'more, MiB',
  'buffered',
  'delivered',
  'failed',
  'neither',
];

/** A heading and a row for each policy. */
export function memoryRows({ policies }: MemoryReport): readonly (readonly string[])[] {
  return [
    ['when full', ...HEADINGS],
    ...Object.entries(policies).map(([policy, figures]) => [
      policy,
      ...[
        figures.idleRssMiB,
        figures.peakRssMiB,
        figures.peakRssMiB - figures.idleRssMiB,
        figures.bufferedMiB,
        figures.delivered,
        figures.failed,
        figures.unsettled,
      ].map((figure) => Math.round(figure).toLocaleString('en-US')),
    ]),
  ];
}

/** What was done, in one sentence. */
export function memoryNote({ outageS, eventsPerSecond, boundMiB }: MemoryReport): string {
  return `MiB of the whole process; ${eventsPerSecond.toLocaleString('en-US')} events a second through an outage of ${outageS} s; the buffer is bounded to ${boundMiB} MiB and 100,000 events, and a quarter of the bytes may wait for room besides.`;
}

export function formatMemory(report: MemoryReport): string {
  return `${align(memoryRows(report))}\n\n${memoryNote(report)}\n`;
}
