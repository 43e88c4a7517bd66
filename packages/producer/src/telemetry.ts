import {
  type Attributes,
  type BatchObservableCallback,
  createNoopMeter,
  type Meter,
  type MeterProvider,
  metrics,
} from '@opentelemetry/api';
import type { Observer } from './observer.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import type { ProducerStats } from './stats.ts';

type Queue = Pick<ProducerStats, 'bufferedBytes' | 'bufferedRecords' | 'waitingRecords'>;

const EMPTY: Queue = { bufferedBytes: 0, bufferedRecords: 0, waitingRecords: 0 };

/** Metrics of one producer. */
export interface Telemetry extends Observer {
  /** `beforeSend` has dropped an event. */
  filtered(): void;
  /** Empties the gauges and lets go of the producer. */
  end(): void;
}

/** Shards and errors beyond so many share one value: metrics must not grow with the input. */
const MAX_VALUES = 100;
/** What semantic conventions call the rest. */
const OTHER = '_OTHER';

/** Those that the conventions give for messaging, and 30 s, the default delivery timeout. */
const DURATION_BOUNDARIES_S = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30,
];
const FILL_BOUNDARIES = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1];

/**
 * Metrics through the OpenTelemetry API, named after its semantic conventions where they have a
 * name. Without an SDK nothing is recorded. One that is registered later than the producer is made
 * is found with the next request.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
 */
export function createTelemetry(
  options: Pick<ResolvedOptions, 'streamName' | 'maxBatchRecords' | 'maxRequestBytes'>,
  stats: () => Queue,
): Telemetry {
  const base: Attributes = {
    'messaging.system': 'aws_kinesis',
    'messaging.destination.name': options.streamName,
  };
  const operation: Attributes = {
    ...base,
    'messaging.operation.name': 'PutRecords',
    'messaging.operation.type': 'send',
  };
  const byRetryReason = labelled(base, 'error.type');
  const byFailure = labelled(base, 'error.type');
  const byShard = labelled(base, 'messaging.destination.partition.id');
  let provider: MeterProvider | undefined;
  let instruments: Instruments | undefined;

  const lookForSdk = (): void => {
    const now = metrics.getMeterProvider();
    if (now === provider) return;
    provider = now;
    instruments?.end();
    const meter = now.getMeter('@clickstream/producer');
    const isNoop = meter === createNoopMeter();
    instruments = isNoop ? undefined : createInstruments(meter, base, stats);
  };
  lookForSdk();

  return {
    requestSent({ records, events, bytes }) {
      lookForSdk();
      if (instruments === undefined) return;
      instruments.messages.add(records, operation);
      instruments.events.add(events, base);
      instruments.size.add(bytes, base);
      const fill = Math.max(records / options.maxBatchRecords, bytes / options.maxRequestBytes);
      instruments.fill.record(Math.min(fill, 1), base);
    },
    delivered: (ageMs) => instruments?.duration.record(ageMs / 1_000, base),
    retried: (reason, events) => instruments?.retries.add(events, byRetryReason(reason)),
    throttled: (shardId, records) =>
      instruments?.throttles.add(records, shardId === undefined ? base : byShard(shardId)),
    failed(code) {
      lookForSdk();
      instruments?.failures.add(1, byFailure(code));
    },
    filtered() {
      lookForSdk();
      instruments?.filtered.add(1, base);
    },
    end: () => instruments?.end(),
  };
}

type Instruments = ReturnType<typeof createInstruments>;

function createInstruments(meter: Meter, base: Attributes, stats: () => Queue) {
  const name = (last: string): string => `clickstream.producer.${last}`;
  const queueSize = meter.createObservableUpDownCounter(name('queue.size'), {
    unit: 'By',
    description: 'Bytes of the events held in the buffer, open requests included.',
  });
  const queueEvents = meter.createObservableUpDownCounter(name('queue.events'), {
    unit: '{event}',
    description: 'Events that are not settled yet, those that wait for room included.',
  });
  let look: typeof stats | undefined = stats;
  const observe: BatchObservableCallback = (result) => {
    const { bufferedBytes, bufferedRecords, waitingRecords } = look?.() ?? EMPTY;
    result.observe(queueSize, bufferedBytes, base);
    result.observe(queueEvents, bufferedRecords + waitingRecords, base);
    if (look === undefined) meter.removeBatchObservableCallback(observe, gauges);
  };
  const gauges = [queueSize, queueEvents];
  meter.addBatchObservableCallback(observe, gauges);
  return {
    messages: meter.createCounter('messaging.client.sent.messages', {
      unit: '{message}',
      description: 'Records in requests, as Kinesis counts them, retries included.',
    }),
    events: meter.createCounter(name('sent.events'), {
      unit: '{event}',
      description: 'Events in requests, retries included.',
    }),
    size: meter.createCounter(name('sent.size'), {
      unit: 'By',
      description: 'Bytes of data and partition keys in requests, retries included.',
    }),
    duration: meter.createHistogram(name('delivery.duration'), {
      unit: 's',
      description: 'From the call to the confirmation, for each delivered event.',
      advice: { explicitBucketBoundaries: DURATION_BOUNDARIES_S },
    }),
    fill: meter.createHistogram(name('batch.fill'), {
      unit: '1',
      description: 'How full a request is, by records or bytes, whichever is fuller.',
      advice: { explicitBucketBoundaries: FILL_BOUNDARIES },
    }),
    retries: meter.createCounter(name('retries'), {
      unit: '{event}',
      description: 'Events that are sent again, by reason.',
    }),
    throttles: meter.createCounter(name('throttles'), {
      unit: '{record}',
      description: 'Records that a shard has refused for their rate.',
    }),
    failures: meter.createCounter(name('failures'), {
      unit: '{event}',
      description: 'Events that will not reach the stream, by the code of their error.',
    }),
    filtered: meter.createCounter(name('filtered'), {
      unit: '{event}',
      description: 'Events that beforeSend has dropped.',
    }),
    // An SDK repeats the last value that it was told: that one must be nothing.
    end: () => {
      look = undefined;
    },
  };
}

/** Attributes for each value of one of them, made once; the rest together. */
function labelled(base: Attributes, name: string): (value: string) => Attributes {
  const known = new Map<string, Attributes>();
  const others = { ...base, [name]: OTHER };
  return (value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    if (known.size >= MAX_VALUES) return others;
    const made = { ...base, [name]: value };
    known.set(value, made);
    return made;
  };
}
