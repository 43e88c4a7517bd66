import type { BufferedRecord } from './batching.ts';
import type { ReadPosition } from './kinesis-protocol.ts';
import { compareSequenceNumbers } from './kinesis-record.ts';
import { createLane, type Lane, oldestUnsettled } from './lane.ts';

/** A shard as the mapping follows it. */
export interface Shard {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly lanes: readonly Lane[];
  /** waiting for its parents → reading → draining (read to its end) → done (all settled). */
  phase: 'waiting' | 'reading' | 'draining' | 'done';
  /** Where reading starts while nothing has been read. */
  start: ReadPosition;
  /** Sequence number of the last record read, filtered ones included. */
  lastRead: string | undefined;
  /** The last checkpoint announced. */
  checkpoint: string | undefined;
  /** When the read under way was asked for. */
  readIssuedAtMs: number | undefined;
  nextReadAtMs: number;
  readFailures: number;
  millisBehindLatest: number | undefined;
  /** Everything put before this moment has been read. */
  caughtUpAsOfMs: number | undefined;
  unsettledRecords: number;
  unsettledBytes: number;
}

export function createShard(shard: {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly lanes: number;
  readonly start: ReadPosition;
  readonly done: boolean;
}): Shard {
  const lastRead =
    shard.start.type === 'AFTER_SEQUENCE_NUMBER' ? shard.start.sequenceNumber : undefined;
  return {
    shardId: shard.shardId,
    parents: shard.parents,
    lanes: Array.from({ length: shard.lanes }, (_, index) => createLane(index)),
    phase: shard.done ? 'done' : 'waiting',
    start: shard.start,
    lastRead,
    checkpoint: lastRead,
    readIssuedAtMs: undefined,
    nextReadAtMs: -Infinity,
    readFailures: 0,
    millisBehindLatest: undefined,
    caughtUpAsOfMs: undefined,
    unsettledRecords: 0,
    unsettledBytes: 0,
  };
}

/** Where the next read continues. */
export function readPosition(shard: Shard): ReadPosition {
  return shard.lastRead === undefined ? shard.start : after(shard.lastRead);
}

/**
 * The highest sequence number up to which everything is settled, or `undefined` while there is none.
 * Lanes advance on their own, so this is what lies just before the oldest record of the slowest one.
 */
export function settledUpTo(shard: Shard): string | undefined {
  let oldest: BufferedRecord | undefined;
  for (const lane of shard.lanes) {
    const candidate = oldestUnsettled(lane);
    if (
      candidate !== undefined &&
      (oldest === undefined ||
        compareSequenceNumbers(candidate.record.sequenceNumber, oldest.record.sequenceNumber) < 0)
    ) {
      oldest = candidate;
    }
  }
  return oldest === undefined ? shard.lastRead : oldest.previous;
}

/** Where another mapping would have to go on so that nothing is skipped. */
export function resumePosition(shard: Shard): ReadPosition {
  const settled = settledUpTo(shard);
  return settled === undefined ? shard.start : after(settled);
}

function after(sequenceNumber: string): ReadPosition {
  return { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber };
}
