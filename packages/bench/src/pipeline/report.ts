import { availableParallelism } from 'node:os';
import { align } from '../producer/align.ts';
import type { BatchMetrics } from './function-metrics.ts';
import type { ProducerFigures } from './producer-process.ts';
import type { PipelineOptions } from './run-pipeline.ts';

/** What one run came to. */
export interface Measured {
  /** From the first call of the producer until the stream was worked off. */
  readonly seconds: number;
  readonly producer: ProducerFigures;
  readonly batches: readonly BatchMetrics[];
  /** Processor seconds of each process that runs a function. */
  readonly functions: readonly number[];
  /** The process of the local services and the pollers. */
  readonly services: {
    readonly cpuSeconds: number;
    readonly byStage: Readonly<Record<string, number>>;
  };
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** What `--json` prints. */
export interface PipelineReport {
  /** Whether every event was delivered and handled. */
  readonly ok: boolean;
  readonly setup: Omit<PipelineOptions, 'json'> & { readonly node: string; readonly cores: number };
  readonly eventsPerSecond: number;
  readonly seconds: number;
  readonly batches: number;
  readonly eventsPerBatch: number;
  /** Events that the function has handled; more than were sent if some came twice. */
  readonly handled: number;
  readonly undelivered: number;
  /** Processor seconds, by process; the local services' by stage, as a sampling profile divides them. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  /** Milliseconds. Of batches it is their oldest event or record that counts. */
  readonly waits: Readonly<Record<string, Percentiles>>;
}

export function report(options: PipelineOptions, measured: Measured): PipelineReport {
  const { json: _, ...setup } = options;
  const { seconds, producer, batches, functions, services } = measured;
  const handled = batches.reduce((sum, batch) => sum + batch.events, 0);
  const sampled = Object.values(services.byStage).reduce((sum, spent) => sum + spent, 0);
  // The profile knows one thread; what the others do (garbage, compiling) is spread over all stages.
  const scale = sampled === 0 ? 0 : services.cpuSeconds / sampled;
  const stages = Object.entries(services.byStage)
    .map(([stage, spent]) => [stage, spent * scale] as const)
    .toSorted(([, a], [, b]) => b - a);
  const spread = (of: (batch: BatchMetrics) => number): Percentiles =>
    percentiles(batches.map(of).toSorted((a, b) => a - b));
  return {
    ok: producer.failed === 0 && handled >= options.events,
    setup: { ...setup, node: process.version, cores: availableParallelism() },
    eventsPerSecond: options.events / seconds,
    seconds,
    batches: batches.length,
    eventsPerBatch: handled / batches.length,
    handled,
    undelivered: producer.failed,
    cpuSeconds: {
      producer: producer.cpuSeconds,
      functions: functions.reduce((sum, spent) => sum + spent, 0),
      ...Object.fromEntries(stages),
    },
    waits: {
      'producer: call to receipt': percentiles(producer.deliveryMs),
      'stream and poller: arrival to function': spread(
        ({ arrivalAgeMs, batchMs }) => arrivalAgeMs - batchMs,
      ),
      'function: start of the batch to its last write': spread(({ batchMs }) => batchMs),
      'all: call to write': spread(({ eventAgeMs }) => eventAgeMs),
    },
  };
}

function percentiles(ascending: readonly number[]): Percentiles {
  const at = (share: number): number =>
    ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

const BAR = 40;

/** Events a second, then where processor time goes, then where events wait. */
export function formatReport(found: PipelineReport): string {
  const { setup, seconds, cpuSeconds, waits } = found;
  const { cores } = setup;
  const all = Object.values(cpuSeconds).reduce((sum, spent) => sum + spent, 0);
  const stages = Object.entries(cpuSeconds).map(([stage, spent]) => [
    stage,
    spent.toFixed(2),
    `${((spent / all) * 100).toFixed(0)} %`,
    ((spent / setup.events) * 1e6).toFixed(0),
    ` ${'█'.repeat(Math.round((spent / all) * BAR))}`.padEnd(BAR),
  ]);
  const rows = Object.entries(waits).map(([wait, { p50, p99 }]) => [
    wait,
    p50.toFixed(0),
    p99.toFixed(0),
  ]);
  return [
    `${found.eventsPerSecond.toFixed(0)} events/s end to end: ${setup.events} events of ${setup.users} users in ${seconds.toFixed(1)} s, ${found.batches} batches of ${found.eventsPerBatch.toFixed(0)} events`,
    `${setup.aggregate ? 'aggregated' : 'one event a record'}, Kinesis' limits ${setup.limits ? 'as on AWS' : 'off'}, Node ${setup.node}, ${cores} cores; ${((all / seconds / cores) * 100).toFixed(0)} % of their time used by it`,
    '',
    align([['processor time', 's', 'share', 'µs/event', ''], ...stages]),
    '',
    align([['waits, ms', 'p50', 'p99'], ...rows]),
    '',
    found.ok
      ? 'Every event was delivered and handled.'
      : `NOT every event: ${found.undelivered} undelivered, ${found.handled} of ${setup.events} handled.`,
    '',
  ].join('\n');
}
