import type { Ledger } from './sink/ledger.ts';

/** The stream of every run: it exists only in the sink. */
export const STREAM = 'clickstream';
export const REGION = 'eu-central-1';

/** What the sink does to the requests of an arm. Everything is off by default. */
export interface Faults {
  /** Share of the records that fail, 0..1. */
  readonly failedRecords?: number;
  /** Share of the requests answered with HTTP 500, 0..1. */
  readonly serverErrors?: number;
  /** Share of the requests whose records are taken but which are never answered, 0..1. */
  readonly silentCommits?: number;
  /** The first shard takes this share of what a shard takes in a second; the rest is throttled. */
  readonly hotShardShare?: number;
  /** Added to every answer. */
  readonly roundTripMs?: number;
  /** Connections are cut this long, from a quarter of the work on. */
  readonly outageMs?: number;
  /** Every shard is split in two at half of the work. */
  readonly reshard?: boolean;
}

export interface SinkSettings {
  readonly shards: number;
  readonly seed: string;
  readonly faults: Faults;
  /** Events of the work: how the sink tells where in the work it is. */
  readonly events: number;
}

/** What the runner asks of the sink's process. */
export type SinkRequest =
  | { readonly kind: 'reset'; readonly settings: SinkSettings }
  /** `events`: how many were tracked. */
  | { readonly kind: 'report'; readonly events: number };

/** What the sink's process answers. */
export type SinkReply =
  | { readonly kind: 'listening'; readonly port: number; readonly certificate: string }
  | { readonly kind: 'reset' }
  | { readonly kind: 'report'; readonly report: SinkReport };

/** What reached the sink since the last reset. */
export interface SinkReport extends Ledger {
  readonly requests: number;
  readonly handshakes: number;
  readonly records: number;
  /** Processor time of the sink per wall-clock time, 0..1: near 1 it is the bottleneck. */
  readonly load: number;
}

/** What a process of an arm is told. */
export interface ArmSettings {
  readonly arm: string;
  readonly endpoint: string;
  readonly seed: string;
  readonly events: number;
  readonly users: number;
  /** How long an arm that has a deadline for records may try. */
  readonly deadlineMs: number;
  /** Events a second; undefined: as fast as the arm takes them. */
  readonly eventsPerSecond?: number;
  /** Whether the time of every call is kept. */
  readonly keepTimes?: boolean;
  /** A file for a CPU profile of the sending, warm-up left out. */
  readonly profile?: string;
}

/** What a process of an arm is asked for, as often as wanted. */
export type ArmRequest =
  /** To send so many events that do not count. */
  | { readonly kind: 'warm up'; readonly events: number }
  /** To send all of the work. */
  | { readonly kind: 'send' }
  /** To time so many calls, each by itself. */
  | { readonly kind: 'call'; readonly calls: number };

/** What a process of an arm answers. */
export type ArmMessage =
  | { readonly kind: 'warm' }
  | { readonly kind: 'sent'; readonly figures: SendFigures }
  | { readonly kind: 'called'; readonly figures: CallFigures };

export interface SendFigures {
  /** Events that were tracked: fewer than asked for if the process was told to end. */
  readonly tracked: number;
  /** Events of which the arm said that they failed. */
  readonly failed: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly loopDelayP99Ms: number;
  readonly peakRssBytes: number;
  /** By number of the event, in milliseconds since the epoch; empty unless asked for. */
  readonly trackedAtMs: readonly number[];
}

/** The synchronous part of one call, and of `JSON.stringify` of the same event. */
export interface CallFigures {
  readonly callP50Us: number;
  readonly callP99Us: number;
  readonly callMeanUs: number;
  readonly stringifyMeanUs: number;
}
