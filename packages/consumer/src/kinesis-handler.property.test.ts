import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { everyHandler } from '../test/handlers.ts';
import { kinesisEvent, plentyOfTime } from '../test/kinesis-records.ts';
import { PermanentError } from './errors.ts';
import type { IncompleteBatch } from './failures.ts';
import { createKinesisHandler } from './kinesis-handler.ts';
import type { KinesisHandlerOptions } from './options.ts';
import type { RecordContext } from './record-context.ts';

/** `poison` is no event at all; `rejected` has a handler that throws a PermanentError. */
type Kind = 'good' | 'poison' | 'rejected' | 'transient';

const kinds = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Kind>('good') },
  { weight: 2, arbitrary: fc.constantFrom<Kind>('poison', 'rejected') },
  { weight: 1, arbitrary: fc.constant<Kind>('transient') },
);

const plans = fc.record({
  records: fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      kind: kinds,
      /** How many turns of the event loop its handler, or sending it away, takes; 0: at once. */
      turns: fc.integer({ min: 0, max: 3 }),
      /** Whether sending it to the dead letters fails, if it comes to that. */
      sendFails: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    }),
    { maxLength: 25 },
  ),
  /** Sequence numbers are not dense, and of different length. */
  firstNumber: fc.bigInt({ min: 0n, max: 10n ** 20n }),
  step: fc.bigInt({ min: 1n, max: 1000n }),
  concurrency: fc.integer({ min: 1, max: 5 }),
  commit: fc.option(
    fc.record({
      size: fc.integer({ min: 1, max: 6 }),
      failingCall: fc.integer({ min: 0, max: 8 }),
      turns: fc.integer({ min: 0, max: 3 }),
    }),
    { nil: undefined },
  ),
});

const wait = async (turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
};

test('whatever happens, the lowest unfinished record is returned, and it alone', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const numbers = plan.records.map((_, at) =>
        String(plan.firstNumber + BigInt(at) * plan.step),
      );
      const started: string[] = [];
      const keysAtWork = new Set<string>();
      const done = new Set<string>();
      const commits: string[][] = [];
      let hasFailed = false;
      let mostAtWork = 0;
      // A failed expectation in a handler would only look like a failing handler.
      const violations: string[] = [];
      const check = (holds: boolean, what: string): void => void (holds || violations.push(what));

      const begin = (key: string, number: string): void => {
        check(!hasFailed, `${number} starts after a failure`);
        check(!keysAtWork.has(key), `${number} starts beside another record of its key`);
        keysAtWork.add(key);
        mostAtWork = Math.max(mostAtWork, keysAtWork.size);
        started.push(number);
      };
      const failSoon = (): Error => {
        // The runner learns of a rejection some microtasks later.
        void setImmediate(true).then((value) => (hasFailed = value));
        return new Error('transient');
      };
      const recordAt = (number: string) => {
        const record = plan.records[numbers.indexOf(number)];
        if (!record) throw new Error(`unknown record ${number}`);
        return record;
      };

      const finishGood = (key: string, number: string): string => {
        keysAtWork.delete(key);
        if (!plan.commit) done.add(number);
        return number;
      };
      const handle = ({ sequenceNumber }: RecordContext): string | Promise<string> => {
        const { key, kind, turns } = recordAt(sequenceNumber);
        begin(key, sequenceNumber);
        const end = (): string => {
          if (kind === 'rejected') throw new PermanentError('never');
          if (kind === 'good') return finishGood(key, sequenceNumber);
          keysAtWork.delete(key);
          throw failSoon();
        };
        return turns === 0 ? end() : wait(turns).then(end);
      };
      const options: KinesisHandlerOptions<string> = {
        handlers: everyHandler((_, record) => handle(record)),
        concurrency: plan.concurrency,
        onPermanentFailure: async ({ reason, record: { sequenceNumber } }) => {
          const { key, kind, turns, sendFails } = recordAt(sequenceNumber);
          check(reason === (kind === 'poison' ? 'not_json' : 'rejected'), `${kind} is ${reason}`);
          if (kind === 'poison') begin(key, sequenceNumber);
          await wait(turns);
          keysAtWork.delete(key);
          if (sendFails) throw failSoon();
          done.add(sequenceNumber);
        },
        onIncomplete: () => undefined,
      };
      const { commit } = plan;
      const withCommit: KinesisHandlerOptions<string> = commit
        ? {
            ...options,
            commitSize: commit.size,
            commit: async (outcomes) => {
              const chunk = outcomes.map(({ result }) => result);
              const own = outcomes.every(({ record, result }) => record.sequenceNumber === result);
              check(own, 'a result belongs to another record');
              const call = commits.push(chunk) - 1;
              const last = numbers.indexOf(chunk.at(-1) ?? '');
              const below = numbers.slice(0, last + 1).filter((number) => !chunk.includes(number));
              check(
                below.every((number) => done.has(number)),
                `a gap below ${String(chunk)}`,
              );
              await wait(commit.turns);
              if (call === commit.failingCall) throw failSoon();
              for (const number of chunk) done.add(number);
            },
          }
        : options;

      const event = kinesisEvent(
        ...plan.records.map(({ key, kind }, at) => ({
          sequenceNumber: numbers[at] ?? '',
          partitionKey: key,
          ...(kind === 'poison' && { data: '{' }),
        })),
      );
      const incomplete: IncompleteBatch[] = [];
      const { batchItemFailures } = await createKinesisHandler({
        ...withCommit,
        onIncomplete: (batch) => void incomplete.push(batch),
      })(event, plentyOfTime);

      expect(violations).toEqual([]);
      expect(keysAtWork, 'all that was underway has settled').toEqual(new Set());
      const lowest = numbers.find((number) => !done.has(number));
      expect(batchItemFailures).toEqual(lowest === undefined ? [] : [{ itemIdentifier: lowest }]);
      expect(incomplete.map(({ firstUnfinished }) => firstUnfinished)).toEqual(
        lowest === undefined ? [] : [lowest],
      );
      expect(incomplete.every(({ failures }) => failures.length > 0)).toBe(true);
      expect(new Set(started).size, 'no record twice').toBe(started.length);
      expect(mostAtWork).toBeLessThanOrEqual(plan.concurrency);
      expect(commits.flat()).toEqual(
        commits.flat().toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)),
      );
      expect(commits.every((chunk) => chunk.length <= (commit?.size ?? 0))).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
