import type { Command } from 'commander';

/** Where a command runs and speaks. */
export interface Terminal {
  readonly cwd: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** 0 done, 1 the thing asked about is not so, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** Adds one subcommand to the program; `exit` takes what it ends with. */
export type Subcommand = (
  program: Command,
  terminal: Terminal,
  exit: (code: ExitCode) => void,
) => void;

/** One JSON object on a line of its own. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(`${JSON.stringify(value)}\n`);
}
