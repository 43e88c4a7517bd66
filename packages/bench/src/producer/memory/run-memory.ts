import { fileURLToPath } from 'node:url';
import type { ProducerOptions } from '@clickstream/producer';
import type { Terminal } from '../../terminal.ts';
import { OURS } from '../arms.ts';
import { type Sink, startProducer } from '../processes.ts';

/** What a process is told. */
export interface MemorySettings {
  readonly endpoint: string;
  readonly whenFull: NonNullable<ProducerOptions['whenFull']>;
  readonly maxBufferBytes: number;
  /** Events before memory is looked at. */
  readonly warmUp: number;
  readonly events: number;
  readonly eventsPerSecond: number;
}

/** What it took. */
export interface MemoryFigures {
  /** Before the outage, idle. */
  readonly idleRssMiB: number;
  /** The most since then. */
  readonly peakRssMiB: number;
  /** The most that the buffer held of events. */
  readonly bufferedMiB: number;
  readonly delivered: number;
  readonly failed: number;
  /** Events that are neither. */
  readonly unsettled: number;
}

export type MemoryMessage =
  | { readonly kind: 'warm' }
  | { readonly kind: 'done'; readonly figures: MemoryFigures };

export interface MemoryReport {
  readonly outageS: number;
  readonly eventsPerSecond: number;
  readonly boundMiB: number;
  /** By what happens when the buffer is full. */
  readonly policies: Readonly<Record<string, MemoryFigures>>;
}

const POLICIES = ['wait', 'reject', 'drop-oldest'] as const;
/** Fills the buffer of 32 MiB and its line in a quarter of the outage. */
const EVENTS_PER_SECOND = 5_000;
const BEFORE_S = 5;
const AFTER_S = 10;
const MAX_BUFFER_BYTES = 32 * 2 ** 20;
const WARM_UP = 20_000;

/** Tracks at a steady rate before, through and after an outage, whatever becomes of the events. */
export async function runMemory(
  sink: Sink,
  { outageS, seed, shards }: { outageS: number; seed: string; shards: number },
  { err }: Pick<Terminal, 'err'>,
): Promise<MemoryReport> {
  const policies: Record<string, MemoryFigures> = {};
  const events = (BEFORE_S + outageS + AFTER_S) * EVENTS_PER_SECOND;
  for (const whenFull of POLICIES) {
    err(`outage of ${outageS} s: ${whenFull}\n`);
    // The sink cuts connections from a quarter of what it takes for the work.
    const begun = { shards, seed, events: 4 * BEFORE_S * EVENTS_PER_SECOND };
    await sink.reset({ ...begun, faults: {} });
    const settings: MemorySettings = {
      endpoint: sink.endpoint,
      whenFull,
      maxBufferBytes: MAX_BUFFER_BYTES,
      warmUp: WARM_UP,
      events,
      eventsPerSecond: EVENTS_PER_SECOND,
    };
    const script = fileURLToPath(import.meta.resolve('./memory-process.ts'));
    const limits = { limitMs: (outageS + 120) * 1_000 };
    await using child = startProducer<MemoryMessage>(script, OURS, settings, sink, limits);
    await child.next('warm');
    await sink.reset({ ...begun, faults: { outageMs: outageS * 1_000 } });
    child.ask('go on');
    policies[whenFull] = (await child.next('done')).figures;
  }
  const boundMiB = MAX_BUFFER_BYTES / 2 ** 20;
  return { outageS, eventsPerSecond: EVENTS_PER_SECOND, boundMiB, policies };
}
