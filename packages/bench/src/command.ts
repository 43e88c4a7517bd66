import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { type ConsumerOptions, runConsumer } from './consumer/run-consumer.ts';
import { BenchError } from './errors.ts';
import { type GenerateOptions, runGenerate } from './generate/run-generate.ts';
import { type PipelineOptions, runPipeline } from './pipeline/run-pipeline.ts';
import { type ProducerOptions, runProducer } from './producer/run-producer.ts';
import type { ExitCode, Terminal } from './terminal.ts';
import { runValidators, type ValidatorsOptions } from './validators/run-validators.ts';

/** Runs the `bench` command. Never throws on wrong usage or a failed run. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const bench = new Command('bench')
    .description('How fast it is, against named rivals, on this machine.')
    .addHelpText('after', '\nExit codes: 0 done, 1 a target was missed, 2 wrong usage.')
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err });
  bench
    .command('validators')
    .description('Checks a second of the generated validators and of their rivals.')
    .option('--rounds <n>', 'processes per arm', wholeNumber(1, 100), 5)
    .option('--budget-ms <n>', 'processor time per process and case', wholeNumber(10, 10_000), 200)
    .option('--only <rival>', 'measure against one rival')
    .option('--json', 'print one JSON object', false)
    .action(async (options: ValidatorsOptions) => {
      exitCode = await runValidators(options, terminal);
    });
  bench
    .command('generate')
    .description(
      'Time of `schemas generate` and the type checker on a large registry, and of `check --files`.',
    )
    .option('--events <n>', 'events in the registry', wholeNumber(1, 1000), 200)
    .option('--rounds <n>', 'runs of each command', wholeNumber(1, 100), 5)
    .option('--keep', 'leave the folder with the generated code and say where it is', false)
    .option('--json', 'print one JSON object', false)
    .action(async (options: GenerateOptions) => {
      exitCode = await runGenerate(options, terminal);
    });
  bench
    .command('producer')
    .description('Events a second to a local Kinesis endpoint, ours and those of its rivals.')
    .option('--rounds <n>', 'processes per arm', wholeNumber(1, 100), 5)
    .option('--events <n>', 'events per process', wholeNumber(1_000, 10_000_000), 400_000)
    .option('--users <n>', 'users, so partition keys', wholeNumber(1, 99_999), 10_000)
    .option('--shards <n>', 'shards of the stream', wholeNumber(1, 1_000), 4)
    .option('--seed <text>', 'what the events are made from', 'clickstream')
    .option('--limit-s <n>', 'seconds until a process is ended', wholeNumber(1, 3_600), 60)
    .option('--faults', 'what is lost, repeated and out of order when things go wrong', false)
    .option('--memory', 'what memory ours takes through an outage', false)
    .option('--outage-s <n>', 'seconds of the outage', wholeNumber(1, 600), 60)
    .option('--only <arms>', 'measure these arms, separated by commas', (text) => text.split(','))
    .option('--chart', 'write a chart and the tables into the README of the producer', false)
    .option('--cpu-prof <folder>', 'write CPU profiles into it, and say where the time goes')
    .option('--json', 'print one JSON object', false)
    .action(async (options: ProducerOptions) => {
      exitCode = await runProducer(options, terminal);
    });
  bench
    .command('consumer')
    .description(
      'What a batch of records costs in the consumer, and the cold start of the function.',
    )
    .option('--rounds <n>', 'processes per arm', wholeNumber(1, 100), 5)
    .option('--records <n>', 'records per batch', wholeNumber(1, 10_000), 10_000)
    .option('--users <n>', 'users, so partition keys', wholeNumber(1, 99_999), 1_000)
    .option('--batches <n>', 'batches per process, fewer for slow arms', wholeNumber(1, 1_000), 20)
    .option('--only <arms>', 'measure these arms, separated by commas', (text) => text.split(','))
    .option('--cpu-prof <folder>', 'write a CPU profile of every arm into it')
    .option('--json', 'print one JSON object', false)
    .action(async (options: ConsumerOptions) => {
      exitCode = await runConsumer(options, terminal);
    });
  bench
    .command('pipeline')
    .description(
      'Events a second from the producer to the tables on local services, and where the time goes.',
    )
    .option('--events <n>', 'events to send', wholeNumber(1_000, 1_000_000), 20_000)
    .option('--users <n>', 'users, so partition keys', wholeNumber(1, 99_999), 2_000)
    .option('--aggregate', 'pack many events into one record of the stream', false)
    .option('--limits', "keep Kinesis' limits, so 1,000 records a second and shard", false)
    .option('--chart', 'run all variants, and write a chart and a table into the README', false)
    .option('--json', 'print one JSON object', false)
    .action(async (options: PipelineOptions) => {
      exitCode = await runPipeline(options, terminal);
    });
  try {
    await bench.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof BenchError)) throw error;
    const { code, message } = error;
    if (args.includes('--json')) {
      terminal.out(`${JSON.stringify({ ok: false, error: { code, message } })}\n`);
    }
    terminal.err(`${message}\n`);
    return code === 'invalid_option' ? 2 : 1;
  }
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}
