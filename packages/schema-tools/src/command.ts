import path from 'node:path';
import { Command, CommanderError } from 'commander';
import { composeEvents } from './compose.ts';
import { SchemaError } from './errors.ts';
import { generate } from './generate.ts';
import { type Drift, findDrift, repairDrift } from './generated-files.ts';
import { loadRegistry } from './load-registry.ts';

/** Where a command runs and speaks. */
export interface Terminal {
  readonly cwd: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** 0 done, 1 the thing asked about is not so, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

interface GenerateOptions {
  readonly registry: string;
  readonly check: boolean;
  readonly json: boolean;
}

/** Runs the `schemas` command. Never throws on wrong usage or wrong schemas. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = new Command('schemas')
    .description('Event schemas and all that is generated from them.')
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err });
  program
    .command('generate')
    .description('Write types, validators, producer methods and consumer handlers.')
    .option(
      '--registry <file>',
      'module whose default export is the registry',
      'schemas/src/index.ts',
    )
    .option('--check', 'write nothing; exit 1 and name the files that are out of date', false)
    .option('--json', 'print one JSON object', false)
    .action(async (options: GenerateOptions) => {
      exitCode = await runGenerate(options, terminal);
    });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof SchemaError)) throw error;
    if (args.includes('--json')) {
      printJson(terminal, { ok: false, error: { code: error.code, message: error.message } });
    }
    terminal.err(`${error.message}\n`);
    return error.code === 'registry_not_found' ? 2 : 1;
  }
}

async function runGenerate(options: GenerateOptions, terminal: Terminal): Promise<ExitCode> {
  const file = path.resolve(terminal.cwd, options.registry);
  const models = composeEvents(await loadRegistry(file));
  const source = path.relative(terminal.cwd, file).replaceAll(path.sep, '/');
  const files = generate(models, source);
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

function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(`${JSON.stringify(value)}\n`);
}
