import { expect, test } from 'vitest';
import { summarize } from './statistics.ts';

test.each([
  [[3], 3, 3, 3],
  [[9, 1, 5], 5, 1, 9],
  [[10, 2, 4, 100], 7, 2, 100],
])('%j', (samples, median, min, max) => {
  expect(summarize(samples)).toEqual({ median, min, max, samples });
});
