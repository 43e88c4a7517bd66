import { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { SessionLock } from '../../src/spill/session-lock.ts';
import { event, ids, nextTurn, openTestSpill, TestDirectory } from './directory.ts';
import { SpillProcess } from './processes.ts';

// Processes take long to start on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

test('every event whose append had returned survives kill -9, in order', async () => {
  using directory = new TestDirectory();
  const acknowledged: string[] = [];
  // What is left grows from one killed process to the next.
  for (let round = 0; round < 3; round += 1) {
    await using child = new SpillProcess('appends', directory.path, round * 1_000_000);
    await child.printed(50 + round * 137);
    await child.kill();
    for (const line of child.lines) acknowledged.push(line);

    const spill = openTestSpill(directory.path);
    const backlog = spill.backlog();
    const known = new Set(acknowledged);
    expect(ids(backlog).filter((id) => known.has(id))).toEqual(acknowledged);
    // One a round may have been written without having been printed.
    expect(backlog.length - acknowledged.length).toBeLessThanOrEqual(round + 1);
    for (const each of backlog) expect(each).toEqual(event(Number(each.eventId.slice(-12)), 200));
    expect(spill.damages.filter(({ reason }) => reason !== 'torn')).toEqual([]);
    spill.close();
  }
});

test('a process that is killed while it settles loses nothing that it had not settled', async () => {
  using directory = new TestDirectory();
  await using child = new SpillProcess('appends and settles', directory.path);
  await child.printed(4_000);
  await child.kill();
  const of = (word: string): string[] =>
    child.lines.filter((line) => line.startsWith(word)).map((line) => line.split(' ')[1] ?? '');
  const settled = new Set(of('settled'));
  const unsettled = of('appended').filter((id) => !settled.has(id));
  expect(unsettled.length).toBeGreaterThan(0);

  const spill = openTestSpill(directory.path);
  const backlog = ids(spill.backlog());
  expect(backlog).toEqual(expect.arrayContaining(unsettled));
  // Those of the last turn, and the one that was not printed.
  expect(backlog.length).toBeLessThanOrEqual(unsettled.length + 22);
  for (const id of backlog) spill.done(id);
  await nextTurn();
  spill.close();
  expect(directory.files().filter((name) => !name.endsWith('.corrupt'))).toEqual([]);
});

test('what a living process has is its own; what a killed one had goes to the next start, once', async () => {
  using directory = new TestDirectory();
  await using first = new SpillProcess('holds', directory.path, 1);
  await first.printed(1);
  await using second = new SpillProcess('holds', directory.path, 2);
  await second.printed(1);
  using here = openTestSpill(directory.path);
  expect(here.backlog()).toEqual([]);

  await first.kill();
  await using third = new SpillProcess('holds', directory.path, 3);
  await third.printed(2);
  expect([second.lines, third.lines]).toEqual([['holds'], [`took ${event(1).eventId}`, 'holds']]);
  // The new owner lives.
  using again = openTestSpill(directory.path);
  expect(again.backlog()).toEqual([]);

  await Promise.all([second.kill(), third.kill()]);
  using last = openTestSpill(directory.path);
  expect(ids(last.backlog())).toEqual(ids([event(1), event(2), event(3)]));
});

test('processes that start at the same time share out what is left, each event to one', async () => {
  using directory = new TestDirectory();
  const left = Array.from({ length: 6 }, (_, number) => number);
  for (const number of left) {
    const spill = openTestSpill(directory.path);
    spill.write(event(number));
    await nextTurn();
    spill.close();
  }
  const starts = [11, 12, 13, 14].map(
    (number) => new SpillProcess('holds', directory.path, number),
  );
  await Promise.all(
    starts.map(async (child) => {
      while (!child.lines.includes('holds')) await child.printed(child.lines.length + 1);
    }),
  );
  const taken = starts.flatMap(({ lines }) => lines.filter((line) => line !== 'holds'));
  await Promise.all(starts.map(async (child) => child.kill()));
  expect(taken.toSorted()).toEqual(left.map((number) => `took ${event(number).eventId}`));
});

test('threads of one process keep out of each other’s logs', async () => {
  using directory = new TestDirectory();
  using spill = openTestSpill(directory.path);
  spill.write(event(1));
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     import(workerData.module).then(({ SessionLock }) =>
       parentPort.postMessage(SessionLock.claim(workerData.file) === undefined));`,
    {
      eval: true,
      workerData: {
        module: new URL('../../src/spill/session-lock.ts', import.meta.url).href,
        file: directory.file('.lock'),
      },
    },
  );
  const isRefused = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
  expect(isRefused).toBe(true);
  expect(SessionLock.claim(directory.file('.lock'))).toBeUndefined();
});
