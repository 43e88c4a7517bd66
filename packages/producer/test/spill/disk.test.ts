import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RETRY_AFTER_MS } from '../../src/spill/log-writer.ts';
import { event, ids, nextTurn, openTestSpill, TestDirectory } from './directory.ts';

const MOUNT = '/bin/mount';
const UMOUNT = '/bin/umount';

/** Whether this process may mount a small file system, to fill it and to make it read-only. */
const canMount = ((): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  using directory = new TestDirectory();
  try {
    mount(directory.path);
    execFileSync(UMOUNT, [directory.path]);
    return true;
  } catch {
    return false;
  }
})();

function mount(path: string, option = 'size=256k'): void {
  execFileSync(MOUNT, ['-t', 'tmpfs', '-o', option, 'tmpfs', path], { stdio: 'ignore' });
}

/** A file system of 256 KiB. */
class SmallDisk extends TestDirectory {
  constructor() {
    super();
    mount(this.path);
  }

  override [Symbol.dispose](): void {
    execFileSync(UMOUNT, [this.path]);
    super[Symbol.dispose]();
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test.runIf(canMount)(
  'on a full disk events go on unprotected, reported once; when there is room, they are safe again',
  async () => {
    using disk = new SmallDisk();
    using spill = openTestSpill(disk.path, { maxBytes: 1024 * 1024 });
    let number = 0;
    while (spill.write(event(number, 700)) === 'safe') number += 1;
    expect(number).toBeGreaterThan(200);
    for (let more = 0; more < 10; more += 1) expect(spill.append(event(900))).toBe('unprotected');
    await nextTurn();
    expect(spill.stats()).toMatchObject({ unprotected: 11, unsettled: number });
    expect(spill.faults).toHaveLength(1);
    expect(spill.faults[0]?.message).toContain(`cannot write to ${disk.path}`);
    expect(spill.faults[0]?.cause).toMatchObject({ code: 'ENOSPC' });

    // Each attempt that fails is of the same fault.
    vi.advanceTimersByTime(RETRY_AFTER_MS + 1);
    expect(spill.append(event(900))).toBe('unprotected');
    await nextTurn();
    expect(spill.faults).toHaveLength(1);

    for (let each = 0; each < number / 2; each += 1) spill.done(event(each).eventId);
    await nextTurn();
    expect(spill.append(event(901))).toBe('unprotected');
    vi.advanceTimersByTime(RETRY_AFTER_MS + 1);
    expect(spill.write(event(902))).toBe('safe');
    using killed = disk.afterKill();
    using next = openTestSpill(killed.path);
    const backlog = ids(next.backlog());
    expect(backlog.at(-1)).toBe(event(902).eventId);
    expect(backlog).not.toContain(event(900).eventId);
    expect(backlog).toHaveLength(spill.stats().unsettled);
  },
);

test.runIf(canMount)(
  'an event that fits on the disk in part only leaves nothing behind',
  async () => {
    using disk = new SmallDisk();
    // One segment, so that it is within an event that the disk is full.
    const options = { maxBytes: 4 * 1024 * 1024, segmentBytes: 1024 * 1024 };
    using spill = openTestSpill(disk.path, options);
    let number = 0;
    while (spill.write(event(number, 1_100)) === 'safe') number += 1;
    using killed = disk.afterKill();
    using next = openTestSpill(killed.path);
    expect(next.backlog()).toHaveLength(number);
    await nextTurn();
    expect(next.damages).toEqual([]);
  },
);

test.runIf(canMount)(
  'a disk that is full at the start is reported, and used when it has room',
  async () => {
    using disk = new SmallDisk();
    const filler = join(disk.path, 'filler');
    const { bavail, bsize } = statfsSync(disk.path);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
    using spill = openTestSpill(disk.path);
    expect(spill.append(event(1))).toBe('unprotected');
    await nextTurn();
    expect(spill.faults.map(({ cause }) => cause)).toMatchObject([{ code: 'ENOSPC' }]);
    rmSync(filler);
    vi.advanceTimersByTime(RETRY_AFTER_MS + 1);
    expect(spill.write(event(2))).toBe('safe');
  },
);

test.runIf(canMount)('a read-only disk is refused when the producer is made', () => {
  using disk = new SmallDisk();
  const spill = openTestSpill(disk.path, { segmentBytes: 4096 });
  spill.write(event(1));
  spill.close();
  execFileSync(MOUNT, ['-o', 'remount,ro', disk.path]);
  expect(() => openTestSpill(disk.path)).toThrow(
    `spill.directory: cannot use ${disk.path} (Error: EROFS: read-only file system, `,
  );
});

test('settlements that cannot be written are tried again', async () => {
  using directory = new TestDirectory();
  using spill = openTestSpill(directory.path);
  for (const number of [1, 2, 3]) spill.write(event(number));
  const done = directory.file('.log').replace(/log$/, 'done');
  mkdirSync(done);
  spill.done(event(1).eventId);
  await nextTurn();
  expect(spill.faults.map(({ cause }) => cause)).toMatchObject([{ code: 'EISDIR' }]);
  rmSync(done, { recursive: true });
  spill.done(event(2).eventId);
  await nextTurn();
  expect(spill.faults).toHaveLength(1);
  using killed = directory.afterKill();
  using next = openTestSpill(killed.path);
  expect(ids(next.backlog())).toEqual(ids([event(3)]));
});

test('a directory that is deleted under a running process is made again', async () => {
  using directory = new TestDirectory();
  using spill = openTestSpill(directory.path, { segmentBytes: 4096 });
  for (let number = 0; number < 3; number += 1) spill.write(event(number, 500));
  rmSync(directory.path, { recursive: true });
  // The open segment takes a few more, which nobody will find.
  for (let number = 3; number < 20; number += 1)
    expect(spill.write(event(number, 500))).toBe('safe');
  for (let number = 0; number < 8; number += 1) spill.done(event(number).eventId);
  await nextTurn();
  using beside = openTestSpill(directory.path);
  expect(beside.backlog()).toEqual([]);
  using killed = directory.afterKill();
  using next = openTestSpill(killed.path);
  expect(ids(next.backlog()).at(-1)).toBe(event(19).eventId);
});

test.each([
  ['is a file', (path: string) => path],
  ['lies in a file', (path: string) => join(path, 'below')],
])('a directory that %s is refused when the producer is made', (_, of) => {
  using directory = new TestDirectory();
  const file = join(directory.path, 'file');
  writeFileSync(file, 'mine');
  expect(() => openTestSpill(of(file))).toThrow(
    expect.objectContaining({ code: 'invalid_option' }),
  );
  expect(readFileSync(file, 'utf8')).toBe('mine');
});
