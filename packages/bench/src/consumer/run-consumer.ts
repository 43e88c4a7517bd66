import path from 'node:path';
import { BenchError } from '../errors.ts';
import { installRivals } from '../rivals.ts';
import { runRounds } from '../rounds.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { arms } from './arms.ts';
import { bundleHandlers, coldArms } from './cold/bundle.ts';
import { measureCold, startYesServer } from './cold/measure-cold.ts';
import { formatReport, report } from './report.ts';
import { runTurns } from './run-turns.ts';

export interface ConsumerOptions {
  readonly rounds: number;
  readonly records: number;
  readonly users: number;
  readonly batches: number;
  readonly only?: readonly string[];
  readonly cpuProf?: string;
  readonly json: boolean;
}

/** `bench consumer` */
export async function runConsumer(
  { rounds, records, users, batches, only, cpuProf, json }: ConsumerOptions,
  { out, err }: Terminal,
): Promise<ExitCode> {
  const chosen = chooseArms(only);
  if (chosen.some((arm) => arm.startsWith('powertools'))) {
    await installRivals(() => err('installing the rivals, once\n'));
  }
  await using bundles = await bundleHandlers();
  await using yes = await startYesServer();
  const profile = (arm: string): readonly string[] =>
    cpuProf === undefined
      ? []
      : [
          '--cpu-prof',
          `--cpu-prof-dir=${path.resolve(cpuProf)}`,
          `--cpu-prof-name=${arm}.cpuprofile`,
        ];
  const onProgress = (arm: string, round: number): void =>
    err(`round ${round} of ${rounds}: ${arm}\n`);
  const batch = { rounds, records, users, batches };
  const warm = await runTurns({
    arms: chosen.filter((arm) => arm in arms),
    ...batch,
    nodeArgs: profile,
    onProgress,
  });
  const cold = await runRounds({
    arms: coldArms.filter((arm) => chosen.includes(arm)),
    rounds,
    run: async (arm) => measureCold(arm, bundles, yes.endpoint),
    onProgress,
  });
  const results = new Map([...warm, ...cold]);
  const found = report(results, batch);
  out(json ? `${JSON.stringify(found)}\n` : formatReport(found));
  return found.ok ? 0 : 1;
}

/** @throws {@link BenchError} `invalid_option` */
function chooseArms(only: readonly string[] | undefined): readonly string[] {
  const known = [...Object.keys(arms), ...coldArms];
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown === undefined) return only ?? known;
  const message = `There is no arm "${unknown}"; there are ${known.join(', ')}.`;
  throw new BenchError('invalid_option', message);
}
