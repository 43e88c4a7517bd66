import { setImmediate } from 'node:timers/promises';
import { AggregateWriter } from '@clickstream/aggregation';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { everyHandler } from '../test/handlers.ts';
import { kinesisEvent, pageView, plentyOfTime, type RecordInput } from '../test/kinesis-records.ts';
import { PermanentError } from './errors.ts';
import type { IncompleteBatch } from './failures.ts';
import { createKinesisHandler } from './kinesis-handler.ts';
import type { KinesisHandlerOptions } from './options.ts';
import type { RecordContext, RecordPosition } from './record-context.ts';

/** `poison` is no event at all; `rejected` has a handler that throws a PermanentError. */
type Kind = 'good' | 'poison' | 'rejected' | 'transient';

type Place = 'alone' | 'first' | 'further';

const kinds = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Kind>('good') },
  { weight: 2, arbitrary: fc.constantFrom<Kind>('poison', 'rejected') },
  { weight: 1, arbitrary: fc.constant<Kind>('transient') },
);

const plans = fc.record({
  records: fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      /** In a Kinesis record of its own, or aggregated: the first of an aggregate, or a further one. */
      place: fc.constantFrom<Place>('alone', 'alone', 'first', 'further', 'further'),
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

type Plan = typeof plans extends fc.Arbitrary<infer T> ? T : never;
type PlannedRecord = Plan['records'][number];

/** How a test calls a record, or a part of one. */
function nameOf({ sequenceNumber, subsequenceNumber }: RecordPosition): string {
  return subsequenceNumber === undefined
    ? sequenceNumber
    : `${sequenceNumber}/${subsequenceNumber}`;
}

/** The planned records as the function gets them, and their names in the same order. */
function layOut({ records, firstNumber, step }: Plan): { names: string[]; batch: RecordInput[] } {
  const names: string[] = [];
  const batch: RecordInput[] = [];
  const writer = new AggregateWriter();
  const finish = (sequenceNumber: string): void => {
    if (writer.count === 0) return;
    batch.push({ sequenceNumber, partitionKey: 'of the outer record', data: writer.finish() });
  };
  let sequenceNumber = String(firstNumber);
  for (const { key: partitionKey, kind, place } of records) {
    const data = kind === 'poison' ? '{' : JSON.stringify(pageView(String(names.length)));
    if (place !== 'further') {
      finish(sequenceNumber);
      sequenceNumber = String(firstNumber + BigInt(batch.length) * step);
    }
    if (place === 'alone') {
      names.push(sequenceNumber);
      batch.push({ sequenceNumber, partitionKey, data });
      sequenceNumber = String(firstNumber + BigInt(batch.length) * step);
    } else {
      names.push(`${sequenceNumber}/${writer.count}`);
      writer.add(partitionKey, data);
    }
  }
  finish(sequenceNumber);
  return { names, batch };
}

const wait = async (turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
};

test('whatever happens, the lowest unfinished record is returned, and it alone', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { names, batch } = layOut(plan);
      const started: string[] = [];
      const keysAtWork = new Set<string>();
      const done = new Set<string>();
      const commits: string[][] = [];
      let hasFailed = false;
      let mostAtWork = 0;
      // A failed expectation in a handler would only look like a failing handler.
      const violations: string[] = [];
      const check = (holds: boolean, what: string): void => void (holds || violations.push(what));

      const begin = (key: string, name: string): void => {
        check(!hasFailed, `${name} starts after a failure`);
        check(!keysAtWork.has(key), `${name} starts beside another record of its key`);
        keysAtWork.add(key);
        mostAtWork = Math.max(mostAtWork, keysAtWork.size);
        started.push(name);
      };
      const failSoon = (): Error => {
        // The runner learns of a rejection some microtasks later.
        void setImmediate(true).then((value) => (hasFailed = value));
        return new Error('transient');
      };
      const recordAt = (name: string): PlannedRecord => {
        const record = plan.records[names.indexOf(name)];
        if (!record) throw new Error(`unknown record ${name}`);
        return record;
      };

      const finishGood = (key: string, name: string): string => {
        keysAtWork.delete(key);
        if (!plan.commit) done.add(name);
        return name;
      };
      const handle = (record: RecordContext): string | Promise<string> => {
        const name = nameOf(record);
        const { key, kind, turns } = recordAt(name);
        check(key === record.partitionKey, `${name} has the key ${record.partitionKey}`);
        begin(key, name);
        const end = (): string => {
          if (kind === 'rejected') throw new PermanentError('never');
          if (kind === 'good') return finishGood(key, name);
          keysAtWork.delete(key);
          throw failSoon();
        };
        return turns === 0 ? end() : wait(turns).then(end);
      };
      const options: KinesisHandlerOptions<string> = {
        handlers: everyHandler((event, record) => {
          const own = pageView(String(names.indexOf(nameOf(record)))).event_id;
          check(event.event_id === own, `${nameOf(record)} has the payload of another`);
          return handle(record);
        }),
        concurrency: plan.concurrency,
        onPermanentFailure: async ({ reason, record }) => {
          const name = nameOf(record);
          const { key, kind, turns, sendFails } = recordAt(name);
          check(key === record.partitionKey, `${name} has the key ${record.partitionKey}`);
          const data = Buffer.from(record.data).toString();
          check((data === '{') === (kind === 'poison'), `${name} has the payload of another`);
          check(reason === (kind === 'poison' ? 'not_json' : 'rejected'), `${kind} is ${reason}`);
          if (kind === 'poison') begin(key, name);
          await wait(turns);
          keysAtWork.delete(key);
          if (sendFails) throw failSoon();
          done.add(name);
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
              const own = outcomes.every(({ record, result }) => nameOf(record) === result);
              check(own, 'a result belongs to another record');
              const call = commits.push(chunk) - 1;
              const last = names.indexOf(chunk.at(-1) ?? '');
              const below = names.slice(0, last + 1).filter((name) => !chunk.includes(name));
              check(
                below.every((name) => done.has(name)),
                `a gap below ${String(chunk)}`,
              );
              await wait(commit.turns);
              if (call === commit.failingCall) throw failSoon();
              for (const name of chunk) done.add(name);
            },
          }
        : options;

      const incomplete: IncompleteBatch[] = [];
      const { batchItemFailures } = await createKinesisHandler({
        ...withCommit,
        onIncomplete: (report) => void incomplete.push(report),
      })(kinesisEvent(...batch), plentyOfTime);

      expect(violations).toEqual([]);
      expect(keysAtWork, 'all that was underway has settled').toEqual(new Set());
      const lowest = names.find((name) => !done.has(name))?.split('/')[0];
      expect(batchItemFailures).toEqual(lowest === undefined ? [] : [{ itemIdentifier: lowest }]);
      expect(incomplete.map(({ firstUnfinished }) => firstUnfinished)).toEqual(
        lowest === undefined ? [] : [lowest],
      );
      expect(incomplete.every(({ failures }) => failures.length > 0)).toBe(true);
      expect(incomplete.every(({ batchSize }) => batchSize === batch.length)).toBe(true);
      expect(new Set(started).size, 'no record twice').toBe(started.length);
      expect(mostAtWork).toBeLessThanOrEqual(plan.concurrency);
      const inOrder = (some: readonly string[]) =>
        some.toSorted((a, b) => names.indexOf(a) - names.indexOf(b));
      expect(commits.flat()).toEqual(inOrder(commits.flat()));
      for (const ofKey of Map.groupBy(started, (name) => recordAt(name).key).values()) {
        expect(ofKey).toEqual(inOrder(ofKey));
      }
      expect(commits.every((chunk) => chunk.length <= (commit?.size ?? 0))).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
