import { fileURLToPath } from 'node:url';
import { BenchError } from '../errors.ts';
import { runNode } from '../node-process.ts';
import { installRivals } from '../rivals.ts';
import { type Figures, type Results, runRounds } from '../rounds.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { arms, OURS, TARGET_RIVAL } from './arms.ts';
import { formatReport, report } from './report.ts';

export interface ValidatorsOptions {
  readonly rounds: number;
  readonly budgetMs: number;
  readonly only?: string;
  readonly json: boolean;
}

/** `bench validators` */
export async function runValidators(
  { rounds, budgetMs, only, json }: ValidatorsOptions,
  { out, err }: Terminal,
): Promise<ExitCode> {
  const rivals = Object.keys(arms).filter((name) => name !== OURS);
  if (only !== undefined && !rivals.includes(only)) {
    const known = rivals.map((name) => `"${name}"`).join(', ');
    throw new BenchError('invalid_option', `There is no rival "${only}"; there are ${known}.`);
  }
  await installRivals(() => err('installing the rivals, once\n'));
  const results: Results = await runRounds({
    arms: [OURS, ...(only === undefined ? rivals : [only])],
    rounds,
    run: (arm) => measureInProcess(arm, budgetMs),
    onProgress: (arm, round) => err(`round ${round} of ${rounds}: ${arm}\n`),
  });
  const found = report(results, only ?? TARGET_RIVAL);
  out(json ? `${JSON.stringify(found)}\n` : formatReport(found));
  return found.ok ? 0 : 1;
}

async function measureInProcess(arm: string, budgetMs: number): Promise<Figures> {
  const script = fileURLToPath(import.meta.resolve('./arm-process.ts'));
  const printed = await runNode([script, arm, String(budgetMs)]);
  return Object.fromEntries(
    printed
      .trim()
      .split('\n')
      .map((line) => {
        const [name = '', figure] = line.split('\t');
        return [name, Number(figure)];
      }),
  );
}
