import path from 'node:path';
import { judgeBump, missingLines, type Shortfall } from '../release/bump.ts';
import { writeDraft } from '../release/changesets.ts';
import { isVersionTooLow, neededVersion, needsNewMajor } from '../release/event-changes.ts';
import { raiseVersion } from '../release/raise-version.ts';
import { type ReleaseState, readReleaseState } from '../release/read-state.ts';
import { summaryLines, summaryOf } from '../release/summary.ts';
import { type ExitCode, printJson, type Subcommand, type Terminal } from './subcommand.ts';

interface BumpOptions {
  readonly registry: string;
  readonly write: boolean;
  readonly json: boolean;
}

/** What `--write` did. */
interface Written {
  readonly files: readonly string[];
  /** What only a person can do. */
  readonly left: readonly string[];
}

/** `schemas bump` */
export const bumpCommand: Subcommand = (program, terminal, exit) => {
  program
    .command('bump')
    .description('Check that the pending changesets declare what the changed schemas need.')
    .option(
      '--registry <file>',
      'module whose default export is the registry',
      'schemas/src/index.ts',
    )
    .option('--write', 'draft the changeset, and raise the versions of the events', false)
    .option('--json', 'print one JSON object', false)
    .action(async (options: BumpOptions) => exit(await runBump(options, terminal)));
};

async function runBump(options: BumpOptions, terminal: Terminal): Promise<ExitCode> {
  const state = await readReleaseState(terminal.cwd, options.registry);
  const { needed, declared, shortfalls } = judgeBump(state.changes, state.pending);
  const written = options.write ? await write(state, shortfalls, options, terminal) : undefined;
  const ok = written === undefined ? shortfalls.length === 0 : written.left.length === 0;
  if (options.json) {
    printJson(terminal, {
      ok,
      needed: needed ?? null,
      declared: declared ?? null,
      shortfalls,
      events: state.changes,
      ...(written === undefined ? {} : { written }),
    });
  } else if (written !== undefined && written.files.length + written.left.length > 0) {
    terminal.out(reportWritten(written));
  } else {
    const verdict = `The schemas need ${needed === undefined ? 'no' : `a ${needed}`} release, the changesets declare ${declared ?? 'none'}.`;
    const lines = shortfalls.map(({ rule, message }) => `${rule.padEnd(14)}  ${message}\n`);
    terminal.out(`${lines.join('')}${verdict}\n`);
  }
  return ok ? 0 : 1;
}

async function write(
  { changes, pending }: ReleaseState,
  shortfalls: readonly Shortfall[],
  { registry }: BumpOptions,
  { cwd }: Terminal,
): Promise<Written> {
  const files: string[] = [];
  const left: string[] = [];
  const folder = path.dirname(path.resolve(cwd, registry));
  for (const event of changes.filter(isVersionTooLow)) {
    const to = neededVersion(event) ?? event.version;
    const { type, version: from } = event;
    if (needsNewMajor(event)) {
      const told = shortfalls.find(
        ({ rule, event: of }) => rule === 'event-version' && of === type,
      );
      left.push(told?.message ?? `Define ${type} ${to} beside ${from}.`);
      continue;
    }
    const raised = await raiseVersion(folder, { type, from, to });
    if (!raised.ok) left.push(raised.message);
    else files.push(path.relative(cwd, path.join(folder, raised.file)).replaceAll(path.sep, '/'));
  }
  // A draft for a change that has to be made otherwise would outlive it.
  if (changes.some(needsNewMajor)) {
    return { files, left };
  }
  const { needed, shortfalls: all } = judgeBump(changes, pending);
  if (needed !== undefined && all.some(({ rule }) => rule !== 'event-version')) {
    const missing = missingLines(changes, pending);
    const lines = missing.length === 0 ? changes.flatMap(summaryLines) : missing;
    const summary = summaryOf(lines);
    files.push(await writeDraft(cwd, { packages: pending.packages, bump: needed, summary }));
  }
  return { files, left };
}

function reportWritten({ files, left }: Written): string {
  return [
    ...files.map((file) => `wrote    ${file}`),
    ...left.map((message) => `to do    ${message}`),
    ...(files.length === 0
      ? []
      : ['Read what was drafted, then run `pnpm schemas generate` and commit all of it.']),
    '',
  ].join('\n');
}
