import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSchedule } from './parse-schedule.ts';
import { planSchedule } from './plan-schedule.ts';

test('every schedule comes back from its JSON as it was, and a seed always gives the same', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), (seed) => {
      const schedule = planSchedule(seed);
      expect(parseSchedule(JSON.stringify(schedule))).toEqual(schedule);
      expect(planSchedule(seed)).toEqual(schedule);
    }),
  );
});

const good = planSchedule(1);

test.each([
  ['{', 'is not JSON'],
  ['[]', 'the schedule.seed must be a number'],
  [JSON.stringify({ ...good, mapping: {} }), 'the schedule.mapping.shards must be a number'],
  [JSON.stringify({ ...good, faults: {} }), 'the schedule.faults must be a list'],
  [
    JSON.stringify({ ...good, workload: { ...good.workload, onlyForeign: ['all'] } }),
    'workload.onlyForeign must be a list of whole numbers',
  ],
  [
    JSON.stringify({ ...good, faults: [{ on: 'put', nth: 1, kind: 'split' }] }),
    'faults[0] must be of a kind that put has',
  ],
  [
    JSON.stringify({ ...good, faults: [{ on: 'clock', kind: 'split' }] }),
    'faults[0] must be at a time',
  ],
  [JSON.stringify({ ...good, faults: [{ on: 'moon', nth: 1, kind: 'reset' }] }), 'that moon has'],
])('%s: says what is wrong', (text, message) => {
  expect(() => parseSchedule(text)).toThrow(message);
});
