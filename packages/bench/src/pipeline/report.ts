import { availableParallelism } from 'node:os';
import type { WrittenBatch } from './function-metrics.ts';
import { type Phases, phasesOf } from './phases.ts';
import type { ProducerFigures } from './producer-process.ts';
import type { PipelineOptions } from './run-pipeline.ts';

/** What one run came to. */
export interface Measured {
  readonly producer: ProducerFigures;
  readonly batches: readonly WrittenBatch[];
  /** When the stream was worked off, in milliseconds since the epoch. */
  readonly endedAtMs: number;
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
  readonly setup: Omit<PipelineOptions, 'json' | 'chart'> & {
    readonly node: string;
    readonly cores: number;
  };
  readonly eventsPerSecond: number;
  /** From the first call of the producer until the stream was worked off. */
  readonly seconds: number;
  /** Its parts. */
  readonly phases: Phases;
  /** Of the time in which a function had a batch in hand. */
  readonly eventsPerSecondAtWork: number;
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
  const { json: _, chart: __, ...setup } = options;
  const { producer, batches, endedAtMs, functions, services } = measured;
  const seconds = (endedAtMs - producer.startedAtMs) / 1000;
  const spans = batches.map(({ writtenAtMs, batchMs }) => ({
    endedAtMs: writtenAtMs,
    durationMs: batchMs,
  }));
  const phases = phasesOf(spans, producer.startedAtMs, endedAtMs);
  const handled = batches.reduce((sum, batch) => sum + batch.events, 0);
  const sampled = Object.values(services.byStage).reduce((sum, spent) => sum + spent, 0);
  // The profile knows one thread; what the others do (garbage, compiling) is spread over all stages.
  const scale = sampled === 0 ? 0 : services.cpuSeconds / sampled;
  const stages = Object.entries(services.byStage)
    .map(([stage, spent]) => [stage, spent * scale] as const)
    .toSorted(([, a], [, b]) => b - a);
  const spread = (of: (batch: WrittenBatch) => number): Percentiles =>
    percentiles(batches.map(of).toSorted((a, b) => a - b));
  return {
    ok: producer.failed === 0 && handled >= options.events,
    setup: { ...setup, node: process.version, cores: availableParallelism() },
    eventsPerSecond: options.events / seconds,
    seconds,
    phases,
    eventsPerSecondAtWork: options.events / phases.atWork,
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
