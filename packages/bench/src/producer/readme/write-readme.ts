import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { insertSection } from '../../readme/section.ts';
import type { MemoryReport } from '../memory/run-memory.ts';
import type { FaultsReport, ProducerReport } from '../report.ts';
import { drawChart } from './chart.ts';
import { faultsTable, memoryTable, profileTable, speedTable } from './tables.ts';

const PRODUCER = path.resolve(import.meta.dirname, '../../../../producer');
const CHART = 'bench.svg';
const COMMAND = 'pnpm bench producer --chart';

/** Writes the chart and the tables of a run into the producer's README. */
export async function writeSpeed(report: ProducerReport): Promise<void> {
  await writeFile(path.join(PRODUCER, CHART), drawChart(report));
  const image = `![Events per second and CPU per event, by producer](${CHART})`;
  await writeSection('speed', 'How fast', `${image}\n\n${speedTable(report)}`);
}

/** Writes where the time of a profiled run went into the producer's README. */
export async function writeProfile(report: ProducerReport): Promise<void> {
  await writeSection('profile', 'Where the time goes', profileTable(report));
}

/** Writes the table of faults into the producer's README. */
export async function writeFaults(report: FaultsReport): Promise<void> {
  await writeSection('faults', 'When things go wrong', faultsTable(report));
}

/** Writes what memory an outage took into the producer's README. */
export async function writeMemory(report: MemoryReport): Promise<void> {
  await writeSection('memory', 'Memory through an outage', memoryTable(report));
}

async function writeSection(name: string, title: string, content: string): Promise<void> {
  const file = path.join(PRODUCER, 'README.md');
  const text = await readFile(file, 'utf8');
  await writeFile(file, insertSection(text, { name, command: COMMAND, title, content }));
}
