import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCommitter } from './committer.ts';

/** The order in which indices finish, each with something to commit or nothing. */
const finishes = fc
  .array(fc.boolean(), { maxLength: 30 })
  .chain((items) =>
    fc.shuffledSubarray([...items.entries()], { minLength: items.length, maxLength: items.length }),
  );

test('what finishes in any order is committed in order, in chunks, one at a time', async () => {
  await fc.assert(
    fc.asyncProperty(
      finishes,
      fc.integer({ min: 1, max: 5 }),
      fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
      async (order, size, failingCall) => {
        const chunks: (readonly number[])[] = [];
        const committed: number[] = [];
        const failed: (number | undefined)[] = [];
        let underway = 0;
        const committer = createCommitter<number>({
          size,
          commit: async (chunk) => {
            underway += 1;
            expect(underway).toBe(1);
            chunks.push(chunk);
            await setImmediate();
            underway -= 1;
            if (chunks.length - 1 === failingCall) throw new Error('no');
          },
          onCommitted: (item) => committed.push(item),
          onFailed: (first) => failed.push(first),
        });
        for (const [index, hasItem] of order) {
          committer.finish(index, hasItem ? index : undefined);
          if (index % 3 === 0) await setImmediate();
        }
        await committer.drain();

        const items = order
          .filter(([, hasItem]) => hasItem)
          .map(([index]) => index)
          .toSorted((a, b) => a - b);
        expect(chunks.flat()).toEqual(items.slice(0, chunks.flat().length));
        expect(chunks.every((chunk) => chunk.length > 0 && chunk.length <= size)).toBe(true);
        const failedChunk = failingCall === undefined ? undefined : chunks[failingCall];
        expect(failed).toEqual(failedChunk ? [failedChunk[0]] : []);
        expect(committed).toEqual(failedChunk ? chunks.slice(0, -1).flat() : items);
      },
    ),
  );
});

test('waits for a full chunk, and beyond a gap for the gap', async () => {
  const chunks: (readonly string[])[] = [];
  const committer = createCommitter<string>({
    size: 2,
    commit: async (chunk) => void chunks.push(chunk),
    onCommitted: () => undefined,
    onFailed: () => undefined,
  });
  committer.finish(0, 'a');
  committer.finish(2, 'c');
  committer.finish(3, 'd');
  await setImmediate();
  expect(chunks).toEqual([]);
  committer.finish(1, undefined);
  await setImmediate();
  expect(chunks).toEqual([['a', 'c']]);
  committer.hurry();
  await setImmediate();
  expect(chunks).toEqual([['a', 'c'], ['d']]);
  expect(committer.stop()).toBeUndefined();
  committer.finish(4, 'e');
  await committer.drain();
  expect(chunks).toHaveLength(2);
});
