import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fifo } from './fifo.ts';

test('behaves as an array does', () => {
  // Long runs of one operation, so that the queue grows beyond the point where it compacts.
  const runs = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 200 })), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(runs, (operations) => {
      const fifo = new Fifo<number>();
      const model: number[] = [];
      let next = 0;
      for (const [push, times] of operations) {
        for (let time = 0; time < times; time += 1) {
          if (push) {
            fifo.push(next);
            model.push(next);
            next += 1;
          }
          const shifted = push ? [] : [fifo.shift(), model.shift()];
          expect(shifted[0]).toBe(shifted[1]);
          expect(fifo.peek()).toBe(model[0]);
          expect(fifo.size).toBe(model.length);
        }
      }
    }),
    { numRuns: 50 },
  );
});
