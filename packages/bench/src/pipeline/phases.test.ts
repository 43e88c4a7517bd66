import { expect, test } from 'vitest';
import { phasesOf } from './phases.ts';

test('batches side by side count once, and what is between them is waiting', () => {
  const spans = [
    { endedAtMs: 4_000, durationMs: 2_000 },
    { endedAtMs: 3_000, durationMs: 500 },
    { endedAtMs: 4_500, durationMs: 1_000 },
    { endedAtMs: 9_000, durationMs: 1_000 },
  ];
  expect(phasesOf(spans, 1_000, 9_250)).toEqual({ first: 1, atWork: 3.5, waiting: 3.75 });
});

test('without a batch all of it is before the first', () => {
  expect(phasesOf([], 1_000, 3_000)).toEqual({ first: 2, atWork: 0, waiting: 0 });
});
