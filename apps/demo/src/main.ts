import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { runDemo } from './demo.ts';
import { DemoError } from './demo-error.ts';
import { findings } from './ledger.ts';
import { defaults, parseOption } from './options.ts';
import { createProgress } from './progress.ts';
import { formatLedger } from './report.ts';

const option = (name: 'events' | 'poison' | 'seed' | 'port') => (text: string) => {
  try {
    return parseOption(name, text);
  } catch (error) {
    throw error instanceof DemoError ? new InvalidArgumentError(error.message) : error;
  }
};

const command = new Command('demo')
  .description(
    'Runs the whole pipeline on this machine: synthesizes the stack, boots it on local services, ' +
      'lets simulated shoppers send events to the storefront and a foreign producer poison the ' +
      'stream, waits until the stream is drained and proves by the stores that nothing was lost.',
  )
  .option('--events <n>', 'events that the shoppers send', option('events'), defaults.events)
  .option('--poison <p>', 'poison records per event', option('poison'), defaults.poison)
  .option('--seed <n>', 'seed of shoppers, poison and chaos', option('seed'), defaults.seed)
  .option('--port <n>', 'port of the storefront, 0 for a free one', option('port'), defaults.port)
  .option('--aggregate', 'pack many events into one record of the stream', defaults.aggregate)
  .option(
    '--chaos',
    'make requests fail and kill functions, storefront and all local services at random',
    defaults.chaos,
  )
  .option('--stay', 'stay up afterwards, until Ctrl-C', false)
  .option('--verbose', 'show what the functions and the storefront log', false)
  .option('--json', 'print the ledger as one JSON object on stdout', false)
  .addHelpText(
    'after',
    '\nWith --chaos, requests to the local services are throttled, fail, hang, lose their connection before or\n' +
      'after they took effect, come late or twice; the stream gets more and fewer shards; one shopper sends a\n' +
      'twentieth of all events; the clock of the shop is wrong; processes die by SIGKILL or of their memory,\n' +
      'or are frozen until their timeout. Each is counted in the ledger, also what did not happen.\n' +
      'A shopper whose storefront was killed is told nothing: such events count as unconfirmed and may be in\n' +
      'the table or not, at most once and in order. What a receipt was given for is there.\n' +
      '\nExit codes: 0 nothing lost, 1 the ledger does not balance or the demo failed, 2 wrong usage, 130 ended early.',
  )
  .allowExcessArguments(false)
  .exitOverride();

interface Flags {
  readonly events: number;
  readonly poison: number;
  readonly seed: number;
  readonly port: number;
  readonly aggregate: boolean;
  readonly chaos: boolean;
  readonly stay: boolean;
  readonly verbose: boolean;
  readonly json: boolean;
}

async function main(): Promise<number> {
  const flags = command.parse().opts<Flags>();
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => abort.abort());
  }
  const progress = createProgress();
  try {
    const ledger = await runDemo(flags, {
      progress,
      signal: abort.signal,
      onLog: (source, line) => {
        if (flags.verbose) process.stderr.write(`${source}: ${line}\n`);
      },
      onLedger: (result) => {
        process.stdout.write(
          flags.json ? `${JSON.stringify(result)}\n` : `\n${formatLedger(result)}\n`,
        );
      },
      stay: flags.stay,
    });
    return findings(ledger).length > 0 ? 1 : 0;
  } catch (error) {
    if (abort.signal.aborted) return 130;
    throw error;
  } finally {
    progress.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}\n`);
    process.exitCode = 1;
  }
}
