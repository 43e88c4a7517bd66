import { expect, test } from 'vitest';
import { readBatchMetrics } from './function-metrics.ts';

test('the line of a batch is read, any other is not', () => {
  const line = { _aws: {}, Events: 3, BatchDuration: 5, ArrivalAge: 70, EventAge: 90 };
  expect(readBatchMetrics(JSON.stringify(line))).toEqual({
    events: 3,
    batchMs: 5,
    arrivalAgeMs: 70,
    eventAgeMs: 90,
  });
  expect(readBatchMetrics('{"EventsHandled":3}')).toBeUndefined();
  expect(readBatchMetrics('a line of somebody')).toBeUndefined();
});
