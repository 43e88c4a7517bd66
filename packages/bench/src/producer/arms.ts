import { KEEP_ALIVE_V2 } from './arms/aws-sdk-v2.ts';
import type { ArmSettings } from './protocol.ts';
import type { WorkEvent } from './workload.ts';

/** A producer as its users drive it. */
export interface Sender {
  /** Hands one event over: the call that is timed. */
  readonly track: (event: WorkEvent) => unknown;
  /** Awaited after every burst: resolves when the producer would like more. */
  readonly room: () => Promise<void>;
  /** Resolves when everything that was tracked is confirmed or given up. */
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
  /** Events of which the producer said that they failed. */
  readonly failed: () => number;
}

/** Makes a sender ready, outside the measured time. */
type Open = (settings: ArmSettings) => Promise<Sender>;

export interface Arm {
  /** One line for readers of the report. */
  readonly what: string;
  /** Loads only what this arm needs. */
  readonly open: Open;
  readonly env?: Readonly<Record<string, string>>;
  /** It is a package that the bench installs, by this name. */
  readonly rival?: string;
}

/** Whether this is something to send events with, not a limit. */
export function isProducer(name: string): boolean {
  return name !== BARE && name !== CEILING;
}

export const OURS = 'ours';
export const OURS_AGGREGATED = 'ours-aggregated';
/** What the targets are measured against. */
export const HONEST_RIVAL = 'sdk-keep-alive';
/** The SDK's signer and node:https, nothing else. */
const BARE = 'bare-https';
/** No producer: requests that were made before the clock ran. What it reaches, the sink can take. */
export const CEILING = 'sink-ceiling';

export const arms: Readonly<Record<string, Arm>> = {
  [OURS]: {
    what: 'createProducer() at its defaults: validation, order, a receipt per event',
    open: async (settings) => (await import('./arms/ours.ts')).open(settings, false),
  },
  [OURS_AGGREGATED]: {
    what: 'createProducer({ aggregation: true })',
    open: async (settings) => (await import('./arms/ours.ts')).open(settings, true),
  },
  [HONEST_RIVAL]: {
    what: 'AWS SDK v3 over HTTP/1.1 keep-alive, batches of 500, 4 in flight, failed records again',
    open: async (settings) => (await import('./arms/sdk.ts')).openKeepAlive(settings),
  },
  'sdk-default': {
    what: 'AWS SDK v3 as it comes, batches of 500, 4 in flight, failed records are not looked at',
    open: async (settings) => (await import('./arms/sdk.ts')).openDefault(settings),
  },
  ...rivals(),
  [BARE]: {
    what: 'no SDK but its signer: bodies written by hand, node:https keep-alive; the limit',
    open: async (settings) => (await import('./arms/bare-https.ts')).open(settings),
  },
  [CEILING]: {
    what: 'bodies written before the clock runs: what the sink can take',
    open: async (settings) => (await import('./arms/sink-ceiling.ts')).open(settings),
  },
};

/** The rivals with their HTTP as it comes and with connections that are kept. */
function rivals(): Record<string, Arm> {
  const packages: Readonly<Record<string, { what: string; open: Open }>> = {
    'lifion-kinesis': {
      what: 'batches of 500, 4 in flight',
      open: async (settings) => (await import('./arms/lifion-kinesis.ts')).open(settings),
    },
    'kinesis-streams': {
      what: 'its stream, 500 records a request instead of 16',
      open: async (settings) => (await import('./arms/kinesis-streams.ts')).open(settings),
    },
    'aws-kinesis-writable': {
      what: 'its stream, 500 records a request instead of 10',
      open: async (settings) => (await import('./arms/aws-kinesis-writable.ts')).open(settings),
    },
  };
  return Object.fromEntries(
    Object.entries(packages).flatMap(([rival, { what, open }]) => [
      [rival, { what: `${what}, connections as it comes`, open, rival }],
      [
        `${rival}-keep-alive`,
        { what: `${what}, connections kept`, open, rival, env: KEEP_ALIVE_V2 },
      ],
    ]),
  );
}
