import { markdownTable } from '../../readme/markdown-table.ts';
import { HONEST_RIVAL } from '../arms.ts';
import type { FaultFigures } from '../faults/run-faults.ts';
import { memoryNote, memoryRows } from '../memory/format-memory.ts';
import type { MemoryReport } from '../memory/run-memory.ts';
import { profileRows } from '../profile/profile-rows.ts';
import type { FaultsReport, ProducerReport } from '../report.ts';
import { targetRow } from '../target-row.ts';

/** Where the time went by part, as Markdown, one column per arm. */
export function profileTable({ arms, setup }: ProducerReport): string {
  const names = Object.keys(arms);
  const [heading = [], ...rows] = profileRows(arms);
  return [
    markdownTable([heading.map((name) => (name === '' ? '' : `\`${name}\``)), ...rows]),
    `\nµs of the main thread per event, medians of ${setup.rounds} rounds of ${setup.events.toLocaleString('en-US')} events, Node ${setup.node}: \`pnpm bench producer --cpu-prof <folder> --only ${names.join(',')}\`. The profiler itself takes some of it.`,
  ].join('\n');
}

/** The figures of a run as Markdown: what was measured, the arms, the targets. */
export function speedTable({ arms, setup, targets }: ProducerReport): string {
  const rows = Object.entries(arms).map(([name, { figures }]) => {
    const median = (figure: string, digits: number): string =>
      figures[figure]?.median.toLocaleString('en-US', {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }) ?? 'did not end';
    const ratio = arms[name]?.ratiosToRival['eventsPerSecond'];
    return [
      `\`${name}\``,
      median('eventsPerSecond', 0),
      ratio === undefined ? '–' : `${ratio.toFixed(2)}×`,
      median('cpuUsPerEvent', 1),
      median('callByStringify', 2),
      median('loopDelayP99Ms', 0),
      median('peakRssMiB', 0),
      median('handshakesPerRequest', 2),
      median('putUnitsPerMillion', 0),
    ];
  });
  const versions = Object.entries(setup.versions).map(([name, version]) => `${name} ${version}`);
  return [
    markdownTable([
      [
        '',
        'events/s',
        '÷ rival',
        'CPU µs/event',
        'call ÷ `JSON.stringify`',
        'loop delay p99, ms',
        'RSS, MiB',
        'handshakes/request',
        'PUT units per million',
      ],
      ...rows,
    ]),
    `\nMedians of ${setup.rounds} rounds, ${setup.events.toLocaleString('en-US')} events of about 300 bytes an arm, in turns, from ${setup.users.toLocaleString('en-US')} users, ${setup.shards} shards; Node ${setup.node}, ${setup.cores} cores, sink and producer on one machine. \`${HONEST_RIVAL}\` is the rival: the AWS SDK with kept connections, batches of 500, four in flight and a loop that sends failed records again. \`bare-https\` is the limit, \`sink-ceiling\` what the sink can take. Versions: ${versions.join(', ')}.\n`,
    markdownTable([['Target', 'Bound', 'Found', ''], ...targets.map(targetRow)]),
  ].join('\n');
}

/** Memory by policy, as Markdown. */
export function memoryTable(report: MemoryReport): string {
  return `${markdownTable(memoryRows(report))}\n\n${memoryNote(report)} \`pnpm bench producer --memory\``;
}

/** Lost and reordered events, by fault and arm, as Markdown. */
export function faultsTable({ scenarios, setup }: FaultsReport): string {
  const names = Object.keys(scenarios);
  const arms = [...new Set(Object.values(scenarios).flatMap((found) => Object.keys(found.arms)))];
  const rows = arms.map((arm) => [
    `\`${arm}\``,
    ...names.map((name) => faultCell(scenarios[name]?.arms[arm])),
  ]);
  const what = names.map((name) => `${name}: ${scenarios[name]?.what}`);
  return `${markdownTable([['lost / reordered', ...names], ...rows])}\n\n${what.join('; ')}. One run each, Node ${setup.node}, ${setup.cores} cores.`;
}

function faultCell(figures: FaultFigures | undefined): string {
  if (figures === undefined) return '–';
  const cell = `${figures.lost.toLocaleString('en-US')} / ${figures.reordered.toLocaleString('en-US')}`;
  return figures.failure === undefined ? cell : `${cell}, did not end`;
}
