import { type AnyEvent, parseEvent } from '@clickstream/events';
import type { RecordResult, Transport, TransportRecord } from '../src/index.ts';

/** What one request meets. */
export type RequestFate =
  | { readonly kind: 'ok' }
  /** The records at every nth place fail, the others land. */
  | { readonly kind: 'records'; readonly everyNth: number }
  /** Nothing lands, the request fails. */
  | { readonly kind: 'error' }
  /** Everything lands, the request fails all the same. */
  | { readonly kind: 'commit_then_error' }
  /** Nothing lands, no answer comes, and the signal is not heeded. */
  | { readonly kind: 'hang' }
  /** Everything lands after this time, when the producer may have given up; no answer comes. */
  | { readonly kind: 'late_commit'; readonly afterMs: number }
  /** The answer has too few results. */
  | { readonly kind: 'short_answer' };

export interface StoredRecord {
  readonly partitionKey: string;
  readonly event: AnyEvent;
}

/** A stream in memory whose requests fail as told. */
export class FaultyStream implements Transport {
  readonly stored: StoredRecord[] = [];
  /** Sizes of the requests, in records. */
  readonly requests: number[] = [];
  /** The most requests that were open at one time. */
  mostOpen = 0;
  /** Laws of the caller that were broken. */
  readonly violations: string[] = [];
  destroyed = 0;
  readonly #fates: Iterator<RequestFate, undefined>;
  readonly #latencyMs: number;
  readonly #open = new Map<number, ReadonlySet<string>>();

  constructor(fates: Iterable<RequestFate, undefined> = [], latencyMs = 5) {
    this.#fates = fates[Symbol.iterator]();
    this.#latencyMs = latencyMs;
  }

  async putRecords(
    records: readonly TransportRecord[],
    { signal }: { readonly signal: AbortSignal },
  ): Promise<readonly RecordResult[]> {
    const request = this.requests.push(records.length);
    const keys = new Set(records.map((record) => record.partitionKey));
    if (keys.size < records.length) this.violations.push('two records of one key in a request');
    for (const other of this.#open.values()) {
      if (records.some(({ partitionKey }) => other.has(partitionKey)))
        this.violations.push('one key in two open requests');
    }
    this.#open.set(request, keys);
    this.mostOpen = Math.max(this.mostOpen, this.#open.size);
    const close = (): boolean => this.#open.delete(request);
    signal.addEventListener('abort', close);
    try {
      return await this.#serve(records);
    } finally {
      close();
    }
  }

  destroy(): void {
    this.destroyed += 1;
  }

  async #serve(records: readonly TransportRecord[]): Promise<readonly RecordResult[]> {
    const fate: RequestFate = this.#fates.next().value ?? { kind: 'ok' };
    await sleep(this.#latencyMs);
    switch (fate.kind) {
      case 'ok':
        return records.map((record) => this.#store(record));
      case 'records':
        return records.map((record, index) =>
          index % fate.everyNth === 0
            ? { ok: false, code: 'InternalFailure', message: 'Internal service failure.' }
            : this.#store(record),
        );
      case 'commit_then_error':
        for (const record of records) this.#store(record);
        throw new Error('connection reset after the request took effect');
      case 'late_commit':
        await sleep(fate.afterMs);
        for (const record of records) this.#store(record);
        return never();
      case 'hang':
        return never();
      case 'short_answer':
        return records.slice(1).map((record) => this.#store(record));
      case 'error':
      default:
        throw new Error('connection reset');
    }
  }

  #store({ partitionKey, data }: TransportRecord): RecordResult & { ok: true } {
    const event = readEvent(data);
    const sequenceNumber = String(this.stored.push({ partitionKey, event }));
    return { ok: true, shardId: 'shardId-000000000000', sequenceNumber };
  }
}

/** Not of node:timers/promises: those timers are real even where tests fake the time. */
function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** The event in a record; every record of this producer must be readable. */
export function readEvent(data: Uint8Array): AnyEvent {
  const parsed = parseEvent(data);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.event;
}

/** The title of a page view: the tests number their events by it. */
export function titleOf(event: AnyEvent): string {
  return event.event_type === 'page_view' ? (event.title ?? '') : '';
}
