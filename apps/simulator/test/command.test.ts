import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { runCommand } from '../src/command.ts';
import { planSchedule } from '../src/plan-schedule.ts';

// Each worker loads the whole pipeline, and the machine may be busy.
vi.setConfig({ testTimeout: 300_000 });

const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]) {
  const output = { out: '', err: '' };
  const exitCode = await runCommand(args, {
    out: (text) => {
      output.out += text;
    },
    err: (text) => {
      output.err += text;
    },
  });
  return { exitCode, ...output };
}

test('runs seeds, with progress on stderr and one JSON object on stdout', async () => {
  const { exitCode, out, err } = await run('--seeds', '3', '--seed', '11', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ ok: true, seeds: 3, violations: 0, failingSeeds: [] });
  expect(err).toMatch(/3 of 3 schedules, \d+ events, 0 failing/);
});

test('runs a schedule from a file, with its trace', async () => {
  const file = join(folder, 'schedule.json');
  writeFileSync(file, JSON.stringify({ ...planSchedule(3), faults: [] }));
  const { exitCode, out } = await run('--seed', '3', '--schedule', file, '--trace');
  expect(exitCode).toBe(0);
  expect(out).toMatch(/the stream is drained/);
  expect(out).toMatch(/The delivery contract held/);
});

test.each([
  [['--seeds', 'many'], /whole number from 1/],
  [['--schedule', '/does/not/exist.json'], /cannot be read/],
  [['--mutants', 'no-such-bug'], /no mutant no-such-bug; there are .*float-money/],
  [['--mutant', 'no-such-bug', '--seed', '1'], /no mutant no-such-bug; there are .*float-money/],
  [['--mutants', '--mutant', 'float-money'], /cannot be used with/],
  [['surplus'], /too many arguments/],
])('%j is wrong usage', async (args, message) => {
  const { exitCode, err } = await run(...args);
  expect(exitCode).toBe(2);
  expect(err).toMatch(message);
});

test('says what it can do', async () => {
  const { exitCode, out } = await run('--help');
  expect(exitCode).toBe(0);
  expect(out).toMatch(/--mutants/);
  expect(out).toMatch(/Mutants: .*float-money/);
});

test('what finds a mutant is said as a command, and that runs it again, made smaller', async () => {
  const hunted = await run('--mutants', 'float-money', '--seed', '2', '--seeds', '5');
  expect(hunted.exitCode).toBe(0);
  const command =
    /^ {2}pnpm simulate (--mutant float-money --seed \d+)$/m.exec(hunted.out)?.[1] ?? '';
  expect(command).not.toBe('');

  const found = await run(...command.split(' '));
  expect(found.exitCode).toBe(1);
  expect(found.out).toMatch(/shortest schedule found that fails \(\d+ tried; nothing of it can/);
  const replay =
    /^ {2}pnpm simulate (--mutant float-money --schedule .*)$/m.exec(found.out)?.[1] ?? '';
  expect((await run(...replay.split(' '))).exitCode).toBe(1);
  // Without the bug it is harmless.
  expect((await run(...replay.split(' ').slice(2))).exitCode).toBe(0);
});

test('a mutant that its seeds do not find is a failure of the simulation', async () => {
  const args = ['--mutants', 'failed-message-deleted', '--seeds', '1', '--json'];
  const { exitCode, out, err } = await run(...args);
  expect(exitCode).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ ok: false, mutants: 1, found: 0 });
  expect(err).toMatch(/failed-message-deleted: NOT FOUND/);
});
