import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { Revision } from './before-send.ts';
import type { ProducerOptions } from './options.ts';
import { ProducerError } from './producer-error.ts';
import { AGGREGATE_OVERHEAD_BYTES, AGGREGATED_EVENT_OVERHEAD_BYTES } from './record-writer.ts';
import { type ResolvedSpillOptions, resolveSpillOptions } from './spill/options.ts';
import type { Transport } from './transport.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** {@link ProducerOptions.aggregation} with every value. */
export type ResolvedAggregation = { readonly maxBytes: number; readonly buckets: number };

/** Every option with its value; what the rest of the package works with. */
export interface ResolvedOptions {
  readonly streamName: string;
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly client: KinesisClient | undefined;
  readonly transport: Transport | undefined;
  readonly aggregation: ResolvedAggregation | undefined;
  /** Bytes of events in a record, their overhead included; 0: they are not aggregated. */
  readonly maxAggregateBytes: number;
  /** What packing an event costs, in bytes. */
  readonly eventOverheadBytes: number;
  readonly whenFull: NonNullable<ProducerOptions['whenFull']>;
  readonly lingerMs: number;
  readonly maxBatchRecords: number;
  readonly maxRequestBytes: number;
  readonly maxRecordBytes: number;
  readonly maxOpenRequests: number;
  readonly maxBufferBytes: number;
  readonly maxBufferRecords: number;
  /** 0: events do not wait. */
  readonly maxWaitingBytes: number;
  readonly maxWaitingRecords: number;
  readonly requestTimeoutMs: number;
  readonly deliveryTimeoutMs: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly beforeSend: ProducerOptions<Revision>['beforeSend'];
  readonly onUndeliverable: ProducerOptions['onUndeliverable'];
  readonly spill: ResolvedSpillOptions | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The numbers: smallest, largest, default. */
const RANGES = {
  lingerMs: [0, 60_000, 20],
  maxBatchRecords: [1, 500, 500],
  maxRequestBytes: [KIB, 10 * MIB, 384 * KIB],
  maxRecordBytes: [KIB, 10 * MIB, MIB],
  maxOpenRequests: [1, 64, 4],
  maxBufferBytes: [KIB, 4 * KIB * MIB, 32 * MIB],
  maxBufferRecords: [1, 10_000_000, 100_000],
  maxWaitingRecords: [1, 1_000_000, 10_000],
  requestTimeoutMs: [100, 300_000, 6_000],
  deliveryTimeoutMs: [100, 86_400_000, 30_000],
  minBackoffMs: [1, 60_000, 50],
  maxBackoffMs: [1, 600_000, 2_000],
} as const satisfies Record<string, readonly [min: number, max: number, fallback: number]>;

type NumberOption = keyof typeof RANGES;

const AGGREGATION_RANGES = {
  maxBytes: [KIB, MIB, 50 * KIB],
  buckets: [1, 256, 20],
} as const satisfies Record<string, readonly [min: number, max: number, fallback: number]>;

const AGGREGATED_LINGER_MS = 100;

const OTHER_OPTIONS = [
  'streamName',
  'region',
  'endpoint',
  'client',
  'transport',
  'aggregation',
  'whenFull',
  'beforeSend',
  'onUndeliverable',
  'spill',
  'signal',
] as const;

/** @throws ProducerError `invalid_option` naming the option, what it takes and what it got */
export function resolveOptions(options: ProducerOptions<Revision>): ResolvedOptions {
  if (typeof options !== 'object' || options === null) {
    throw invalid(`createProducer expects { streamName, … }, received ${show(options)}`);
  }
  const known: readonly string[] = [...Object.keys(RANGES), ...OTHER_OPTIONS];
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw invalid(`there is no option ${show(unknown)}; the options are ${known.join(', ')}`);
  }

  const { streamName, region, endpoint, client, transport, signal } = options;
  const { beforeSend, onUndeliverable } = options;
  // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
  expect(
    'streamName',
    typeof streamName === 'string' && /^[a-zA-Z0-9_.-]{1,128}$/.test(streamName),
    'the name of a stream: 1 to 128 of the characters a-z A-Z 0-9 _ . -',
    streamName,
  );
  expect('region', isOptional(region, isText), "a region such as 'eu-central-1'", region);
  expect('endpoint', isOptional(endpoint, isHttpUrl), 'an http or https URL', endpoint);
  expect('client', isOptional(client, has('send')), 'a KinesisClient', client);
  expect('transport', isOptional(transport, has('putRecords')), 'a Transport', transport);
  expect('signal', isOptional(signal, has('addEventListener')), 'an AbortSignal', signal);
  expect(
    'beforeSend',
    isOptional(beforeSend, isFunction),
    'a function (event) => event or undefined',
    beforeSend,
  );
  expect(
    'onUndeliverable',
    isOptional(onUndeliverable, isFunction),
    'a function (event, error) => void',
    onUndeliverable,
  );
  const whenFull = options.whenFull ?? 'wait';
  const policies = ['wait', 'reject', 'drop-oldest'];
  expect('whenFull', policies.includes(whenFull), "'wait', 'reject' or 'drop-oldest'", whenFull);
  const aggregation = resolveAggregation(options.aggregation);

  exclude(options, 'transport', ['client', 'region', 'endpoint']);
  exclude(options, 'client', ['region', 'endpoint']);

  const numbers = {
    lingerMs: number(options, 'lingerMs', aggregation && AGGREGATED_LINGER_MS),
    maxBatchRecords: number(options, 'maxBatchRecords'),
    maxRequestBytes: number(options, 'maxRequestBytes'),
    maxRecordBytes: number(options, 'maxRecordBytes'),
    maxOpenRequests: number(options, 'maxOpenRequests'),
    maxBufferBytes: number(options, 'maxBufferBytes'),
    maxBufferRecords: number(options, 'maxBufferRecords'),
    maxWaitingRecords: number(options, 'maxWaitingRecords'),
    requestTimeoutMs: number(options, 'requestTimeoutMs'),
    deliveryTimeoutMs: number(options, 'deliveryTimeoutMs'),
    minBackoffMs: number(options, 'minBackoffMs'),
    maxBackoffMs: number(options, 'maxBackoffMs'),
  };
  const { maxRecordBytes, maxBufferBytes, minBackoffMs, maxBackoffMs } = numbers;
  const aRecord = `at least maxRecordBytes (${maxRecordBytes})`;
  expect('maxBufferBytes', maxBufferBytes >= maxRecordBytes, aRecord, maxBufferBytes);
  const atLeast = `at least minBackoffMs (${minBackoffMs})`;
  expect('maxBackoffMs', maxBackoffMs >= minBackoffMs, atLeast, maxBackoffMs);

  const overheadBytes = AGGREGATE_OVERHEAD_BYTES + AGGREGATED_EVENT_OVERHEAD_BYTES;
  const waits = whenFull === 'wait';
  return {
    streamName,
    region,
    endpoint,
    client,
    transport,
    beforeSend,
    onUndeliverable,
    signal,
    spill:
      options.spill === undefined ? undefined : resolveSpillOptions(options.spill, maxRecordBytes),
    aggregation,
    ...(aggregation === undefined
      ? { maxAggregateBytes: 0, eventOverheadBytes: 0 }
      : {
          maxAggregateBytes: aggregation.maxBytes - AGGREGATE_OVERHEAD_BYTES,
          eventOverheadBytes: AGGREGATED_EVENT_OVERHEAD_BYTES,
        }),
    whenFull,
    ...numbers,
    // Even a single event is packed, for its partition key must be that of its bucket.
    maxRecordBytes: aggregation === undefined ? maxRecordBytes : maxRecordBytes - overheadBytes,
    maxWaitingRecords: waits ? numbers.maxWaitingRecords : 0,
    maxWaitingBytes: waits ? Math.max(maxRecordBytes, Math.floor(maxBufferBytes / 4)) : 0,
  };
}

function resolveAggregation(
  aggregation: ProducerOptions['aggregation'],
): ResolvedAggregation | undefined {
  if (aggregation === undefined || aggregation === false) return undefined;
  const given = aggregation === true ? {} : aggregation;
  const isObject = typeof given === 'object' && given !== null;
  expect('aggregation', isObject, 'true, false or { maxBytes, buckets }', given);
  const unknown = Object.keys(given).find((name) => !(name in AGGREGATION_RANGES));
  if (unknown !== undefined) {
    throw invalid(
      `there is no option ${show(`aggregation.${unknown}`)}; there are maxBytes, buckets`,
    );
  }
  const ranged = (name: keyof typeof AGGREGATION_RANGES): number => {
    const [min, max, fallback] = AGGREGATION_RANGES[name];
    const value = given[name] ?? fallback;
    const expected = `a whole number from ${min} to ${max}`;
    expect(`aggregation.${name}`, isWithin(value, min, max), expected, value);
    return value;
  };
  return { maxBytes: ranged('maxBytes'), buckets: ranged('buckets') };
}

/**
 * A time that is passed outside of `createProducer`, as the `timeoutMs` of `flush` and `close`.
 * @throws ProducerError `invalid_option`
 */
export function resolveTimeoutMs(
  timeoutMs: number | undefined,
  name = 'timeoutMs',
): number | undefined {
  const ok = timeoutMs === undefined || isWithin(timeoutMs, 0, 86_400_000);
  expect(name, ok, 'a number of milliseconds from 0 to 86400000', timeoutMs);
  return timeoutMs;
}

function number(
  options: ProducerOptions<Revision>,
  name: NumberOption,
  fallback: number = RANGES[name][2],
): number {
  const [min, max] = RANGES[name];
  const value = options[name] ?? fallback;
  expect(name, isWithin(value, min, max), `a whole number from ${min} to ${max}`, value);
  return value;
}

function exclude(
  options: ProducerOptions<Revision>,
  name: keyof ProducerOptions,
  others: readonly (keyof ProducerOptions)[],
): void {
  if (options[name] === undefined) return;
  const other = others.find((candidate) => options[candidate] !== undefined);
  if (other !== undefined) throw invalid(`pass either ${name} or ${other}, not both`);
}

function expect(name: string, ok: boolean, expected: string, received: unknown): void {
  if (!ok) throw invalid(`${name}: expected ${expected}, received ${show(received)}`);
}

function invalid(message: string): ProducerError {
  return new ProducerError('invalid_option', message);
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

function isOptional(value: unknown, test: (value: unknown) => boolean): boolean {
  return value === undefined || test(value);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isHttpUrl(value: unknown): boolean {
  return (
    typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
  );
}

function has(method: string): (value: unknown) => boolean {
  return (value) =>
    typeof value === 'object' && value !== null && typeof Reflect.get(value, method) === 'function';
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 80 ? `${value.slice(0, 80)}…` : value}'`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
