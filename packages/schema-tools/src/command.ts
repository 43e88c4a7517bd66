import { Command, CommanderError } from 'commander';
import { bumpCommand } from './commands/bump.ts';
import { catalogCommand } from './commands/catalog.ts';
import { checkCommand } from './commands/check.ts';
import { generateCommand } from './commands/generate.ts';
import { lintCommand } from './commands/lint.ts';
import { releaseCommand } from './commands/release.ts';
import { type ExitCode, printJson, type Subcommand, type Terminal } from './commands/subcommand.ts';
import { SchemaError } from './errors.ts';

const subcommands: readonly Subcommand[] = [
  generateCommand,
  checkCommand,
  lintCommand,
  bumpCommand,
  releaseCommand,
  catalogCommand,
];

/** Runs the `schemas` command. Never throws on wrong usage or wrong schemas. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = new Command('schemas')
    .description('Event schemas and all that is generated from them.')
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err });
  for (const subcommand of subcommands) {
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
