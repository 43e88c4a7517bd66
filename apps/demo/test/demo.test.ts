import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalAws } from '@clickstream/local-aws';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type DemoHooks, runDemo } from '../src/demo.ts';
import { findings } from '../src/ledger.ts';
import { settledRecords } from '../src/pipeline.ts';
import type { Progress } from '../src/progress.ts';

const silent: Progress = {
  step: () => undefined,
  count: () => ({ add: () => undefined, set: () => undefined }),
  close: () => undefined,
};

const hooks: DemoHooks = {
  progress: silent,
  signal: new AbortController().signal,
  onLog: () => undefined,
  onLedger: () => undefined,
  stay: false,
};

const timers: NodeJS.Timeout[] = [];
afterEach(() => {
  for (const timer of timers.splice(0)) clearInterval(timer);
  vi.unstubAllEnvs();
});

/** The processes that run a function of the stack, or all of them. */
const processesOf = (aws: LocalAws, name = ''): number[] =>
  aws
    .functions()
    .filter(({ logicalId }) => logicalId.includes(name))
    .flatMap(({ environments }) => environments.map(({ pid }) => pid));

describe('the whole pipeline', { timeout: 240_000 }, () => {
  it('keeps its contract while its processes are killed at random', async () => {
    let killed = 0;
    // Only after progress: on a busy machine a process may need longer to start than to be killed.
    let settledAtKill = 0;
    const killNowAndThen = (aws: LocalAws): void => {
      const kill = (): void => {
        const settled = settledRecords(aws);
        const pids = processesOf(aws, 'StreamProcessor');
        const pid = pids[Math.floor(Math.random() * pids.length)];
        if (pid === undefined || settled < settledAtKill + 100) return;
        process.kill(pid, 'SIGKILL');
        killed += 1;
        settledAtKill = settled;
      };
      timers.push(setInterval(kill, 50));
    };
    const options = {
      events: 600,
      poison: 0.05,
      seed: 42,
      port: 0,
      aggregate: false,
      chaos: false,
    };
    const ledger = await runDemo(options, { ...hooks, onBoot: killNowAndThen });
    expect(killed).toBeGreaterThan(0);
    expect(findings(ledger)).toEqual([]);
    const quarantined = Object.values(ledger.quarantined).reduce((sum, n) => sum + n, 0);
    expect(ledger).toMatchObject({ tracked: 600, foreign: 30, lost: 0, duplicated: 0 });
    expect(ledger.applied + quarantined).toBe(ledger.delivered + ledger.foreign);
    expect(Object.keys(ledger.revenue).length).toBeGreaterThan(1);
  });

  it('keeps it too when many events travel in one record', async () => {
    const options = { events: 600, poison: 0.05, seed: 7, port: 0, aggregate: true, chaos: false };
    const ledger = await runDemo(options, hooks);
    expect(findings(ledger)).toEqual([]);
    expect(ledger).toMatchObject({ tracked: 600, delivered: 600, foreign: 30 });
    expect(ledger.applied).toBe(600);
  });

  it('keeps it while requests fail, and the shop and all local services are killed', async () => {
    const options = { events: 400, poison: 0.05, seed: 7, port: 0, aggregate: false, chaos: true };
    const ledger = await runDemo(options, hooks);
    expect(findings(ledger)).toEqual([]);
    expect(ledger).toMatchObject({
      tracked: 400,
      foreign: 20,
      lost: 0,
      duplicated: 0,
      reordered: 0,
      chaos: {
        kills: {
          storefront: 1,
          pipeline: 1,
          'frozen stream-processor': 1,
          'full stream-processor': 1,
        },
        reshards: 2,
      },
    });
    expect(ledger.chaos?.clockSkewsMs).toHaveLength(2);
    expect(ledger.delivered + ledger.undeliverable + ledger.unconfirmed).toBe(400);
    const happened = Object.values(ledger.chaos?.faults ?? {}).filter((count) => count > 0);
    expect(happened.length).toBeGreaterThanOrEqual(8);
  });

  it('ends early, leaving nothing behind, when it is told to', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'demo-test-'));
    vi.stubEnv('TMPDIR', folder);
    const abort = new AbortController();
    let pids: number[] = [];
    const abortOnceBusy = (aws: LocalAws): void => {
      const look = (): void => {
        if (pids.length === 0) pids = processesOf(aws);
        if (pids.length > 0) abort.abort();
      };
      timers.push(setInterval(look, 50));
    };
    const options = {
      events: 100_000,
      poison: 0,
      seed: 1,
      port: 0,
      aggregate: false,
      chaos: false,
    };
    const demo = runDemo(options, { ...hooks, signal: abort.signal, onBoot: abortOnceBusy });
    await expect(demo).rejects.toThrow('aborted');
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
