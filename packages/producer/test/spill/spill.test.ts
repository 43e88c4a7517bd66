import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeHeader } from '../../src/spill/segment-file.ts';
import { event, ids, nextTurn, openTestSpill, TestDirectory } from './directory.ts';

test('what was appended and not settled comes back after a kill, as it was', () => {
  using directory = new TestDirectory();
  using spill = openTestSpill(directory.path);
  const events = [event(1), event(2, 500), event(3)];
  for (const each of events) expect(spill.write(each)).toBe('safe');

  using killed = directory.afterKill();
  using next = openTestSpill(killed.path);
  expect(next.backlog()).toEqual(events);
  expect(next.stats()).toMatchObject({ unsettled: 3, replayed: 3, unprotected: 0 });
  expect([next.damages, next.faults]).toEqual([[], []]);
});

test('settled events do not come back, once a turn of the event loop has passed', async () => {
  using directory = new TestDirectory();
  using spill = openTestSpill(directory.path);
  for (const number of [1, 2, 3, 4]) spill.write(event(number));
  spill.done(event(1).eventId);
  spill.done(event(3).eventId);
  await nextTurn();

  using killed = directory.afterKill();
  using next = openTestSpill(killed.path);
  expect(ids(next.backlog())).toEqual(ids([event(2), event(4)]));
  // The same holds for what is settled by the process that took over.
  next.done(event(2).eventId);
  await nextTurn();
  using again = killed.afterKill();
  using last = openTestSpill(again.path);
  expect(ids(last.backlog())).toEqual(ids([event(4)]));
});

test('a segment goes as soon as its events are settled, and a clean end leaves an empty directory', async () => {
  using directory = new TestDirectory();
  const spill = openTestSpill(directory.path, { segmentBytes: 4096 });
  for (let number = 0; number < 40; number += 1) spill.write(event(number, 500));
  expect(directory.files().length).toBeGreaterThan(5);
  for (let number = 0; number < 40; number += 1) spill.done(event(number).eventId);
  await nextTurn();
  expect(directory.files().map((name) => name.split('.').at(-1))).toEqual(['lock']);
  expect(spill.stats()).toMatchObject({ bytes: 0, unsettled: 0 });
  // It goes on in a new one.
  expect(spill.write(event(41))).toBe('safe');
  spill.done(event(41).eventId);
  spill.close();
  expect(directory.files()).toEqual([]);
});

test('close keeps what is not settled, and a later process leaves nothing of it', async () => {
  using directory = new TestDirectory();
  const spill = openTestSpill(directory.path);
  for (const number of [1, 2]) spill.write(event(number));
  spill.done(event(1).eventId);
  spill.close();
  spill.close();
  expect(spill.append(event(3))).toBe('unprotected');

  const next = openTestSpill(directory.path);
  expect(ids(next.backlog())).toEqual(ids([event(2)]));
  next.done(event(2).eventId);
  await nextTurn();
  next.close();
  expect(directory.files()).toEqual([]);
});

test('a backlog that was taken in part stays in part', () => {
  using directory = new TestDirectory();
  const spill = openTestSpill(directory.path, { segmentBytes: 4096 });
  for (let number = 0; number < 40; number += 1) spill.write(event(number, 500));
  spill.close();
  const next = openTestSpill(directory.path);
  for (let number = 0; number < 10; number += 1) {
    const entry = next.nextOfBacklog();
    expect(entry?.event).toEqual(event(number, 500));
    if (entry !== undefined) next.settle(entry.ticket);
  }
  next.close();
  using last = openTestSpill(directory.path);
  expect(last.backlog()).toEqual(Array.from({ length: 30 }, (_, index) => event(index + 10, 500)));
});

test('the events of several ended processes come in the order of their ids', () => {
  using directory = new TestDirectory();
  const spills = [0, 1, 2].map(() => openTestSpill(directory.path, { segmentBytes: 4096 }));
  const events = Array.from({ length: 60 }, (_, number) => event(number, 300));
  for (const [number, each] of events.entries()) spills[number % 3]?.write(each);
  for (const spill of spills) spill.close();
  using next = openTestSpill(directory.path);
  expect(next.backlog()).toEqual(events);
});

test('one directory serves several streams', () => {
  using directory = new TestDirectory();
  const streams = ['clicks', 'clicks.eu', '..'];
  for (const [number, streamName] of streams.entries()) {
    const spill = openTestSpill(directory.path, { streamName });
    spill.write(event(number));
    spill.close();
  }
  for (const [number, streamName] of streams.entries()) {
    using spill = openTestSpill(directory.path, { streamName });
    expect(ids(spill.backlog())).toEqual(ids([event(number)]));
  }
});

test('files of others are left alone', () => {
  using directory = new TestDirectory();
  const names = ['notes.txt', 'clicks.lock', 'clicks.0001.log', '.hidden'];
  for (const name of names) writeFileSync(join(directory.path, name), 'x');
  const spill = openTestSpill(directory.path);
  expect(spill.backlog()).toEqual([]);
  spill.close();
  expect(directory.files()).toEqual(names.toSorted());
});

test('the log is bounded, and has room again when events are settled', async () => {
  using directory = new TestDirectory();
  const maxBytes = 64 * 1024;
  using spill = openTestSpill(directory.path, { maxBytes, segmentBytes: 8192 });
  const sizeOnDisk = (): number =>
    directory.files().reduce((sum, name) => sum + statSync(join(directory.path, name)).size, 0);
  let number = 0;
  while (number < 1_000 && spill.write(event(number, 400)) === 'safe') number += 1;
  expect(number).toBeGreaterThan(100);
  expect(spill.append(event(number, 400))).toBe('full');
  expect(sizeOnDisk()).toBeLessThanOrEqual(maxBytes);
  const stays = (each: number): boolean => each % 10 === 0 || each === number - 1;
  // One in each segment stays, so that all others have to be written down as settled.
  for (let each = 0; each < number; each += 1) if (!stays(each)) spill.done(event(each).eventId);
  await nextTurn();
  expect(sizeOnDisk()).toBeLessThanOrEqual(maxBytes);
  expect(spill.append(event(number, 400))).toBe('full');
  for (let each = 0; each < number; each += 1) if (stays(each)) spill.done(event(each).eventId);
  await nextTurn();
  expect(spill.write(event(number, 400))).toBe('safe');
  // What an earlier process left counts too.
  using killed = directory.afterKill();
  using next = openTestSpill(killed.path, { maxBytes: spill.stats().bytes + 100 });
  expect(next.append(event(0, 400))).toBe('full');
});

test('a record larger than a segment has one of its own', () => {
  using directory = new TestDirectory();
  const spill = openTestSpill(directory.path, { segmentBytes: 4096 });
  const events = [event(1), event(2, 200_000), event(3)];
  for (const each of events) expect(spill.write(each)).toBe('safe');
  expect(directory.files().filter((name) => name.endsWith('.log'))).toHaveLength(3);
  spill.close();
  using next = openTestSpill(directory.path);
  expect(next.backlog()).toEqual(events);
});

test.runIf(process.platform !== 'win32')('nobody else may read the files', async () => {
  using directory = new TestDirectory();
  const path = join(directory.path, 'made', 'here');
  using spill = openTestSpill(path);
  for (const number of [1, 2]) spill.write(event(number));
  spill.done(event(1).eventId);
  await nextTurn();
  const files = readdirSync(path);
  const kinds = files.map((name) => name.split('.').at(-1));
  expect(new Set(kinds)).toEqual(new Set(['done', 'lock', 'log']));
  for (const name of files) expect(statSync(join(path, name)).mode & 0o777).toBe(0o600);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('files of a newer version are reported and left alone', async () => {
  using directory = new TestDirectory();
  const old = openTestSpill(directory.path);
  old.write(event(1));
  old.close();
  const file = directory.file('.log');
  const content = Buffer.concat([encodeHeader(2), readFileSync(file).subarray(16)]);
  writeFileSync(file, content);
  const before = directory.files();

  for (const _ of ['once', 'and again']) {
    const spill = openTestSpill(directory.path);
    expect(spill.backlog()).toEqual([]);
    spill.close();
    await nextTurn();
    const damage = { file, offset: 0, bytes: content.length, reason: 'unknown_version' };
    expect(spill.damages).toEqual([{ ...damage, keptAs: undefined }]);
  }
  expect(directory.files()).toEqual(before);
  expect(readFileSync(file)).toEqual(content);
});

test.runIf(process.platform === 'linux')('closes every file', async () => {
  const openFiles = (): number => readdirSync('/proc/self/fd').length;
  using directory = new TestDirectory();
  openTestSpill(directory.path).close();
  const before = openFiles();
  for (let round = 0; round < 5; round += 1) {
    const spill = openTestSpill(directory.path, { segmentBytes: 4096 });
    spill.backlog();
    for (let number = 0; number < 30; number += 1) spill.write(event(round * 100 + number, 400));
    for (let number = 0; number < 15; number += 1) spill.done(event(round * 100 + number).eventId);
    await nextTurn();
    spill.close();
  }
  expect(openFiles()).toBe(before);
});
