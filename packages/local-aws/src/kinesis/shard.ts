import type { HashKey } from './hash-key.ts';
import type { KinesisLimits } from './limits.ts';
import { formatSequenceNumber, parseSequenceNumber, sequenceOrigin } from './sequence-number.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** A record as it lies in a shard. */
export interface StoredRecord {
  readonly sequenceNumber: string;
  /** Undefined: the producer gave none, as the strategy AUTO allows. */
  readonly partitionKey: string | undefined;
  /** Base64, as it came. */
  readonly data: string;
  /** Decoded data plus partition key. */
  readonly bytes: number;
  readonly arrivedAtMs: number;
}

/** One shard: a range of the hash space and the records that fell into it, in order. */
export interface Shard {
  readonly index: number;
  readonly id: string;
  readonly startHash: HashKey;
  /** Inclusive. */
  readonly endHash: HashKey;
  /** The shards this one continues: none, the one that was split, or the two that were merged. */
  readonly parents: readonly string[];
  readonly createdAtMs: number;
  /** Later than that of every parent, whatever the clock says; see `sequence-number.ts`. */
  readonly createdAtSecond: number;
  readonly origin: bigint;
  closedAtMs: number | undefined;
  /** The records still kept, behind `expired` slots that wait to be cut off. */
  records: StoredRecord[];
  expired: number;
  /** The counter of `records[0]`. Counters start at 1 and have no gaps. */
  firstCounter: number;
  readonly writeRecords: TokenBucket;
  readonly writeBytes: TokenBucket;
  readonly reads: TokenBucket;
  readonly readBytes: TokenBucket;
}

/** An open, empty shard. */
export function createShard(
  shard: Pick<Shard, 'index' | 'startHash' | 'endHash' | 'parents' | 'createdAtSecond'>,
  limits: KinesisLimits,
  nowMs: number,
): Shard {
  return {
    index: shard.index,
    id: shardId(shard.index),
    startHash: shard.startHash,
    endHash: shard.endHash,
    parents: shard.parents,
    createdAtMs: nowMs,
    createdAtSecond: shard.createdAtSecond,
    origin: sequenceOrigin(shard.createdAtSecond, shard.index),
    closedAtMs: undefined,
    records: [],
    expired: 0,
    firstCounter: 1,
    writeRecords: createTokenBucket(limits.shardWriteRecordsPerSecond, nowMs),
    writeBytes: createTokenBucket(limits.shardWriteBytesPerSecond, nowMs),
    reads: createTokenBucket(limits.shardReadsPerSecond, nowMs),
    readBytes: createTokenBucket(limits.shardReadBytesPerSecond, nowMs),
  };
}

function shardId(index: number): string {
  return `shardId-${index.toString().padStart(12, '0')}`;
}

/** The counter that the next record gets: the position behind the last one. */
export function endPosition(shard: Shard): number {
  return shard.firstCounter + shard.records.length;
}

/** The position of the oldest record that is still kept. */
export function trimHorizon(shard: Shard): number {
  return shard.firstCounter + shard.expired;
}

/** The sequence number below all of the shard's records. */
export function startingSequenceNumber(shard: Shard): string {
  return formatSequenceNumber(shard.origin, 0, shard.createdAtSecond);
}

/** The sequence number above all records of a closed shard; undefined while it is open. */
export function endingSequenceNumber(shard: Shard): string | undefined {
  if (shard.closedAtMs === undefined) return undefined;
  return formatSequenceNumber(shard.origin, endPosition(shard), secondOf(shard, shard.closedAtMs));
}

function secondOf(shard: Shard, nowMs: number): number {
  return Math.max(shard.createdAtSecond, Math.floor(nowMs / 1000));
}

/** Adds a record. Arrival times never go back within a shard, even if the clock does. */
export function append(
  shard: Shard,
  record: Pick<StoredRecord, 'partitionKey' | 'data' | 'bytes'>,
  nowMs: number,
): StoredRecord {
  const arrivedAtMs = Math.max(nowMs, shard.records.at(-1)?.arrivedAtMs ?? nowMs);
  const stored: StoredRecord = {
    sequenceNumber: formatSequenceNumber(
      shard.origin,
      endPosition(shard),
      secondOf(shard, arrivedAtMs),
    ),
    partitionKey: record.partitionKey,
    data: record.data,
    bytes: record.bytes,
    arrivedAtMs,
  };
  shard.records.push(stored);
  return stored;
}

/** Forgets the records that arrived before `horizonMs`. */
export function expire(shard: Shard, horizonMs: number): void {
  const { records } = shard;
  while (shard.expired < records.length && isBefore(records[shard.expired], horizonMs)) {
    shard.expired += 1;
  }
  // Cutting only when half is dead keeps the cost of a record constant.
  if (shard.expired * 2 > records.length) {
    shard.records = records.slice(shard.expired);
    shard.firstCounter += shard.expired;
    shard.expired = 0;
  }
}

function isBefore(record: StoredRecord | undefined, timeMs: number): boolean {
  return record !== undefined && record.arrivedAtMs < timeMs;
}

/** The position of the first record that arrived at `timeMs` or later. */
export function positionAtTime(shard: Shard, timeMs: number): number {
  let low = shard.expired;
  let high = shard.records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(shard.records[middle], timeMs)) low = middle + 1;
    else high = middle;
  }
  return shard.firstCounter + low;
}

/** The position of a sequence number; undefined when the shard never issued it. */
export function positionOf(shard: Shard, sequenceNumber: string): number | undefined {
  const parsed = parseSequenceNumber(sequenceNumber);
  if (
    parsed === undefined ||
    parsed.shardIndex !== shard.index ||
    parsed.createdAtSecond !== shard.createdAtSecond
  ) {
    return undefined;
  }
  const issued = shard.closedAtMs === undefined ? endPosition(shard) - 1 : endPosition(shard);
  return parsed.counter <= issued ? parsed.counter : undefined;
}

/**
 * The records from `position` on, at most `limit` of them and at most `maxBytes` in sum (but at
 * least one), and the position behind the last of them.
 */
export function read(
  shard: Shard,
  position: number,
  limit: number,
  maxBytes: number,
): { records: StoredRecord[]; bytes: number; nextPosition: number } {
  const start = Math.max(position, trimHorizon(shard)) - shard.firstCounter;
  let end = start;
  let bytes = 0;
  for (; end < shard.records.length && end - start < limit; end += 1) {
    const size = shard.records[end]?.bytes ?? 0;
    if (end > start && bytes + size > maxBytes) break;
    bytes += size;
  }
  return {
    records: shard.records.slice(start, end),
    bytes,
    nextPosition: shard.firstCounter + end,
  };
}
