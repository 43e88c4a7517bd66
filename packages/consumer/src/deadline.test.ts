import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { everyHandler } from '../test/handlers.ts';
import { kinesisEvent } from '../test/kinesis-records.ts';
import { ConsumerError, PermanentError } from './errors.ts';
import type { IncompleteBatch } from './failures.ts';
import { createKinesisHandler } from './kinesis-handler.ts';
import type { KinesisHandlerOptions } from './options.ts';
import type { RecordContext } from './record-context.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = new Promise<never>(() => undefined);

/** Runs one invocation on the fake clock and says what it returned, when, and what it reported. */
async function invoke<Result>(
  handle: (record: RecordContext) => Result | Promise<Result>,
  options: Partial<KinesisHandlerOptions<Result>> = {},
  { count = 3, timeoutMs = 10_000 } = {},
): Promise<{ id: string | undefined; afterMs: number; reports: IncompleteBatch[] }> {
  const reports: IncompleteBatch[] = [];
  const handler = createKinesisHandler<Result>({
    handlers: everyHandler((_, record) => handle(record)),
    onPermanentFailure: async () => undefined,
    onIncomplete: (batch) => void reports.push(batch),
    ...options,
  });
  const startedAt = Date.now();
  const records = Array.from({ length: count }, (_, at) => ({
    sequenceNumber: String(at + 1),
    partitionKey: `user-${at}`,
  }));
  const response = handler(kinesisEvent(...records), {
    getRemainingTimeInMillis: () => startedAt + timeoutMs - Date.now(),
  });
  const returned = response.then(() => Date.now() - startedAt);
  await vi.advanceTimersByTimeAsync(timeoutMs);
  const afterMs = await returned;
  expect(afterMs, 'it has returned before the timeout').toBeLessThan(timeoutMs);
  const { batchItemFailures } = await response;
  return { id: batchItemFailures[0]?.itemIdentifier, afterMs, reports };
}

test('a handler that never settles is abandoned in time, and named', async () => {
  let signal: AbortSignal | undefined;
  const { id, afterMs, reports } = await invoke((record) => {
    signal = record.signal;
    return record.sequenceNumber === '2' ? never : undefined;
  });
  expect({ id, afterMs }, 'half of the default margin is left').toEqual({
    id: '2',
    afterMs: 9_500,
  });
  expect(signal?.reason).toMatchObject({ code: 'deadline' });
  expect(reports).toMatchObject([{ reason: 'deadline', redelivered: 2, batchSize: 3 }]);
  const [failure, ...others] = reports[0]?.failures ?? [];
  expect(failure).toMatchObject({ stage: 'handler', record: { sequenceNumber: '2' } });
  expect(failure?.error).toBeInstanceOf(ConsumerError);
  expect(others).toEqual([]);
});

test('nothing starts once the margin is reached', async () => {
  const started: string[] = [];
  const { id, reports } = await invoke(
    ({ sequenceNumber }) => {
      started.push(sequenceNumber);
      vi.setSystemTime(Date.now() + 3000);
    },
    { deadlineMarginMs: 1000 },
    { count: 5 },
  );
  expect(started).toEqual(['1', '2', '3']);
  expect(id).toBe('4');
  expect(reports).toMatchObject([{ reason: 'deadline', failures: [] }]);
});

test('a handler that heeds the signal ends the invocation at the margin', async () => {
  const { id, afterMs, reports } = await invoke(
    ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      }),
    { deadlineMarginMs: 2000 },
  );
  expect({ id, afterMs }).toEqual({ id: '1', afterMs: 8000 });
  expect(reports[0]).toMatchObject({ reason: 'deadline', failures: [{}, {}, {}] });
});

test('what is finished at the margin is committed, however little it is', async () => {
  const committed: number[] = [];
  const { id } = await invoke(
    ({ sequenceNumber }) => (sequenceNumber === '3' ? never : Promise.resolve(1)),
    { commitSize: 50, commit: async (outcomes) => void committed.push(outcomes.length) },
  );
  expect(committed).toEqual([2]);
  expect(id).toBe('3');
});

test('a commit that never settles is abandoned, its signal aborted, its chunk given back', async () => {
  const signals: AbortSignal[] = [];
  const { id, reports } = await invoke(() => 1, {
    commitSize: 1,
    commit: (outcomes, { signal }) => {
      signals.push(signal);
      return outcomes[0]?.record.sequenceNumber === '2' ? never : Promise.resolve();
    },
  });
  expect(id).toBe('2');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  expect(reports).toMatchObject([
    { reason: 'deadline', failures: [{ stage: 'commit', record: { sequenceNumber: '2' } }] },
  ]);
});

test('a letter that never arrives holds its record back', async () => {
  const { id, reports } = await invoke(
    () => {
      throw new PermanentError('never');
    },
    { onPermanentFailure: () => never },
  );
  expect(id).toBe('1');
  expect(reports[0]?.failures[0]).toMatchObject({ stage: 'permanent_failure' });
});

test.each([
  ['handler', undefined],
  ['handler', new Error('late')],
  ['handler', new PermanentError('late')],
  ['commit', undefined],
  ['commit', new Error('late')],
  ['permanent_failure', undefined],
  ['permanent_failure', new Error('late')],
] as const)('a %s that settles after the response changes nothing: %s', async (stage, error) => {
  const late = Promise.withResolvers<void>();
  const calls: string[] = [];
  const { id, reports } = await invoke<void>(
    () => {
      if (stage === 'permanent_failure') throw new PermanentError('never');
      return stage === 'handler' ? late.promise : undefined;
    },
    {
      ...(stage === 'commit' && { commit: () => late.promise }),
      onPermanentFailure: async ({ reason }) => {
        calls.push(reason);
        return late.promise;
      },
      observer: {
        eventSettled: ({ outcome }) => void calls.push(outcome),
        batchSettled: () => void calls.push('batch'),
      },
    },
    { count: 1 },
  );
  const seen = (): object => ({ calls: [...calls], failures: [...(reports[0]?.failures ?? [])] });
  const atReturn = seen();
  expect({ id, last: calls.at(-1) }).toEqual({ id: '1', last: 'batch' });
  if (error) late.reject(error);
  else late.resolve();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(seen()).toEqual(atReturn);
});

test('a batch that had failed before its time was up has failed', async () => {
  const { reports } = await invoke(({ sequenceNumber }) => {
    if (sequenceNumber === '2') throw new Error('not now');
    return never;
  });
  expect(reports).toMatchObject([{ reason: 'failure', failures: [{}, {}] }]);
});

test('the observer is told what took how long, and how much time is left', async () => {
  await vi.advanceTimersByTimeAsync(1_000);
  const told: unknown[] = [];
  await invoke(
    ({ sequenceNumber }) =>
      new Promise<void>((resolve) => {
        setTimeout(resolve, 300 * Number(sequenceNumber));
      }),
    {
      observer: {
        eventSettled: ({ durationMs }) => void told.push(durationMs),
        batchSettled: ({ durationMs, remainingMs }) => void told.push({ durationMs, remainingMs }),
      },
    },
  );
  expect(told).toEqual([300, 600, 900, { durationMs: 900, remainingMs: 9_100 }]);
});

test('a timeout shorter than the margin still leaves half of it for work', async () => {
  const { id } = await invoke(() => undefined, { deadlineMarginMs: 5000 }, { timeoutMs: 1000 });
  expect(id).toBeUndefined();
});

test('leaves no timer behind', async () => {
  const handler = createKinesisHandler({
    handlers: everyHandler(() => undefined),
    onPermanentFailure: async () => undefined,
  });
  const context = { getRemainingTimeInMillis: () => 10_000 };
  await handler(kinesisEvent({ sequenceNumber: '1' }), context);
  expect(vi.getTimerCount()).toBe(0);
});
