import type { ExitCode, Terminal } from '../terminal.ts';
export interface GenerateOptions {
  readonly events: number;
  readonly rounds: number;
  readonly keep: boolean;
  readonly json: boolean;
}
export async function runGenerate(
  _options: GenerateOptions,
  _terminal: Terminal,
): Promise<ExitCode> {
  return 0;
}
