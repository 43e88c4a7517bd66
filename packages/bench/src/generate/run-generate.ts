import path from 'node:path';
import { runNode } from '../node-process.ts';
import type { Figures } from '../rounds.ts';
import { type Summary, summarize } from '../statistics.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { FIELDS, LARGE_SCHEMAS } from './large-schemas.ts';
import { registryFiles } from './registry.ts';
import { createWorkspace, PROJECTS, ROOT, type Workspace } from './workspace.ts';

export interface GenerateOptions {
  readonly events: number;
  readonly rounds: number;
  readonly keep: boolean;
  readonly json: boolean;
}

const GENERATE = 'schemas generate';
const TYPES = 'tsc, all together';
const CHECK = `check --files, ${FIELDS} fields`;

/** The longest that a command may take on 200 events, or on two large schemas, in seconds. */
const TARGETS: Figures = { [GENERATE]: 5, [TYPES]: 10, [CHECK]: 1 };

/** `bench generate` */
export async function runGenerate(
  { events, rounds, keep, json }: GenerateOptions,
  { out, err }: Terminal,
): Promise<ExitCode> {
  await using workspace = await createWorkspace(
    new Map([...registryFiles(events), ...LARGE_SCHEMAS]),
    keep,
  );
  if (keep) err(`${workspace.root}\n`);
  const samples = new Map<string, number[]>();
  for (let round = 1; round <= rounds; round += 1) {
    err(`round ${round} of ${rounds}\n`);
    for (const [name, seconds] of Object.entries(await measure(workspace))) {
      samples.set(name, [...(samples.get(name) ?? []), seconds]);
    }
  }
  const commands = [...samples].map(([name, seconds]) => command(name, summarize(seconds)));
  const ok = commands.every((found) => found.ok);
  const found = { ok, node: process.version, unit: 'seconds', events, commands };
  out(json ? `${JSON.stringify(found)}\n` : commands.map(formatCommand).join(''));
  return ok ? 0 : 1;
}

interface CommandReport extends Summary {
  readonly name: string;
  readonly targetSeconds?: number;
  /** Whether the median is below the target, if there is one. */
  readonly ok: boolean;
}

function command(name: string, summary: Summary): CommandReport {
  const targetSeconds = TARGETS[name];
  if (targetSeconds === undefined) return { name, ok: true, ...summary };
  return { name, targetSeconds, ok: summary.median < targetSeconds, ...summary };
}

function formatCommand({ name, median, min, max, targetSeconds, ok }: CommandReport): string {
  const [middle, low, high] = [median, min, max].map((seconds) => seconds.toFixed(2));
  const verdict =
    targetSeconds === undefined ? '' : `, target < ${targetSeconds} s: ${ok ? 'met' : 'missed'}`;
  return `${name.padEnd(26)} ${middle} s (${low}–${high})${verdict}\n`;
}

/** Seconds by command: everything is generated anew, then every project is checked, then two files. */
async function measure(workspace: Workspace): Promise<Figures> {
  await workspace.clean();
  const main = path.join(ROOT, 'packages/schema-tools/src/main.ts');
  const tsc = path.resolve(import.meta.dirname, '../../node_modules/typescript/bin/tsc');
  const generate = await secondsOf([main, 'generate'], workspace.root);
  const figures: Record<string, number> = { [GENERATE]: generate, [TYPES]: 0 };
  for (const project of PROJECTS) {
    const seconds = await secondsOf([tsc, '-p', project], workspace.root);
    figures[`tsc -p ${project}`] = seconds;
    figures[TYPES] = (figures[TYPES] ?? 0) + seconds;
  }
  figures[CHECK] = await secondsOf(
    [main, 'check', '--files', ...LARGE_SCHEMAS.keys()],
    workspace.root,
  );
  return figures;
}

async function secondsOf(args: readonly string[], cwd: string): Promise<number> {
  const start = performance.now();
  await runNode(args, cwd);
  return (performance.now() - start) / 1000;
}
