import { expect, test, vi } from 'vitest';
import type { IncompleteBatch, TransientFailure } from './failures.ts';
import { logIncompleteBatch } from './log-incomplete-batch.ts';

const failure: TransientFailure = {
  stage: 'commit',
  error: new Error('The store is away'),
  record: {
    streamArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/clickstream',
    shardId: 'shardId-000000000001',
    sequenceNumber: '6',
    subsequenceNumber: 2,
    partitionKey: 'user-4711',
    arrivedAtMs: 1_764_000_000_125,
  },
};

/** What one batch is told as. */
function logged(change: Partial<IncompleteBatch>): object {
  const write = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const { streamArn, shardId, arrivedAtMs } = failure.record;
  logIncompleteBatch({
    reason: 'failure',
    streamArn,
    shardId,
    firstUnfinished: '6',
    batchSize: 3,
    redelivered: 2,
    oldestArrivedAtMs: arrivedAtMs,
    failures: [failure],
    ...change,
  });
  const [line] = write.mock.calls.map(([text]) => String(text));
  write.mockRestore();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a line of JSON is expected
  return JSON.parse(line ?? '') as object;
}

test.each<[string, Partial<IncompleteBatch>]>([
  ['Out of time', { reason: 'deadline', failures: [] }],
  ['commit had not settled when time ran out', { reason: 'deadline' }],
  ['commit failed', {}],
  ['onPermanentFailure failed', { failures: [{ ...failure, stage: 'permanent_failure' }] }],
])('%s', (what, change) => {
  const { failures = [failure] } = change;
  expect(logged(change)).toMatchObject({
    message: `${what}: 2 of 3 records will be delivered again`,
    failureCount: failures.length,
    oldestArrivedAt: '2025-11-24T16:00:00.125Z',
  });
});

test('the first failure says where, and not whose', () => {
  const line = logged({ failures: [failure, failure] });
  expect(line).toMatchObject({
    failureCount: 2,
    failure: { stage: 'commit', sequenceNumber: '6', subsequenceNumber: 2 },
  });
  expect(JSON.stringify(line)).not.toContain('user-4711');
});

test('a chain of causes ends, also when it is a circle', () => {
  const circle = new Error('outer');
  circle.cause = new Error('inner', { cause: circle });
  expect(logged({ failures: [{ ...failure, error: circle }] })).toMatchObject({
    failure: { error: { message: 'outer', cause: { message: 'inner' } } },
  });
});

test.each<[string, unknown, string]>([
  ['a text', 'no', 'no'],
  ['an object, which may be the payload', { user_id: 'user-4711' }, '[Object]'],
  ['an object that has no string', Object.create(null), '[Object: null prototype] {}'],
])('what was thrown is no error but %s', (_, error, text) => {
  expect(logged({ failures: [{ ...failure, error }] })).toMatchObject({ failure: { error: text } });
});
