import { expect, test } from 'vitest';
import { runRounds } from './rounds.ts';

test('every arm is measured once a round, each round in another order', async () => {
  const calls: string[] = [];
  const progress: string[] = [];
  let underway = 0;
  const results = await runRounds({
    arms: ['a', 'b', 'c'],
    rounds: 3,
    async run(arm) {
      underway += 1;
      expect(underway).toBe(1);
      await Promise.resolve();
      underway -= 1;
      calls.push(arm);
      return { speed: calls.length };
    },
    onProgress: (arm, round) => progress.push(`${arm}${round}`),
  });
  expect(calls.join('')).toBe('abcbcacab');
  expect(progress.slice(0, 4)).toEqual(['a1', 'b1', 'c1', 'b2']);
  expect([...results.keys()]).toEqual(['a', 'b', 'c']);
  expect(results.get('a')?.get('speed')).toMatchObject({ samples: [1, 6, 8], median: 6 });
});
