import { Command, CommanderError } from 'commander';
import { type ExitCode, printJson, type Subcommand, type Terminal } from './commands/subcommand.ts';
import { SchemaError } from './errors.ts';

/** Each in a module of its own, because no call needs what the others import. */
const subcommands = new Map<string | undefined, () => Promise<Subcommand>>([
  ['generate', async () => (await import('./commands/generate.ts')).generateCommand],
  ['check', async () => (await import('./commands/check.ts')).checkCommand],
  ['lint', async () => (await import('./commands/lint.ts')).lintCommand],
  ['bump', async () => (await import('./commands/bump.ts')).bumpCommand],
  ['release', async () => (await import('./commands/release.ts')).releaseCommand],
  ['catalog', async () => (await import('./commands/catalog.ts')).catalogCommand],
]);

/** Runs the `schemas` command. Never throws on wrong usage or wrong schemas. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = new Command('schemas')
    .description('Event schemas and all that is generated from them.')
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err });
  const named = subcommands.get(args[0]);
  for (const load of named === undefined ? subcommands.values() : [named]) {
    const subcommand = await load();
    subcommand(program, terminal, (code) => {
      exitCode = code;
    });
  }
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
    return error.code === 'registry_not_found' || error.code === 'wrong_usage' ? 2 : 1;
  }
}
