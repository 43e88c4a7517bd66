import { afterAll, beforeAll, expect, test } from 'vitest';
import { HONEST_RIVAL, OURS, OURS_AGGREGATED } from './arms.ts';
import { type Sink, startSink } from './processes.ts';
import type { Faults } from './protocol.ts';
import { figuresOf, runArm } from './run-arm.ts';

const work = { seed: 'test', events: 1_000, users: 100 };

let sink: Sink;
beforeAll(async () => {
  sink = await startSink();
});
afterAll(async () => sink[Symbol.asyncDispose]());

async function run(
  arm: string,
  {
    faults = {},
    limitMs = 30_000,
    ...more
  }: { faults?: Faults; limitMs?: number } & Record<string, unknown> = {},
) {
  const { endpoint } = sink;
  const settings = { deadlineMs: 10_000, ...more };
  const stream = { seed: work.seed, shards: 2, events: work.events, faults };
  return runArm(sink, { arm, endpoint, ...work, ...settings }, stream, {
    limitMs,
    warmUpEvents: 500,
  });
}

test.each([OURS, OURS_AGGREGATED, HONEST_RIVAL, 'sdk-default', 'bare-https'])(
  '%s: the sink has every event once, over TLS',
  async (arm) => {
    const { sent, report } = await run(arm);
    expect(sent).toMatchObject({ tracked: 1_000, failed: 0 });
    expect(report).toMatchObject({ confirmed: 1_000, lost: 0, duplicated: 0, strange: 0 });
    const figures = figuresOf({ sent, report });
    for (const figure of Object.values(figures)) expect(figure).not.toBeNaN();
    expect(figures.eventsPerSecond).toBeGreaterThan(0);
    expect(figures.cpuUsPerEvent).toBeGreaterThan(0);
  },
);

test('handshakes tell a client that keeps its connections from one that does not', async () => {
  const [kept, renewed] = [await run(HONEST_RIVAL), await run('sdk-default')];
  expect(kept.report.handshakes).toBeLessThanOrEqual(2);
  expect(renewed.report.handshakes).toBeGreaterThanOrEqual(renewed.report.requests);
});

test('aggregation is billed for what it saves', async () => {
  const [plain, aggregated] = [await run(OURS), await run(OURS_AGGREGATED)];
  expect(plain.report.putUnits).toBe(1_000);
  expect(plain.report.onDemandBytes).toBe(1_000 * 1024);
  expect(aggregated.report.putUnits).toBeLessThan(200);
  expect(aggregated.report.onDemandBytes).toBeLessThan(plain.report.onDemandBytes / 2);
});

test('a loop that does not look at the results loses records without a word', async () => {
  const { sent, report } = await run('sdk-default', { faults: { failedRecords: 0.1 } });
  expect(report.lost).toBeGreaterThan(50);
  expect(sent.failed).toBe(0);
});

test('an arm that is never answered is ended at the limit', async () => {
  const faults = { silentCommits: 1 };
  await expect(run('sdk-default', { faults, limitMs: 6_000 })).rejects.toMatchObject({
    code: 'timed_out',
    message: 'sdk-default was not done after 6 s.',
  });
});

test('without its sink a run ends, and blames no arm', async () => {
  const gone = await startSink();
  await gone[Symbol.asyncDispose]();
  const settings = { arm: OURS, endpoint: gone.endpoint, ...work };
  const limits = { limitMs: 30_000, warmUpEvents: 0 };
  await expect(
    runArm(
      gone,
      { ...settings, deadlineMs: 1_000 },
      { seed: work.seed, shards: 1, events: work.events, faults: {} },
      limits,
    ),
  ).rejects.toMatchObject({ code: 'no_sink' });
});
