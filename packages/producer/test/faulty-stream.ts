import { deaggregate, formatHashKey, hashKeyOf } from '@clickstream/aggregation';
import { type AnyEvent, parseEvent } from '@clickstream/events';
import type {
  RecordResult,
  ShardRange,
  StreamDescription,
  Transport,
  TransportRecord,
} from '../src/index.ts';

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
  /** A shard is split first; the request succeeds, and nobody is told. */
  | { readonly kind: 'split'; readonly shard: number }
  /** The answer has too few results. */
  | { readonly kind: 'short_answer' };

/** An event in the stream, with its own partition key, and where its record lies. */
export interface StoredRecord {
  readonly partitionKey: string;
  readonly event: AnyEvent;
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** The partition key of its record, which is another one if it came in an aggregate. */
  readonly recordKey: string;
}

const HASH_KEYS = 2n ** 128n;

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
  #sequence = 0;
  #shards: ShardRange[] = [
    { shardId: 'shardId-0', startingHashKey: '0', endingHashKey: String(HASH_KEYS - 1n) },
  ];
  /** Every shard that there ever was. */
  readonly #all = new Map(this.#shards.map((shard) => [shard.shardId, shard]));

  /** Absent: nobody can know the shards. */
  readonly describeStream?: () => Promise<StreamDescription>;

  constructor(
    fates: Iterable<RequestFate, undefined> = [],
    latencyMs = 5,
    { isDescribed = false } = {},
  ) {
    this.#fates = fates[Symbol.iterator]();
    this.#latencyMs = latencyMs;
    if (!isDescribed) return;
    this.describeStream = async () => {
      await sleep(latencyMs);
      return { shards: [...this.#shards], ignoresPartitionKeys: false, problems: [] };
    };
  }

  #split(index: number): void {
    const [parent] = this.#shards.splice(index % this.#shards.length, 1);
    if (parent === undefined) return;
    const { shardId, startingHashKey, endingHashKey } = parent;
    const middle = (BigInt(startingHashKey) + BigInt(endingHashKey)) / 2n;
    const children = [
      { shardId: `${shardId}0`, startingHashKey, endingHashKey: String(middle) },
      { shardId: `${shardId}1`, startingHashKey: String(middle + 1n), endingHashKey },
    ];
    this.#shards.push(...children);
    for (const child of children) this.#all.set(child.shardId, child);
  }

  /** Whether a hash key belongs to a shard, open or not. */
  held(shardId: string, hashKey: string): boolean {
    const range = this.#all.get(shardId);
    return (
      range !== undefined &&
      BigInt(range.startingHashKey) <= BigInt(hashKey) &&
      BigInt(hashKey) <= BigInt(range.endingHashKey)
    );
  }

  /** The shard that takes a hash key, in decimal. */
  shardOf(hashKey: string): string {
    const at = BigInt(hashKey);
    const shard = this.#shards.find(
      ({ startingHashKey, endingHashKey }) =>
        BigInt(startingHashKey) <= at && at <= BigInt(endingHashKey),
    );
    return shard?.shardId ?? '';
  }

  async putRecords(
    records: readonly TransportRecord[],
    { signal }: { readonly signal: AbortSignal },
  ): Promise<readonly RecordResult[]> {
    const request = this.requests.push(records.length);
    const keysOf = (record: TransportRecord): Set<string> =>
      new Set(eventsOf(record).map(({ partitionKey }) => partitionKey));
    const all = records.flatMap((record) => [...keysOf(record)]);
    const keys = new Set(all);
    if (keys.size < all.length) this.violations.push('two records of one key in a request');
    for (const other of this.#open.values()) {
      if (all.some((key) => other.has(key))) this.violations.push('one key in two open requests');
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
      case 'split':
        this.#split(fate.shard);
        return records.map((record) => this.#store(record));
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

  #store(record: TransportRecord): RecordResult & { ok: true } {
    const { partitionKey: recordKey, explicitHashKey } = record;
    const shardId = this.shardOf(explicitHashKey ?? formatHashKey(hashKeyOf(recordKey)));
    this.#sequence += 1;
    const place = { shardId, sequenceNumber: String(this.#sequence), recordKey };
    for (const stored of eventsOf(record)) this.stored.push({ ...stored, ...place });
    return { ok: true, ...place };
  }
}

/** The events in a record: one, or those of an aggregate. */
function eventsOf({ partitionKey, data }: TransportRecord) {
  const records = deaggregate(data) ?? [{ partitionKey, data }];
  return records.map((record) => ({
    partitionKey: record.partitionKey,
    event: readEvent(record.data),
  }));
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
