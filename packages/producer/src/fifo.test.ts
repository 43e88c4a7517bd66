import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fifo } from './fifo.ts';

test('behaves as an array does', () => {
  // Long runs of one operation, so that the queue grows beyond the point where it compacts.
  const runs = fc.array(
    fc.tuple(fc.constantFrom('push', 'push', 'shift', 'pop'), fc.integer({ min: 1, max: 200 })),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(runs, (operations) => {
      const fifo = new Fifo<number>();
      const model: number[] = [];
      let next = 0;
      for (const [operation, times] of operations) {
        for (let time = 0; time < times; time += 1) {
          if (operation === 'push') {
            fifo.push(next);
            model.push(next);
            next += 1;
          }
          const end = operation === 'shift' ? 'shift' : 'pop';
          const taken = operation === 'push' ? [] : [fifo[end](), model[end]()];
          expect(taken[0]).toBe(taken[1]);
          expect(fifo.peek()).toBe(model[0]);
          expect(fifo.size).toBe(model.length);
        }
      }
    }),
    { numRuns: 50 },
  );
});
