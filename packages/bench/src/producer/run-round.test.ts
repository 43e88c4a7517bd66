import { afterAll, beforeAll, expect, test } from 'vitest';
import { HONEST_RIVAL, OURS } from './arms.ts';
import { type Sink, startSink } from './processes.ts';
import { runRound } from './run-round.ts';

let sink: Sink;
beforeAll(async () => {
  sink = await startSink();
});
afterAll(async () => sink[Symbol.asyncDispose]());

async function round(arms: readonly string[], { limitMs = 30_000, faults = {} } = {}) {
  const work = { seed: 'test', events: 1_000, users: 100, deadlineMs: 10_000 };
  const failures: string[] = [];
  const progress: string[] = [];
  const found = await runRound(sink, {
    arms,
    settingsOf: (arm) => ({ arm, endpoint: sink.endpoint, ...work }),
    stream: { seed: work.seed, shards: 2, events: work.events, faults },
    turns: 3,
    warmUpEvents: 1_500,
    timedCalls: 200,
    limits: { limitMs },
    onProgress: (arm) => progress.push(arm),
    onFailure: (arm, message) => failures.push(`${arm}: ${message}`),
  });
  return { found, failures, progress };
}

test('every arm sends its events in turns, over connections that it keeps meanwhile', async () => {
  const { found, failures, progress } = await round([OURS, HONEST_RIVAL]);
  expect(failures).toEqual([]);
  expect(progress).toEqual([OURS, HONEST_RIVAL]);
  expect([...found.keys()]).toEqual([OURS, HONEST_RIVAL]);
  for (const figures of found.values()) {
    expect(figures).toMatchObject({ lost: 0, duplicated: 0, strange: 0 });
    expect(figures['putUnitsPerMillion']).toBe(1e6);
    expect(figures['handshakesPerRequest']).toBeLessThan(0.5);
    for (const figure of Object.values(figures)) expect(figure).not.toBeNaN();
    expect(figures['cpuUsPerEvent']).toBeGreaterThan(0);
    expect(figures['callByStringify']).toBeGreaterThan(0);
  }
});

test('an arm that fails is left out, the others go on', async () => {
  const faults = { silentCommits: 1 };
  const { found, failures } = await round(['sdk-default'], { faults, limitMs: 4_000 });
  expect(found.size).toBe(0);
  expect(failures).toEqual(['sdk-default: sdk-default was not done after 4 s.']);
  const after = await round(['no-such-arm', OURS]);
  expect([...after.found.keys()]).toEqual([OURS]);
  expect(after.failures).toHaveLength(1);
});
