/** What goes wrong with other producers when a process grows, ends, freezes or is killed. */
import { expect, test } from 'vitest';
import { type Child, runChild } from '../child.ts';
import { createTestStream, type TestStream } from '../kinesis.ts';
import { TestDirectory } from '../spill/directory.ts';
import { readViews } from './stored.ts';

const SCRIPT = new URL('scripts.ts', import.meta.url);
const MIB = 1024 * 1024;

type Way = 'naive' | 'ours';

function run(way: Way, script: string, stream: TestStream, argument: string | number = ''): Child {
  return runChild(SCRIPT, [way, script, String(argument)], stream.env);
}

test('pain 2: memory grows with what a throttled stream does not take (KPL 21, 485, 624)', async () => {
  await using stream = await createTestStream({ faults: () => ({ kind: 'throttle' }) });
  const heldMib = async (way: Way): Promise<number> => {
    await using child = run(way, 'tracks', stream, 40_000);
    return Number(await child.line()) / MIB;
  };
  const [naive, ours] = await Promise.all([heldMib('naive'), heldMib('ours')]);
  expect(naive).toBeGreaterThan(40);
  // 4 MiB of buffer, a quarter of that for events that wait for room, and the process's own.
  expect(ours).toBeLessThan(5 + 15);
});

test('pain 8: a timer keeps the process alive (analytics-next 822)', async () => {
  await using stream = await createTestStream();
  await using naive = run('naive', 'forgets to close', stream);
  expect(await naive.line()).toBe('delivered');
  await using ours = run('ours', 'forgets to close', stream);
  expect(await ours.line()).toBe('delivered');
  expect(`${await ours.ended}${ours.stderr()}`).toBe('code 0');
  expect(naive.process.exitCode, 'though it was done earlier').toBeNull();
});

test('pain 8: Lambda freezes before anything is sent (posthog 13092)', async () => {
  const deliveredWhenFrozen = async (way: Way): Promise<number> => {
    await using stream = await createTestStream();
    await using child = run(way, 'lambda', stream);
    expect(await child.line()).toBe('ready');
    child.process.stdin?.write('1\n');
    expect(await child.line()).toBe('1');
    child.process.kill('SIGSTOP');
    return stream.server.stats().recordsAccepted;
  };
  const [naive, ours] = await Promise.all([
    deliveredWhenFrozen('naive'),
    deliveredWhenFrozen('ours'),
  ]);
  expect({ naive, ours }).toEqual({ naive: 0, ours: 1 });
});

test('pain 12: what was accepted is gone with the process (KPL 263)', async () => {
  const numbersAfterKill = async (way: Way): Promise<number[]> => {
    using directory = new TestDirectory();
    let isOut = true;
    await using stream = await createTestStream({
      faults: () => (isOut ? { kind: 'http_500' } : undefined),
    });
    await using first = run(way, 'accepts', stream, directory.path);
    expect(await first.line()).toBe('accepted');
    first.process.kill('SIGKILL');
    await first.ended;
    isOut = false;
    await using second = run(way, 'starts again', stream, directory.path);
    expect(await second.line()).toBe('flushed');
    const numbers = new Set((await readViews(stream)).map(({ number }) => number));
    return [...numbers].toSorted((a, b) => a - b);
  };
  const [naive, ours] = await Promise.all([numbersAfterKill('naive'), numbersAfterKill('ours')]);
  expect(naive).toEqual([]);
  expect(ours).toEqual(Array.from({ length: 100 }, (_, number) => number));
});
