import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BatchLimits, batchDueAtMs, createRecordQueue, type RecordQueue } from './batching.ts';

const guide = 'https://docs.aws.amazon.com/lambda/latest/dg';
const limits: BatchLimits = { batchSize: 100, payloadBytes: 6_000_000 };

function queueOf(sizes: readonly number[], bufferedAtMs = 0): RecordQueue {
  const queue = createRecordQueue();
  for (const [index, payloadBytes] of sizes.entries()) {
    const record = {
      sequenceNumber: String(index),
      partitionKey: 'a',
      data: Buffer.alloc(0),
      arrivedAtMs: 0,
    };
    queue.push({ record, payloadBytes, bufferedAtMs, previous: undefined });
  }
  return queue;
}

describe(`what closes a batch (documented: ${guide}/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching)`, () => {
  test('the window, from the oldest record on', () => {
    expect(batchDueAtMs(queueOf([1, 1], 10), limits, 5_000)).toBe(5_010);
    expect(batchDueAtMs(queueOf([1], 10), limits, 0)).toBe(-Infinity);
    expect(batchDueAtMs(queueOf([]), limits, 5_000)).toBe(Infinity);
  });

  test('the batch size, before the window is over', () => {
    expect(batchDueAtMs(queueOf(Array(99).fill(1)), limits, 5_000)).toBe(5_000);
    expect(batchDueAtMs(queueOf(Array(100).fill(1)), limits, 5_000)).toBe(-Infinity);
  });

  test('the payload of 6 MB, before the window is over', () => {
    expect(batchDueAtMs(queueOf([3_000_000, 2_999_999]), limits, 5_000)).toBe(5_000);
    expect(batchDueAtMs(queueOf([3_000_000, 3_000_000]), limits, 5_000)).toBe(-Infinity);
  });
});

test('a batch is the longest run within both limits, and never empty (law: a prefix of the queue)', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 200 }),
      (sizes, batchSize, payloadBytes) => {
        const queue = queueOf(sizes);
        for (let left = sizes; left.length > 0; left = sizes.slice(-queue.length)) {
          const count = queue.fitting({ batchSize, payloadBytes });
          const sum = (end: number): number =>
            left.slice(0, end).reduce((all, one) => all + one, 0);
          expect(count).toBeGreaterThan(0);
          expect(count).toBeLessThanOrEqual(batchSize);
          expect(count === 1 || sum(count) <= payloadBytes).toBe(true);
          const couldBeLonger = count < Math.min(batchSize, left.length);
          expect(couldBeLonger && sum(count + 1) <= payloadBytes).toBe(false);
          expect(queue.take(count).map((one) => one.payloadBytes)).toEqual(left.slice(0, count));
          if (queue.length === 0) break;
        }
        expect(queue.payloadBytes).toBe(0);
      },
    ),
  );
});
