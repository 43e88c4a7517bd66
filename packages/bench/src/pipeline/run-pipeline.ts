import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startLocalAws } from '@clickstream/local-aws';
import { BenchError } from '../errors.ts';
import { synthesize } from '../synthesize.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { formatReport } from './format-report.ts';
import { readBatchMetrics, type WrittenBatch } from './function-metrics.ts';
import { cpuSecondsOf } from './process-cpu.ts';
import type { ProducerFigures, ProducerSettings } from './producer-process.ts';
import { writePipeline } from './readme.ts';
import { type Measured, type PipelineReport, report } from './report.ts';
import { secondsByStage } from './stages.ts';

export interface PipelineOptions {
  readonly events: number;
  readonly users: number;
  readonly aggregate: boolean;
  readonly limits: boolean;
  /** All variants, and into the README. */
  readonly chart: boolean;
  readonly json: boolean;
}

/** What `--chart` runs. */
const VARIANTS: readonly Pick<PipelineOptions, 'aggregate' | 'limits'>[] = [
  { aggregate: false, limits: false },
  { aggregate: true, limits: false },
  { aggregate: false, limits: true },
  { aggregate: true, limits: true },
];
const DRAIN_TIMEOUT_MS = 10 * 60_000;

/** `bench pipeline` */
export async function runPipeline(
  options: PipelineOptions,
  { out, err }: Terminal,
): Promise<ExitCode> {
  const { chart, json } = options;
  const assemblyDir = await mkdtemp(path.join(tmpdir(), 'clickstream-bench-'));
  try {
    err('synthesizing the stack\n');
    await synthesize(assemblyDir);
    const runs: PipelineReport[] = [];
    for (const variant of chart ? VARIANTS : [options]) {
      const chosen = { ...options, ...variant };
      runs.push(report(chosen, await measure(assemblyDir, chosen, err)));
    }
    if (chart) await writePipeline(runs);
    const ok = runs.every((run) => run.ok);
    if (json) out(`${JSON.stringify(chart ? { ok, runs } : runs[0])}\n`);
    else out(runs.map(formatReport).join('\n'));
    return ok ? 0 : 1;
  } finally {
    await rm(assemblyDir, { recursive: true, force: true });
  }
}

async function measure(
  assemblyDir: string,
  { events, users, aggregate, limits }: PipelineOptions,
  err: Terminal['err'],
): Promise<Measured> {
  err('booting it on local services\n');
  const batches: WrittenBatch[] = [];
  await using aws = await startLocalAws({
    assemblyDir,
    stackName: 'Clickstream',
    ...(!limits && { limits: false }),
    onLog(_, line) {
      const batch = readBatchMetrics(line);
      if (batch) batches.push({ ...batch, writtenAtMs: epochMs() });
    },
  });
  const streamName = aws.outputs['StreamName'] ?? '';
  err(`sending ${events} events\n`);
  const profiler = new Session();
  profiler.connect();
  await profiler.post('Profiler.enable');
  await profiler.post('Profiler.start');
  const cpu = process.cpuUsage();
  const producer = await runProducer(
    { streamName, events, users, aggregation: aggregate },
    aws.env,
  );
  if (!(await aws.drained({ timeoutMs: DRAIN_TIMEOUT_MS }))) {
    throw new BenchError('timed_out', 'The stream did not run dry in ten minutes.');
  }
  const endedAtMs = epochMs();
  const { user, system } = process.cpuUsage(cpu);
  const { profile } = await profiler.post('Profiler.stop');
  profiler.disconnect();
  const pids = aws.functions().flatMap(({ environments }) => environments.map(({ pid }) => pid));
  const functions = await Promise.all(
    pids.filter((pid) => pid !== undefined).map((pid) => cpuSecondsOf(pid)),
  );
  return {
    endedAtMs,
    producer,
    batches,
    functions: functions.filter((spent) => spent !== undefined),
    services: { cpuSeconds: (user + system) / 1e6, byStage: secondsByStage(profile) },
  };
}

/** To the microsecond, and the same in every process of the machine. */
function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

async function runProducer(
  settings: ProducerSettings,
  env: Readonly<Record<string, string>>,
): Promise<ProducerFigures> {
  const script = fileURLToPath(import.meta.resolve('./producer-process.ts'));
  const args = ['--conditions=@clickstream/source', script, JSON.stringify(settings)];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { ...process.env, ...env },
      maxBuffer: 2 ** 28,
    });
    const printed: unknown = JSON.parse(stdout);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- producer-process.ts wrote it
    return printed as ProducerFigures;
  } catch (cause) {
    throw new BenchError('failed_run', `The producer failed: ${String(cause)}`, { cause });
  }
}
