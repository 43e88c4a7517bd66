import { expect, test } from 'vitest';
import { summarize } from '../statistics.ts';
import { FLOOR, OURS, POWERTOOLS } from './arms.ts';
import { report } from './report.ts';

const setup = { rounds: 2, records: 10, users: 1, batches: 1 };

function costs(cpuMs: Readonly<Record<string, readonly number[]>>) {
  return new Map(
    Object.entries(cpuMs).map(([arm, samples]) => [arm, new Map([['cpuMs', summarize(samples)]])]),
  );
}

test('the ratios are those of the same round, and the median decides', () => {
  const { ok, targets } = report(
    costs({ [OURS]: [3, 30, 40], [FLOOR]: [2, 20, 20], [POWERTOOLS]: [100, 100, 100] }),
    setup,
  );
  expect(targets[0]).toMatchObject({ found: { samples: [1.5, 1.5, 2] }, reached: true });
  expect(targets[1]).toMatchObject({ reached: false });
  expect(ok).toBe(false);
});

test('what was not measured is neither reached nor missed', () => {
  const { ok, targets } = report(costs({ [OURS]: [1] }), setup);
  expect(targets.map(({ reached }) => reached)).toEqual(targets.map(() => 'not measured'));
  expect(ok).toBe(true);
});
