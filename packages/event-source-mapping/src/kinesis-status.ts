import type { LaneActivity } from './lane.ts';
import type { Shard } from './shard.ts';

/** Where a mapping stands, as plain data. */
export interface KinesisMappingStatus {
  readonly shards: readonly KinesisShardStatus[];
  /** Looking for new shards: there may be more than are listed here. */
  readonly discovering: boolean;
  /**
   * Everything put into the stream before this moment (ms since the epoch) is settled: delivered,
   * reported, dropped or filtered out. `undefined` while something is not; `Infinity` when there is
   * nothing to read, as in a mapping that is not enabled.
   */
  readonly settledAsOfMs: number | undefined;
}

/** Where a mapping stands in one shard. */
export interface KinesisShardStatus {
  readonly shardId: string;
  readonly phase: Shard['phase'];
  /** Everything up to this sequence number is settled. */
  readonly checkpoint: string | undefined;
  /** As of the last read. */
  readonly millisBehindLatest: number | undefined;
  /** Read and not settled. */
  readonly unsettledRecords: number;
  readonly unsettledBytes: number;
  readonly lanes: readonly KinesisLaneStatus[];
}

/** Where a mapping stands in one lane of a shard. */
export interface KinesisLaneStatus {
  readonly activity: LaneActivity['kind'];
  /** Waiting for a batch. */
  readonly buffered: number;
  /** In the piece at work: invoked, to be retried, or being reported. */
  readonly inFlight: number;
  /** Attempts of the retry budget that the piece at work has used. */
  readonly attempts: number;
}

export function kinesisStatus(shards: Iterable<Shard>, discovering: boolean): KinesisMappingStatus {
  let settledAsOfMs: number | undefined = discovering ? undefined : Infinity;
  const list = [...shards];
  for (const shard of list) {
    if (shard.phase === 'done') continue;
    settledAsOfMs =
      settledAsOfMs === undefined ||
      shard.caughtUpAsOfMs === undefined ||
      shard.unsettledRecords > 0 ||
      shard.phase === 'waiting'
        ? undefined
        : Math.min(settledAsOfMs, shard.caughtUpAsOfMs);
  }
  return { shards: list.map(shardStatus), discovering, settledAsOfMs };
}

function shardStatus(shard: Shard): KinesisShardStatus {
  return {
    shardId: shard.shardId,
    phase: shard.phase,
    checkpoint: shard.checkpoint,
    millisBehindLatest: shard.millisBehindLatest,
    unsettledRecords: shard.unsettledRecords,
    unsettledBytes: shard.unsettledBytes,
    lanes: shard.lanes.map(({ activity, queue }) => ({
      activity: activity.kind,
      buffered: queue.length,
      inFlight: activity.kind === 'idle' ? 0 : activity.piece.records.length,
      attempts: activity.kind === 'idle' ? 0 : activity.piece.attempts,
    })),
  };
}
