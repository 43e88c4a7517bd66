import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SEGMENT_HEADER_BYTES } from '../../src/spill/segment-file.ts';
import { event, ids, nextTurn, openTestSpill, TestDirectory } from './directory.ts';

const EVENTS = [1, 2, 3].map((number) => ({ ...event(number), data: `{"ü":${number}}` }));

/** A directory with one segment of three events of which the second is settled. */
async function leftBehind(): Promise<{ directory: TestDirectory; ends: number[] }> {
  using directory = new TestDirectory();
  using spill = openTestSpill(directory.path);
  const ends = EVENTS.map((each) => {
    spill.write(each);
    return readFileSync(directory.file('.log')).length;
  });
  spill.done(event(2).eventId);
  await nextTurn();
  return { directory: directory.afterKill(), ends };
}

const unsettled = new Set(EVENTS.filter(({ eventId }) => eventId !== event(2).eventId));

test('cut at any byte, what is whole is sent and the rest is reported, kept aside and not met again', async () => {
  const { directory, ends } = await leftBehind();
  using _ = directory;
  const size = ends.at(-1) ?? 0;
  for (let cut = 0; cut < size; cut += 1) {
    using copy = directory.afterKill();
    const file = copy.file('.log');
    truncateSync(file, cut);
    const rest = readFileSync(file);

    const spill = openTestSpill(copy.path);
    const backlog = spill.backlog();
    expect(backlog).toEqual(
      EVENTS.filter((each, index) => (ends[index] ?? 0) <= cut && unsettled.has(each)),
    );
    for (const { eventId } of backlog) spill.done(eventId);
    await nextTurn();
    spill.close();

    const isHeader = cut < SEGMENT_HEADER_BYTES;
    const offset = isHeader ? 0 : (ends.findLast((end) => end <= cut) ?? SEGMENT_HEADER_BYTES);
    const damage = {
      file,
      offset,
      bytes: cut - offset,
      reason: isHeader ? 'corrupt' : 'torn',
      keptAs: file.replace(/log$/, 'corrupt'),
    };
    const damages = cut === offset ? [] : [damage];
    expect([spill.damages, spill.faults]).toEqual([damages, []]);
    const kept = copy.files().map((name) => readFileSync(join(copy.path, name)));
    expect(kept).toEqual(damages.map(() => rest));
    using again = openTestSpill(copy.path);
    expect(again.backlog()).toEqual([]);
    await nextTurn();
    expect(again.damages).toEqual([]);
    expect(again.stats().bytes).toBe(damages.length * cut);
  }
});

test('a process that ends before it has sent what is readable of a damaged segment leaves it to the next', async () => {
  const { directory } = await leftBehind();
  using _ = directory;
  truncateSync(directory.file('.log'), readFileSync(directory.file('.log')).length - 1);
  for (let start = 0; start < 3; start += 1) {
    const spill = openTestSpill(directory.path);
    expect(ids(spill.backlog())).toEqual(ids([event(1)]));
    spill.close();
    await nextTurn();
    expect(spill.damages).toHaveLength(1);
  }
});

test('with bits flipped in any of its files, no event that was not hit is lost, and none is invented', async () => {
  const { directory, ends } = await leftBehind();
  using _ = directory;
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const flips = fc.record({
    log: fc.array(place, { maxLength: 4 }),
    done: fc.array(place, { maxLength: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(flips, async ({ log, done }) => {
      using copy = directory.afterKill();
      const hit = flip(copy.file('.log'), log);
      flip(copy.file('.done'), done);
      using spill = openTestSpill(copy.path);
      const backlog = spill.backlog();
      const intact = EVENTS.filter((_each, index) => {
        const from = index === 0 ? SEGMENT_HEADER_BYTES : (ends[index - 1] ?? 0);
        return !hit.some((byte) => byte >= from && byte < (ends[index] ?? 0));
      });
      for (const each of backlog) expect(intact).toContainEqual(each);
      const settled = (id: string): boolean => id === event(2).eventId;
      expect(backlog.filter(({ eventId }) => !settled(eventId))).toEqual(
        intact.filter(({ eventId }) => !settled(eventId)),
      );
      await nextTurn();
      expect(spill.damages.length > 0).toBe(hit.length > 0);
      expect(spill.damages.every(({ reason }) => reason !== 'unknown_version')).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a settlement that fits no event settles none', async () => {
  const { directory } = await leftBehind();
  using _ = directory;
  const file = directory.file('.done');
  const record = readFileSync(file);
  record[4] = (record[4] ?? 0) ^ 1;
  writeFileSync(file, record);
  using spill = openTestSpill(directory.path);
  expect(spill.backlog()).toEqual(EVENTS);
});

test('without onCorruption, damage is a process warning', async () => {
  const { directory } = await leftBehind();
  using _ = directory;
  const file = directory.file('.log');
  truncateSync(file, readFileSync(file).length - 3);
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
  using spill = openTestSpill(directory.path, { onCorruption: undefined });
  spill.backlog();
  const { name, message } = await warned;
  expect(name).toBe('ClickstreamProducerWarning');
  expect(message).toContain(`of ${file} are torn; it will be kept as`);
});

/** Returns the bytes that differ afterwards. */
function flip(file: string, places: readonly number[]): number[] {
  const before = readFileSync(file);
  const after = Buffer.from(before);
  for (const each of places) {
    const bit = Math.floor(each * after.length * 8);
    after[bit >> 3] = (after[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  }
  writeFileSync(file, after);
  return [...before.keys()].filter((byte) => before[byte] !== after[byte]);
}
