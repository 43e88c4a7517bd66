import path from 'node:path';
import { Command } from 'commander';
import { SchemaError } from '../errors.ts';
import { GENERATED_FOLDERS } from '../generate.ts';
import { versionPackages, writeSnapshots } from '../release/apply.ts';
import { isEmpty, planRelease, type ReleasePlan } from '../release/plan.ts';
import { readReleaseState } from '../release/read-state.ts';
import { listUncommitted, restoreCommitted } from '../release/working-tree.ts';
import { RELEASED_FOLDER } from '../released.ts';
import { writeRetired } from '../retired.ts';
import { bumpCommand } from './bump.ts';
import { checkCommand } from './check.ts';
import { generateCommand } from './generate.ts';
import { lintCommand } from './lint.ts';
import { type ExitCode, printJson, type Subcommand, type Terminal } from './subcommand.ts';

interface ReleaseOptions {
  readonly registry: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Where a release writes, as git pathspecs: all that is taken back when it fails half way. */
const WRITTEN = [
  RELEASED_FOLDER,
  '.changeset',
  ...GENERATED_FOLDERS,
  ':(glob)**/package.json',
  ':(glob)**/CHANGELOG.md',
];

/** `schemas release` */
export const releaseCommand: Subcommand = (program, terminal, exit) => {
  program
    .command('release')
    .description('Release the working schemas: snapshots, versions, changelogs, generated code.')
    .option(
      '--registry <file>',
      'module whose default export is the registry',
      'schemas/src/index.ts',
    )
    .option('--dry-run', 'check everything and say what would be done, but write nothing', false)
    .option('--json', 'print one JSON object', false)
    .action(async (options: ReleaseOptions) => exit(await runRelease(options, terminal)));
};

async function runRelease(options: ReleaseOptions, terminal: Terminal): Promise<ExitCode> {
  const { cwd } = terminal;
  const { models, released, changes, pending } = await readReleaseState(cwd, options.registry);
  const plan = planRelease({ models, released, changes, pending });
  if (isEmpty(plan)) {
    report({ ...options, plan, written: [] }, terminal);
    return 0;
  }
  if (!options.dryRun) await refuseUncommitted(cwd);
  const gate = gateOf(options, terminal);
  await gate(lintCommand, 'lint');
  await gate(checkCommand, 'check');
  await gate(bumpCommand, 'bump');
  await gate(generateCommand, 'generate', '--check');
  if (!options.dryRun) await apply(plan, gate, terminal);
  report({ ...options, plan, written: options.dryRun ? [] : await listUncommitted(cwd) }, terminal);
  return 0;
}

/** Runs another subcommand, which must succeed. */
type Gate = (subcommand: Subcommand, ...args: string[]) => Promise<void>;

function gateOf({ registry }: ReleaseOptions, terminal: Terminal): Gate {
  return async (subcommand, ...args) => {
    let [exitCode, said]: [ExitCode, string] = [0, ''];
    const listen = (text: string): void => {
      said += text;
    };
    const program = new Command('schemas').exitOverride();
    subcommand(program, { ...terminal, out: listen, err: listen }, (code) => {
      exitCode = code;
    });
    await program.parseAsync([...args, '--registry', registry], { from: 'user' });
    if (exitCode === 0) return;
    terminal.err(said);
    const command = `pnpm schemas ${args.join(' ')}`;
    throw new SchemaError(
      'release_failed',
      `Nothing was released: \`${command}\` fails; mend what it says, commit, and release again.`,
    );
  };
}

async function refuseUncommitted(root: string): Promise<void> {
  const [first, ...more] = await listUncommitted(root);
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  throw new SchemaError(
    'release_failed',
    `Nothing was released: ${first}${others} is not committed; commit or stash it, so that the release stands alone.`,
  );
}

async function apply(plan: ReleasePlan, gate: Gate, { cwd }: Terminal): Promise<void> {
  try {
    await writeSnapshots(cwd, plan.snapshots);
    await writeRetired(path.join(cwd, RELEASED_FOLDER), plan.retired);
    await versionPackages(cwd);
    await gate(generateCommand, 'generate');
    await gate(checkCommand, 'check');
  } catch (cause) {
    await restoreCommitted(cwd, WRITTEN);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SchemaError(
      'release_failed',
      `The release failed and everything is as it was before. ${why}`,
      { cause },
    );
  }
}

interface Outcome extends ReleaseOptions {
  readonly plan: ReleasePlan;
  readonly written: readonly string[];
}

function report({ plan, written, dryRun, json }: Outcome, terminal: Terminal): void {
  const { from, to } = plan;
  const snapshots = plan.snapshots.map(({ type, version, file }) => ({
    type,
    version,
    file: `${RELEASED_FOLDER}/${file}`,
  }));
  if (json) {
    const released = !dryRun && !isEmpty(plan);
    printJson(terminal, { ok: true, released, from, to, snapshots, written });
    return;
  }
  if (isEmpty(plan)) {
    terminal.out(`There is nothing to release: ${from} is what the schemas say.\n`);
    return;
  }
  const [is, are] = dryRun ? ['would be', 'would be'] : ['is', 'are'];
  const lines = [
    ...snapshots.map(({ type, version, file }) => `${type} ${version} ${is} released as ${file}`),
    `The packages ${are} raised from ${from} to ${to}.`,
    ...(dryRun ? ['Nothing was written.'] : nextSteps(to)),
  ];
  terminal.out(`${lines.join('\n')}\n`);
}

function nextSteps(version: string): string[] {
  return [
    'Next, once you have read the changelogs:',
    `  git add --all && git commit -m "Release ${version}"`,
    '  pnpm build && pnpm changeset publish    # publishes what is not yet there, and tags it',
    '  git push --follow-tags',
  ];
}
