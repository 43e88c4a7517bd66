import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { drawBars } from '../readme/bar-chart.ts';
import { markdownTable } from '../readme/markdown-table.ts';
import { insertSection } from '../readme/section.ts';
import { describeVariant } from './format-report.ts';
import type { PipelineReport } from './report.ts';

const PACKAGE = path.resolve(import.meta.dirname, '../..');
const CHART = 'pipeline.svg';
const LABELS = 172;

/** Writes the chart and the table of some runs into the README of this package. */
export async function writePipeline(runs: readonly PipelineReport[]): Promise<void> {
  await writeFile(path.join(PACKAGE, CHART), pipelineChart(runs));
  const file = path.join(PACKAGE, 'README.md');
  const image = `![Processor time per event, by part of the pipeline](${CHART})`;
  const section = {
    name: 'pipeline',
    command: 'pnpm bench pipeline --chart',
    title: 'The pipeline',
    content: `${image}\n\n${pipelineTable(runs)}`,
  };
  await writeFile(file, insertSection(await readFile(file, 'utf8'), section));
}

/** What is deployed to AWS; the rest stands in for AWS. */
const DEPLOYED: ReadonlySet<string> = new Set(['producer', 'functions']);

/** Processor time per event by part, of the first two runs, side by side. */
export function pipelineChart(runs: readonly PipelineReport[]): string {
  const shown = runs.slice(0, 2);
  const spentUs = ({ cpuSeconds, setup }: PipelineReport, part: string): number =>
    ((cpuSeconds[part] ?? 0) / setup.events) * 1e6;
  const parts = [...new Set(shown.flatMap(({ cpuSeconds }) => Object.keys(cpuSeconds)))].filter(
    (part) => shown.some((run) => spentUs(run, part) >= 1),
  );
  const most = Math.max(...shown.flatMap((run) => parts.map((part) => spentUs(run, part))));
  return drawBars({
    label: 'Processor time per event, by part of the pipeline',
    rows: parts.map((name) => ({ name, kind: DEPLOYED.has(name) ? 'ours' : 'rival' })),
    panels: shown.map((run, column) => ({
      title: `CPU µs per event, ${describeVariant(run.setup)}`,
      left: LABELS + column * 370,
      width: 280,
      format: (value) => value.toFixed(0),
      most,
      bars: new Map(parts.map((part) => [part, { value: spentUs(run, part) }])),
    })),
    note: 'Green is what is deployed; grey stands in for AWS on this machine.',
  });
}

/** The figures of some runs as Markdown, one column each. */
export function pipelineTable(runs: readonly PipelineReport[]): string {
  const row = (name: string, cell: (run: PipelineReport) => string): readonly string[] => [
    name,
    ...runs.map(cell),
  ];
  const wait =
    (name: string) =>
    ({ waits }: PipelineReport): string =>
      `${whole(waits[name]?.p50)} / ${whole(waits[name]?.p99)}`;
  const [first] = runs;
  return [
    markdownTable([
      row('', ({ setup }) => describeVariant(setup)),
      row('events/s end to end', (run) => whole(run.eventsPerSecond)),
      row('events/s while functions are at work', (run) => whole(run.eventsPerSecondAtWork)),
      row('s until the first batch is in a function', ({ phases }) => phases.first.toFixed(1)),
      row('s with functions at work', ({ phases }) => phases.atWork.toFixed(1)),
      row('s with none: batches wait to be full', ({ phases }) => phases.waiting.toFixed(1)),
      row('events per batch', (run) => whole(run.eventsPerBatch)),
      row('CPU µs per event, all parts', ({ cpuSeconds, setup }) =>
        whole((Object.values(cpuSeconds).reduce((a, b) => a + b, 0) / setup.events) * 1e6),
      ),
      ...Object.keys(first?.waits ?? {}).map((name) => row(`${name}, ms p50 / p99`, wait(name))),
    ]),
    first
      ? `\nOne run each of ${whole(first.setup.events)} events of ${whole(first.setup.users)} users, two shards with two lanes, Node ${first.setup.node}, ${first.setup.cores} cores for all of it: the producer, the services that stand in for AWS, and four function processes, whose start is in the figures. The seconds add up to the run; a batch waits up to 5 s to be full, as on AWS.`
      : '',
  ].join('\n');
}

function whole(value = NaN): string {
  return Math.round(value).toLocaleString('en-US');
}
