import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { increment, storeEvent } from '../test/store-events.ts';
import { planTransaction, transactItems } from './transaction.ts';

const target = {
  eventsTable: 'events',
  countersTable: 'counters',
  slot: 3,
  appliedAt: new Date('2026-11-23T10:00:00.000Z'),
};

test('takes as many events as DynamoDB allows, and not one less', () => {
  const batches = fc.array(
    fc.record({
      counters: fc.array(fc.nat({ max: 150 }).map(String), { maxLength: 2 }),
      bytes: fc.oneof(fc.nat({ max: 1000 }), fc.constant(300_000)),
    }),
    { minLength: 1, maxLength: 120, size: 'max' },
  );
  fc.assert(
    fc.property(batches, (batch) => {
      const events = batch.map(({ counters, bytes }, number) =>
        storeEvent(number, {
          json: 'x'.repeat(bytes),
          increments: counters.map((name) => increment(name)),
        }),
      );
      const plan = planTransaction(events);
      const fits = (count: number): boolean => {
        const taken = batch.slice(0, count);
        const names = new Set(taken.flatMap(({ counters }) => counters));
        const bytes = taken.reduce((sum, event) => sum + event.bytes, 0);
        // What comes besides the JSON is at most 600 bytes an item here.
        return count + names.size <= 100 && bytes + 600 * (count + names.size) <= 4 * 1024 * 1024;
      };
      expect(plan.events).toEqual(events.slice(0, plan.events.length));
      expect(plan.events.length).toBeGreaterThan(0);
      expect(fits(plan.events.length)).toBe(true);
      const next = plan.events.length + 1;
      const bytes = batch.slice(0, next).reduce((sum, event) => sum + event.bytes, 0);
      expect(next > batch.length || bytes > 3_500_000 || !fits(next)).toBe(true);
      expect(transactItems(plan, target).length).toBeLessThanOrEqual(100);
    }),
  );
});

test('events of one counter share its item: 99 of them fit', () => {
  const events = Array.from({ length: 150 }, (_, number) => storeEvent(number));
  const plan = planTransaction(events);
  expect(plan.events.length).toBe(99);
  expect(plan.counters).toEqual(new Map([['hits', 990_000n]]));
});

test('writes the items of the two tables', () => {
  const plan = planTransaction([
    storeEvent(1, { increments: [increment('revenue|EUR|2026-11-23', 199_900n)] }),
  ]);
  expect(transactItems(plan, target)).toEqual([
    {
      Put: {
        TableName: 'events',
        Item: {
          user_id: { S: 'user-0' },
          event_id: { S: 'event-1' },
          event_type: { S: 'page_view' },
          event: { S: '{"event_id":"event-1"}' },
          shard_id: { S: 'shardId-000000000000' },
          sequence_number: { S: '1001' },
          applied_at: { S: '2026-11-23T10:00:00.000Z' },
        },
        ConditionExpression: 'attribute_not_exists(event_id)',
      },
    },
    {
      Update: {
        TableName: 'counters',
        Key: { counter: { S: 'revenue|EUR|2026-11-23' }, slot: { N: '3' } },
        UpdateExpression: 'ADD #value :sum',
        ExpressionAttributeNames: { '#value': 'value' },
        ExpressionAttributeValues: { ':sum': { N: '19.99' } },
      },
    },
  ]);
});

test('an item says where its event lies, also within an aggregate', () => {
  const plan = planTransaction([storeEvent(1, { subsequenceNumber: 0 }), storeEvent(2)]);
  const [first, second] = transactItems(plan, target);
  expect(first?.Put?.Item).toMatchObject({
    sequence_number: { S: '1001' },
    subsequence_number: { N: '0' },
  });
  expect(second?.Put?.Item).not.toHaveProperty('subsequence_number');
});
