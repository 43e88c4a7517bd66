import path from 'node:path';
import { composeEvents } from '../compose.ts';
import { generateAll } from '../generate-all.ts';
import { type Drift, findDrift, repairDrift } from '../generated-files.ts';
import { loadRegistry } from '../load-registry.ts';
import { RELEASED_FOLDER, readReleased } from '../released.ts';
import { type ExitCode, printJson, type Subcommand, type Terminal } from './subcommand.ts';

interface GenerateOptions {
  readonly registry: string;
  readonly check: boolean;
  readonly json: boolean;
}

/** `schemas generate` */
export const generateCommand: Subcommand = (program, terminal, exit) => {
  program
    .command('generate')
    .description('Write types, validators, producer methods, consumer handlers, fixtures and DDL.')
    .option(
      '--registry <file>',
      'module whose default export is the registry',
      'schemas/src/index.ts',
    )
    .option('--check', 'write nothing; exit 1 and name the files that are out of date', false)
    .option('--json', 'print one JSON object', false)
    .action(async (options: GenerateOptions) => exit(await runGenerate(options, terminal)));
};

async function runGenerate(options: GenerateOptions, terminal: Terminal): Promise<ExitCode> {
  const file = path.resolve(terminal.cwd, options.registry);
  const models = composeEvents(await loadRegistry(file));
  const source = path.relative(terminal.cwd, file).replaceAll(path.sep, '/');
  const released = await readReleased(path.join(terminal.cwd, RELEASED_FOLDER));
  const files = generateAll(models, released, source);
  const drift = await findDrift(terminal.cwd, files);
  if (!options.check) await repairDrift(terminal.cwd, files, drift);
  const ok = !options.check || drift.length === 0;
  if (options.json) {
    const events = models.map(({ type, version }) => ({ type, version }));
    printJson(terminal, {
      ok,
      events,
      files: files.size,
      [options.check ? 'drift' : 'repaired']: drift,
    });
  } else {
    terminal.out(report(files.size, drift, options.check));
  }
  return ok ? 0 : 1;
}

function report(total: number, drift: readonly Drift[], check: boolean): string {
  if (drift.length === 0) return `All ${total} generated files are up to date.\n`;
  const verb = { missing: 'wrote', changed: 'wrote', stale: 'removed' };
  const lines = drift.map(({ file, kind }) => `${(check ? kind : verb[kind]).padEnd(8)} ${file}\n`);
  return lines.join('') + (check ? 'Run `pnpm schemas generate` and commit the result.\n' : '');
}
