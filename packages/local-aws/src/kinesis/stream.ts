import {
  fromHashKey,
  type HashKey,
  hashPartitionKey,
  toHashKey,
  uniformStarts,
} from './hash-key.ts';
import { KinesisError } from './kinesis-error.ts';
import type { KinesisLimits } from './limits.ts';
import {
  append,
  createShard,
  endPosition,
  expire,
  read,
  type Shard,
  type StoredRecord,
  trimHorizon,
} from './shard.ts';
import { canTake, hasTokens, take } from './token-bucket.ts';

const HOUR_MS = 3_600_000;
const LAST_HASH: HashKey = 'f'.repeat(32);

/**
 * Pages of GetRecords end at 10,000 records or 10 MiB.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
 */
export const MAX_RECORDS_PER_READ = 10_000;
const MAX_BYTES_PER_READ = 10 * 1024 * 1024;

export type StreamMode = 'PROVISIONED' | 'ON_DEMAND';

/**
 * Who decides into which shard a record goes: its keys, or the service, which then ignores them.
 * https://docs.aws.amazon.com/streams/latest/dev/service-managed-record-distribution.html
 */
export type RecordDistributionStrategy = 'USER_PARTITION_KEY' | 'AUTO';

/** A stream: its settings and its shards. Every function below takes the time; none asks for it. */
export interface Stream {
  readonly name: string;
  readonly accountId: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly limits: KinesisLimits;
  readonly tags: Map<string, string>;
  mode: StreamMode;
  /** AUTO only while the stream is ON_DEMAND. */
  distribution: RecordDistributionStrategy;
  /** Under AUTO, how many records have been given a shard. */
  distributed: number;
  retentionHours: number;
  /** Set by CreateStream or UpdateMaxRecordSize; undefined: the limit `bytesPerRecord`. */
  maxRecordSizeInKiB: number | undefined;
  /** In the order of their indices; closed ones leave when their last record has expired. */
  readonly shards: Map<string, Shard>;
  /** The shards that take records, in the order of their hash ranges. */
  open: Shard[];
  shardsCreated: number;
  /** When UpdateShardCount changed the shards. */
  readonly scaledAtMs: number[];
  /** When UpdateStreamMode changed the mode. */
  readonly modeSwitchedAtMs: number[];
  /** A stream is `busyWith` until `busyUntilMs`, and ACTIVE from then on. */
  busyWith: 'CREATING' | 'UPDATING';
  busyUntilMs: number;
}

/** Creates a stream of shards of equal size. */
export function createStream(
  settings: Pick<Stream, 'name' | 'accountId' | 'arn' | 'limits' | 'mode' | 'maxRecordSizeInKiB'> &
    Partial<Pick<Stream, 'distribution'>>,
  shardCount: number,
  nowMs: number,
): Stream {
  const stream: Stream = {
    distribution: 'USER_PARTITION_KEY',
    distributed: 0,
    ...settings,
    createdAtMs: nowMs,
    tags: new Map(),
    retentionHours: 24,
    shards: new Map(),
    open: [],
    shardsCreated: 0,
    scaledAtMs: [],
    modeSwitchedAtMs: [],
    busyWith: 'CREATING',
    busyUntilMs: nowMs,
  };
  const starts = uniformStarts(shardCount);
  stream.open = starts.map((start, index) =>
    addShard(stream, start, hashBefore(starts[index + 1]), [], nowMs),
  );
  return stream;
}

/** The last hash key of a range whose successor starts at `next`; undefined: it has none. */
export function hashBefore(next: HashKey | undefined): HashKey {
  return next === undefined ? LAST_HASH : toHashKey(fromHashKey(next) - 1n);
}

/** Adds a shard; the caller decides where it goes among the open ones. */
export function addShard(
  stream: Stream,
  startHash: HashKey,
  endHash: HashKey,
  parents: readonly Shard[],
  nowMs: number,
): Shard {
  const createdAtSecond = Math.max(
    Math.floor(nowMs / 1000),
    ...parents.map((parent) => parent.createdAtSecond + 1),
  );
  const shard = createShard(
    {
      index: stream.shardsCreated,
      startHash,
      endHash,
      parents: parents.map((parent) => parent.id),
      createdAtSecond,
    },
    stream.limits,
    nowMs,
  );
  stream.shardsCreated += 1;
  stream.shards.set(shard.id, shard);
  return shard;
}

/** The oldest arrival time that is still within the retention period. */
export function retentionHorizonMs(stream: Stream, nowMs: number): number {
  return nowMs - stream.retentionHours * HOUR_MS;
}

/** Drops expired records, and closed shards of which nothing is left. */
export function expireStream(stream: Stream, nowMs: number): void {
  const horizonMs = retentionHorizonMs(stream, nowMs);
  for (const shard of stream.shards.values()) {
    expire(shard, horizonMs);
    const readable = trimHorizon(shard) < endPosition(shard);
    if (!readable && shard.closedAtMs !== undefined && shard.closedAtMs < horizonMs) {
      stream.shards.delete(shard.id);
    }
  }
}

/** @throws KinesisError ResourceNotFoundException */
export function findShard(stream: Stream, shardId: string): Shard {
  const shard = stream.shards.get(shardId);
  if (shard === undefined) {
    throw new KinesisError(
      'ResourceNotFoundException',
      `Shard ${shardId} in stream ${stream.name} under account ${stream.accountId} does not exist`,
    );
  }
  return shard;
}

/** The open shard whose range holds the hash key. */
export function shardAt(stream: Stream, hashKey: HashKey): Shard {
  const { open } = stream;
  let low = 0;
  let high = open.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (startsAfter(open[middle], hashKey)) high = middle - 1;
    else low = middle;
  }
  return openShard(stream, low);
}

function startsAfter(shard: Shard | undefined, hashKey: HashKey): boolean {
  return shard !== undefined && shard.startHash > hashKey;
}

/** The open shard at a place in the order of hash ranges. */
export function openShard(stream: Stream, index: number): Shard {
  const shard = stream.open[index];
  if (shard === undefined) throw new Error(`Stream ${stream.name} has no open shard ${index}.`);
  return shard;
}

/** What a producer hands over. */
export interface NewRecord {
  /** Undefined only under AUTO, where it is optional. */
  readonly partitionKey: string | undefined;
  /** Overrides the hash of the partition key. */
  readonly explicitHashKey?: HashKey | undefined;
  /** Base64. */
  readonly data: string;
  /** Decoded data plus partition key. */
  readonly bytes: number;
}

/**
 * The shard that a record goes to. AUTO takes the open shards in turn: AWS promises an even
 * distribution and does not say how it comes about.
 */
export function shardOf(stream: Stream, record: NewRecord): Shard {
  if (stream.distribution === 'AUTO') {
    stream.distributed += 1;
    return openShard(stream, stream.distributed % stream.open.length);
  }
  return shardAt(stream, record.explicitHashKey ?? hashPartitionKey(record.partitionKey ?? ''));
}

/**
 * Puts a record into its shard; undefined when the shard has no capacity left in this second. A
 * record above a second's worth passes when nothing was written for a second, and is paid back:
 * a coarse form of the bursts that AWS grants to large records.
 */
export function putRecord(
  stream: Stream,
  shard: Shard,
  record: NewRecord,
  nowMs: number,
): StoredRecord | undefined {
  if (!canTake(shard.writeRecords, 1, nowMs) || !canTake(shard.writeBytes, record.bytes, nowMs)) {
    return undefined;
  }
  take(shard.writeRecords, 1);
  take(shard.writeBytes, record.bytes);
  expire(shard, retentionHorizonMs(stream, nowMs));
  return append(shard, record, nowMs);
}

/** One page of a shard. */
export interface ReadResult {
  readonly records: readonly StoredRecord[];
  /** Where to go on; undefined: the shard is closed and read to its end. */
  readonly nextPosition: number | undefined;
  /** How long ago the last record of this page came, if there are later ones; otherwise 0. */
  readonly millisBehindLatest: number;
  /** The shards that continue this one; only at its end. */
  readonly children: readonly Shard[];
}

/**
 * Reads a page of a shard, if the shard's read limits let it. The bytes handed out are charged
 * afterwards: a page of 10 MiB blocks the shard for the next seconds, as on AWS.
 *
 * @throws KinesisError ProvisionedThroughputExceededException
 */
export function readShard(
  stream: Stream,
  shard: Shard,
  position: number,
  limit: number,
  nowMs: number,
): ReadResult {
  if (!canTake(shard.reads, 1, nowMs) || !hasTokens(shard.readBytes, nowMs)) {
    throw throttled(stream, shard);
  }
  take(shard.reads, 1);
  expire(shard, retentionHorizonMs(stream, nowMs));
  const page = read(shard, position, limit, MAX_BYTES_PER_READ);
  take(shard.readBytes, page.bytes);
  const atEnd = page.nextPosition >= endPosition(shard);
  const finished = atEnd && shard.closedAtMs !== undefined;
  const last = page.records.at(-1);
  return {
    records: page.records,
    nextPosition: finished ? undefined : page.nextPosition,
    millisBehindLatest: atEnd || last === undefined ? 0 : Math.max(0, nowMs - last.arrivedAtMs),
    children: finished ? childrenOf(stream, shard) : [],
  };
}

/**
 * The message for a shard that has no capacity left. As on AWS it names shard, stream and account;
 * the wording was recorded in https://github.com/mhart/kinesalite/pull/87
 */
export function throttleMessage(stream: Stream, shard: Shard): string {
  return `Rate exceeded for shard ${shard.id} in stream ${stream.name} under account ${stream.accountId}.`;
}

/** A request that the shard has no capacity left for. */
export function throttled(stream: Stream, shard: Shard): KinesisError {
  return new KinesisError('ProvisionedThroughputExceededException', throttleMessage(stream, shard));
}

/** The shards that continue a closed one. */
export function childrenOf(stream: Stream, parent: Shard): Shard[] {
  return [...stream.shards.values()].filter((shard) => shard.parents.includes(parent.id));
}
