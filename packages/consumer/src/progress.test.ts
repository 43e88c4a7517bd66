import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { countFrom, firstUnfinished, type RecordState } from './progress.ts';

const batches = fc
  .uniqueArray(fc.bigInt({ min: 1n, max: 10n ** 56n }), { minLength: 1, maxLength: 20 })
  .chain((numbers) =>
    fc.record({
      numbers: fc.constant(numbers),
      states: fc.array(
        fc.constantFrom<RecordState>('waiting', 'running', 'finished', 'done', 'failed'),
        { minLength: numbers.length, maxLength: numbers.length },
      ),
    }),
  );

test('the first unfinished record is not done, and everything below it is', () => {
  fc.assert(
    fc.property(batches, ({ numbers, states }) => {
      const index = firstUnfinished(numbers.map(String), states);
      const unfinished = numbers.filter((_, at) => states[at] !== 'done');
      const lowest = unfinished.reduce<bigint | undefined>(
        (low, number) => (low === undefined || number < low ? number : low),
        undefined,
      );
      expect(index === undefined ? undefined : numbers[index]).toBe(lowest);
    }),
  );
});

test('sequence numbers are compared as numbers, not as text', () => {
  expect(firstUnfinished(['100', '99'], ['waiting', 'failed'])).toBe(1);
  expect(countFrom(['9', '10', '11'], '10')).toBe(2);
});
