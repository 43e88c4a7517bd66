import { expect, test } from 'vitest';
import { OURS } from '../arms.ts';
import { checkFaultTargets } from './fault-targets.ts';
import type { FaultFigures, ScenarioReport } from './run-faults.ts';
import { HOT_SHARD, STEADY } from './scenarios.ts';

const good: FaultFigures = { lost: 0, duplicated: 3, reordered: 0 };

function scenario(figures: FaultFigures): ScenarioReport {
  return { what: '', events: 1, arms: { [OURS]: figures } };
}

function missed(found: Record<string, ScenarioReport>): readonly string[] {
  return checkFaultTargets(found)
    .filter(({ reached }) => reached === false)
    .map(({ name }) => name);
}

test('events may come twice, but none may be lost or out of order', () => {
  expect(missed({ reshard: scenario(good) })).toEqual([]);
  expect(missed({ reshard: scenario({ ...good, lost: 1 }) })).toEqual(['reshard: ours lost']);
  expect(missed({ reshard: scenario({ ...good, reordered: 1 }) })).toEqual([
    'reshard: ours reordered',
  ]);
});

test('an arm that did not end misses, whatever it lost', () => {
  expect(missed({ reshard: scenario({ ...good, failure: 'ended after 60 s' }) })).toEqual([
    'every fault: ours runs that did not end',
  ]);
});

test('beside a hot shard the others take twice as long at most', () => {
  const steady = scenario({ ...good, otherShardsP99Ms: 100 });
  const hot = (ms: number) => ({
    [STEADY]: steady,
    [HOT_SHARD]: scenario({ ...good, otherShardsP99Ms: ms }),
  });
  expect(missed(hot(200))).toEqual([]);
  expect(missed(hot(201))).toEqual(['hot shard: ours p99 of the other shards ÷ steady']);
});
