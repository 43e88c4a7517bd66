import { expect, test } from 'vitest';
import type { Figures, Results } from '../rounds.ts';
import { summarize } from '../statistics.ts';
import { HONEST_RIVAL, OURS } from './arms.ts';
import { checkTargets } from './targets.ts';

function resultsOf(arms: Record<string, Figures>): Results {
  return new Map(
    Object.entries(arms).map(([arm, figures]) => [
      arm,
      new Map(Object.entries(figures).map(([name, figure]) => [name, summarize([figure])])),
    ]),
  );
}

const rival = { eventsPerSecond: 100, cpuUsPerEvent: 10 };

function reached(results: Results, name: string) {
  return checkTargets(results, new Map()).find((target) => target.name === name)?.reached;
}

test('speed is reached at 1.3 times the rival, and processor time at 0.8 times', () => {
  const good = resultsOf({
    [OURS]: { eventsPerSecond: 130, cpuUsPerEvent: 8 },
    [HONEST_RIVAL]: rival,
  });
  const bad = resultsOf({
    [OURS]: { eventsPerSecond: 129, cpuUsPerEvent: 9 },
    [HONEST_RIVAL]: rival,
  });
  for (const name of ['plain: events/s ÷ rival', 'plain: CPU per event ÷ rival']) {
    expect(reached(good, name)).toBe(true);
    expect(reached(bad, name)).toBe(false);
  }
});

test('one lost event misses the target', () => {
  expect(reached(resultsOf({ [OURS]: { lost: 0 } }), 'plain: events lost')).toBe(true);
  expect(reached(resultsOf({ [OURS]: { lost: 1 } }), 'plain: events lost')).toBe(false);
});

test('what was not measured is neither reached nor missed', () => {
  const alone = resultsOf({ [OURS]: { eventsPerSecond: 130 } });
  expect(reached(alone, 'plain: events/s ÷ rival')).toBe('not measured');
});

test('ratios are taken round by round', () => {
  const results: Results = new Map([
    [OURS, new Map([['eventsPerSecond', summarize([26, 130, 2_600])]])],
    [HONEST_RIVAL, new Map([['eventsPerSecond', summarize([20, 100, 2_000])]])],
  ]);
  const [speed] = checkTargets(results, new Map());
  expect(speed).toMatchObject({ reached: true, found: { median: 1.3, min: 1.3, max: 1.3 } });
});

test('a round without figures misses, and ratios are then those of the medians', () => {
  const results: Results = new Map([
    [OURS, new Map([['eventsPerSecond', summarize([130, 130])]])],
    [HONEST_RIVAL, new Map([['eventsPerSecond', summarize([100, 1, 100])]])],
  ]);
  const found = checkTargets(results, new Map([[OURS, ['ours ended with 1']]]));
  expect(found[0]).toMatchObject({ reached: true, found: { samples: [1.3] } });
  expect(found.filter((target) => target.reached === false).map(({ name }) => name)).toEqual([
    'ours: runs that failed',
  ]);
});

test('an event lost in one round of many is not outvoted', () => {
  const results: Results = new Map([[OURS, new Map([['lost', summarize([0, 0, 1])]])]]);
  expect(reached(results, 'plain: events lost')).toBe(false);
});
