import { formatHashKey, type HashKey, uniformStarts } from './hash-key.ts';
import { KinesisError } from './kinesis-error.ts';
import type { Shard } from './shard.ts';
import { addShard, hashBefore, openShard, type Stream, shardAt } from './stream.ts';

/**
 * Splits an open shard in two; `at` starts the upper one.
 *
 * @throws KinesisError InvalidArgumentException when one of the two would be empty.
 */
export function splitShard(stream: Stream, shard: Shard, at: HashKey, nowMs: number): void {
  assertOpen(stream, shard);
  if (at <= shard.startHash || at > shard.endHash) {
    throw new KinesisError(
      'InvalidArgumentException',
      `Shard ${shard.id} in stream ${stream.name} cannot be split at ${formatHashKey(at)}: one part would be empty.`,
    );
  }
  replace(stream, [shard], nowMs, () => [
    addShard(stream, shard.startHash, hashBefore(at), [shard], nowMs),
    addShard(stream, at, shard.endHash, [shard], nowMs),
  ]);
}

/**
 * Merges two open shards that lie side by side into one.
 *
 * @throws KinesisError InvalidArgumentException when they do not.
 */
export function mergeShards(stream: Stream, shard: Shard, adjacent: Shard, nowMs: number): void {
  assertOpen(stream, shard);
  assertOpen(stream, adjacent);
  const [lower, upper] =
    shard.startHash < adjacent.startHash ? [shard, adjacent] : [adjacent, shard];
  if (hashBefore(upper.startHash) !== lower.endHash) {
    throw new KinesisError(
      'InvalidArgumentException',
      `Shards ${shard.id} and ${adjacent.id} in stream ${stream.name} under account ${stream.accountId} are not an adjacent pair of shards eligible for merging`,
    );
  }
  replace(stream, [lower, upper], nowMs, () => [
    addShard(stream, lower.startHash, upper.endHash, [shard, adjacent], nowMs),
  ]);
}

/** Closes shards that lie side by side and puts others in their place. */
function replace(
  stream: Stream,
  closed: readonly [Shard, ...Shard[]],
  nowMs: number,
  create: () => Shard[],
): void {
  const position = stream.open.indexOf(closed[0]);
  for (const shard of closed) shard.closedAtMs = nowMs;
  stream.open.splice(position, closed.length, ...create());
}

function assertOpen(stream: Stream, shard: Shard): void {
  if (shard.closedAtMs === undefined) return;
  throw new KinesisError(
    'InvalidArgumentException',
    `Shard ${shard.id} in stream ${stream.name} under account ${stream.accountId} has already been merged or split, and thus is not eligible for merging or splitting.`,
  );
}

/**
 * Brings the stream to `target` open shards of equal size: splits wherever a new range starts
 * inside an old one, then merges what lies within one new range. As on AWS this can create shards
 * that live for a moment only.
 */
export function updateShardCount(stream: Stream, target: number, nowMs: number): void {
  const starts = uniformStarts(target);
  for (const start of starts) {
    const shard = shardAt(stream, start);
    if (shard.startHash !== start) splitShard(stream, shard, start, nowMs);
  }
  const wanted = new Set(starts);
  for (let index = 1; index < stream.open.length; ) {
    const shard = openShard(stream, index);
    if (wanted.has(shard.startHash)) index += 1;
    else mergeShards(stream, openShard(stream, index - 1), shard, nowMs);
  }
}
