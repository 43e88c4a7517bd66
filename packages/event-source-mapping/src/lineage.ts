import type { ShardDescription } from './kinesis-protocol.ts';
import type { KinesisSettings } from './kinesis-settings.ts';
import { createShard, type Shard } from './shard.ts';

/**
 * Brings the followed shards up to date with the stream's.
 *
 * A new mapping starts every shard at its starting position. With LATEST that is the open ones only:
 * what lies in closed shards was put before. A shard that turns up later came out of a split or a
 * merge, so it is read from its beginning, whatever the starting position: nothing in it is old.
 */
export function updateLineage(
  shards: Map<string, Shard>,
  listed: readonly ShardDescription[],
  settings: Pick<KinesisSettings, 'start' | 'lanes'>,
): void {
  const isFirst = shards.size === 0;
  const fromLatest = settings.start.type === 'LATEST';
  for (const { shardId, parentShardId, adjacentParentShardId, closed } of listed) {
    if (shards.has(shardId)) continue;
    shards.set(
      shardId,
      createShard({
        shardId,
        parents: [parentShardId, adjacentParentShardId].filter((id) => id !== undefined),
        lanes: settings.lanes,
        start: fromLatest && !isFirst ? { type: 'TRIM_HORIZON' } : settings.start,
        done: isFirst && fromLatest && closed,
      }),
    );
  }
  // A finished shard is kept for as long as the stream lists it, lest it be read again.
  const ids = new Set(listed.map(({ shardId }) => shardId));
  for (const shard of shards.values()) {
    if (shard.phase === 'done' && !ids.has(shard.shardId)) shards.delete(shard.shardId);
  }
}

/**
 * Whether a shard's records may be delivered: those of its parents come first, to the last one. A
 * parent that is no longer listed has expired with everything in it.
 */
export function parentsAreDone(shard: Shard, shards: ReadonlyMap<string, Shard>): boolean {
  return shard.parents.every((id) => (shards.get(id)?.phase ?? 'done') === 'done');
}
