import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../errors.ts';
import { runNode } from '../node-process.ts';
import { installRivals } from '../rivals.ts';
import { type Figures, runRounds } from '../rounds.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { arms } from './arms.ts';
import { bundleHandlers, coldArms } from './cold/bundle.ts';
import { measureCold, startYesServer } from './cold/measure-cold.ts';
import { formatReport, report } from './report.ts';

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
  const results = await runRounds({
    arms: chosen,
    rounds,
    async run(arm): Promise<Figures> {
      const cold = coldArms.find((name) => name === arm);
      if (cold) return measureCold(cold, bundles, yes.endpoint);
      const script = fileURLToPath(import.meta.resolve('./arm-process.ts'));
      const numbers = [records, users, batches].map(String);
      const printed: unknown = JSON.parse(
        await runNode(['--expose-gc', ...profile(arm), script, arm, ...numbers]),
      );
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- arm-process.ts wrote it
      return printed as Figures;
    },
    onProgress: (arm, round) => err(`round ${round} of ${rounds}: ${arm}\n`),
  });
  const found = report(results, { rounds, records, users, batches });
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
