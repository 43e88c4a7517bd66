import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { runLanes } from './lanes.ts';

/** How many turns of the event loop a task takes; none when it is over at once. */
const lists = fc.array(
  fc.record({ key: fc.constantFrom('', 'a', 'b', 'c'), turns: fc.integer({ min: 0, max: 3 }) }),
  { maxLength: 30 },
);

test('tasks run once each, in order per key, never more than the bound at a time', async () => {
  await fc.assert(
    fc.asyncProperty(lists, fc.integer({ min: 1, max: 5 }), async (list, concurrency) => {
      const started: number[] = [];
      const keysAtWork = new Set<string>();
      let atWork = 0;
      const task = async (key: string, turns: number): Promise<void> => {
        expect(keysAtWork).not.toContain(key);
        keysAtWork.add(key);
        atWork += 1;
        expect(atWork).toBeLessThanOrEqual(concurrency);
        for (let turn = 0; turn < turns; turn += 1) await setImmediate();
        atWork -= 1;
        keysAtWork.delete(key);
      };
      await runLanes({
        tasks: list.map((entry, index) => ({ ...entry, index })),
        keyOf: ({ key }) => key,
        concurrency,
        mayStart: () => true,
        run: ({ index, key, turns }) => {
          started.push(index);
          return turns === 0 ? undefined : task(key, turns);
        },
      });
      expect(atWork).toBe(0);
      expect(started.toSorted((a, b) => a - b)).toEqual([...list.keys()]);
      for (const indices of Map.groupBy(started, (index) => list[index]?.key).values()) {
        expect(indices).toEqual(indices.toSorted((a, b) => a - b));
      }
    }),
  );
});

test('keys are worked on at the same time', async () => {
  let atWork = 0;
  let most = 0;
  const run = async (): Promise<void> => {
    atWork += 1;
    most = Math.max(most, atWork);
    await setImmediate();
    atWork -= 1;
  };
  const tasks = ['a', 'a', 'a', 'b', 'c', 'd'];
  await runLanes({ tasks, keyOf: (key) => key, concurrency: 3, mayStart: () => true, run });
  expect(most).toBe(3);
});

test('once it may not, nothing starts, and it resolves when the rest has settled', async () => {
  await fc.assert(
    fc.asyncProperty(lists, fc.integer({ min: 0, max: 30 }), async (list, allowed) => {
      let started = 0;
      let settled = 0;
      await runLanes({
        tasks: list,
        keyOf: ({ key }) => key,
        concurrency: 2,
        mayStart: () => started < allowed,
        run: ({ turns }) => {
          started += 1;
          const finish = async (): Promise<void> => {
            for (let turn = 0; turn < turns; turn += 1) await setImmediate();
            settled += 1;
          };
          return finish();
        },
      });
      expect(started).toBe(Math.min(allowed, list.length));
      expect(settled).toBe(started);
    }),
  );
});
