import { expect, test } from 'vitest';
import { updateLineage } from './lineage.ts';
import type { Shard } from './shard.ts';

const settings = { start: { type: 'TRIM_HORIZON' }, lanes: 1 } as const;

// A closed shard is listed until its records have expired:
// https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html
test('a finished shard is kept while it is listed, lest it be read again, and forgotten then', () => {
  const shards = new Map<string, Shard>();
  const listed = ['a', 'b', 'c'].map((shardId) => ({ shardId, closed: true }));
  updateLineage(shards, listed, settings);
  for (const id of ['a', 'b']) {
    const shard = shards.get(id);
    if (shard !== undefined) shard.phase = 'done';
  }
  updateLineage(shards, listed.slice(1, 2), settings);
  // "c" has something left that was read before.
  expect([...shards].map(([id, { phase }]) => [id, phase === 'done'])).toEqual([
    ['b', true],
    ['c', false],
  ]);
});
