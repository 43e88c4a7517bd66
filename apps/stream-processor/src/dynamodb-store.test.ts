import { type DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { increment, storeEvent } from '../test/store-events.ts';
import { startTables, type Tables } from '../test/tables.ts';
import { createDynamoDbStore } from './dynamodb-store.ts';
import type { EventStore, StoreEvent } from './store.ts';
import { MAX_EVENT_BYTES } from './transaction.ts';

let tables: Tables;

beforeAll(async () => {
  tables = await startTables();
});
afterAll(async () => {
  await tables.close();
});
beforeEach(async () => {
  tables.failWhen(undefined);
  tables = await tables.renew();
});

const openStore = (options: { maxAttempts?: number; client?: DynamoDBClient } = {}) =>
  createDynamoDbStore({ client: tables.connect(), ...tables, ...options });

/** What the tables must hold once these events are in. */
function modelOf(events: readonly StoreEvent[]) {
  const byId = new Map(events.map((event) => [`${event.userId} ${event.eventId}`, event]));
  const counters = new Map<string, bigint>();
  for (const { counter, by } of [...byId.values()].flatMap(({ increments }) => increments)) {
    counters.set(counter, (counters.get(counter) ?? 0n) + by);
  }
  return { ids: [...byId.keys()].toSorted(), counters };
}

async function readTables() {
  const ids = (await tables.events()).map((item) => `${item.user_id?.S} ${item.event_id?.S}`);
  return { ids: ids.toSorted(), counters: await tables.counters() };
}

/** Ten users' events; users share counters, and the same event id of two users is two events. */
const events = fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 30 })).map(([user, number]) =>
  storeEvent(number, {
    userId: `user-${user}`,
    increments: [increment(`page_views|${number % 3}`), increment('revenue', BigInt(number * 7))],
  }),
);

test('any batches, replayed, overlapping, at the same time, with failures: each event once', async () => {
  const runs = fc.array(fc.array(fc.array(events, { maxLength: 12 }), { maxLength: 3 }), {
    minLength: 1,
    maxLength: 4,
  });
  const faults = fc.array(
    fc.constantFrom(
      'none',
      'none',
      'TransactionConflict',
      'ThrottlingException',
      'InternalServerError',
      'lost',
    ),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(runs, faults, async (rounds, schedule) => {
      tables = await tables.renew();
      const next = schedule.values();
      let lose = false;
      tables.failWhen(() => {
        const type = next.next().value ?? 'none';
        lose = type === 'lost';
        return type === 'none' || type === 'lost' ? undefined : { type, statusCode: 400 };
      });
      const client = tables.connect();
      client.middlewareStack.add(
        (send) => async (args) => {
          const answer = await send(args);
          if (lose) throw new Error('socket hang up');
          return answer;
        },
        { step: 'deserialize', priority: 'low' },
      );
      for (const batches of rounds) {
        await Promise.all(batches.map((batch) => applyUntilDone(openStore({ client }), batch)));
        await applyUntilDone(openStore({ client }), batches.flat());
      }
      expect(await readTables()).toEqual(modelOf(rounds.flat(2)));
    }),
    { numRuns: 25 },
  );
});

/** As the event source mapping does: again from the start, until nothing fails. */
async function applyUntilDone(store: EventStore, batch: readonly StoreEvent[]): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    try {
      await store.apply(batch);
      return;
    } catch {
      // A failure of the schedule.
    }
  }
  throw new Error('The store never took the batch');
}

test('says of each event whether it was new, also of one that is in the batch twice', async () => {
  const store = openStore();
  const [one, two, three] = [storeEvent(1), storeEvent(2), storeEvent(3)];
  expect(await store.apply([one, two])).toEqual(['applied', 'applied']);
  expect(await store.apply([two, three, { ...three }, three, storeEvent(1)])).toEqual([
    'duplicate',
    'applied',
    'duplicate',
    'duplicate',
    'duplicate',
  ]);
  expect(await store.apply([])).toEqual([]);
  expect(await readTables()).toEqual(modelOf([one, two, three]));
});

test.each([1, 2])('keeps the first version of an event, in batches of %i', async (size) => {
  const store = openStore();
  const versions = [
    storeEvent(1, { json: '"first"', sequenceNumber: '7' }),
    storeEvent(1, { json: '"second"', sequenceNumber: '8' }),
  ];
  for (let at = 0; at < versions.length; at += size)
    await store.apply(versions.slice(at, at + size));
  const [item] = await tables.events();
  expect(item).toMatchObject({ event: { S: '"first"' }, sequence_number: { S: '7' } });
  expect(item?.applied_at?.S).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('a replay of a whole batch costs one request', async () => {
  const batch = Array.from({ length: 90 }, (_, number) => storeEvent(number));
  const store = openStore();
  await store.apply(batch);
  const before = tables.transactions();
  expect(new Set(await store.apply(batch))).toEqual(new Set(['duplicate']));
  expect(tables.transactions() - before).toBe(1);
});

test('a crash between two transactions leaves a first part of the batch, whole', async () => {
  const batch = Array.from({ length: 250 }, (_, number) => storeEvent(number));
  let transactions = 0;
  tables.failWhen(() => {
    transactions += 1;
    return transactions === 2 ? { type: 'InternalServerError', statusCode: 500 } : undefined;
  });
  const store = openStore();
  await expect(store.apply(batch)).rejects.toThrow('InternalServerError');
  const { ids, counters } = await readTables();
  expect(ids).toEqual(modelOf(batch.slice(0, ids.length)).ids);
  expect(ids.length).toBe(99);
  expect(counters).toEqual(modelOf(batch.slice(0, 99)).counters);
  const verdicts = await store.apply(batch);
  expect(verdicts.indexOf('applied')).toBe(99);
  expect(await readTables()).toEqual(modelOf(batch));
});

test('an answer that is lost is asked for again by the same token, and counts once', async () => {
  const client = tables.connect(2);
  let lost = 0;
  client.middlewareStack.add(
    (send) => async (args) => {
      const answer = await send(args);
      lost += 1;
      if (lost === 1) throw Object.assign(new Error('lost'), { name: 'TimeoutError' });
      return answer;
    },
    { step: 'deserialize', priority: 'low' },
  );
  expect(await openStore({ client }).apply([storeEvent(1)])).toEqual(['applied']);
  expect(lost).toBe(2);
  expect(await readTables()).toEqual(modelOf([storeEvent(1)]));
});

test.each(['TransactionConflict', 'ThrottlingException', 'ProvisionedThroughputExceededException'])(
  '%s: tried again, in another slot, but not for ever',
  async (type) => {
    let failures = 3;
    tables.failWhen(() => (failures-- > 0 ? { type } : undefined));
    expect(await openStore({ maxAttempts: 4 }).apply([storeEvent(1)])).toEqual(['applied']);

    const before = tables.transactions();
    tables.failWhen(() => ({ type }));
    await expect(openStore({ maxAttempts: 3 }).apply([storeEvent(2)])).rejects.toMatchObject({
      code: 'store_busy',
      cause: { $metadata: { httpStatusCode: 400 } },
    });
    expect(tables.transactions() - before).toBe(3);
  },
);

test('each transaction has its attempts for itself', async () => {
  let transactions = 0;
  tables.failWhen(() => (++transactions % 2 === 1 ? { type: 'TransactionConflict' } : undefined));
  const batch = Array.from({ length: 250 }, (_, number) => storeEvent(number));
  await openStore({ maxAttempts: 2 }).apply(batch);
  expect(transactions).toBe(6);
  expect(await readTables()).toEqual(modelOf(batch));
});

test('a counter is spread over its slots', async () => {
  const store = openStore();
  for (let number = 0; number < 60; number += 1) await store.apply([storeEvent(number)]);
  const slots = (await tables.counterItems()).map((item) => Number(item.slot?.N));
  expect(slots.length).toBeGreaterThan(1);
  expect(slots.every((slot) => slot >= 0 && slot < 8)).toBe(true);
  expect(await tables.counters()).toEqual(new Map([['hits', 600_000n]]));
});

test('a counter whose name is too long for a key keeps the name beside it', async () => {
  const name = `page_views|https://shop.example/${'a'.repeat(8000)}|2026-11-23T10:00`;
  await openStore().apply([storeEvent(1, { increments: [increment(name)] })]);
  expect(await tables.counters()).toEqual(new Map([[name, 10_000n]]));
});

test('sums beyond what a number holds stay exact', async () => {
  const store = openStore();
  const amount = 10n ** 15n + 1n;
  const purchases = Array.from({ length: 95 }, (_, number) =>
    storeEvent(number, { increments: [increment('revenue', amount)] }),
  );
  await store.apply(purchases);
  expect(await tables.counters()).toEqual(new Map([['revenue', amount * 95n]]));
});

test('the largest event fits an item', async () => {
  const largest = storeEvent(1, {
    userId: '👟'.repeat(256),
    eventId: 'e'.repeat(36),
    json: 'x'.repeat(MAX_EVENT_BYTES),
  });
  expect(await openStore().apply([largest])).toEqual(['applied']);
});

test('what DynamoDB refuses is said so, with the event', async () => {
  const cause = new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: {},
    CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError', Message: 'Too large' }],
  });
  const client = tables.connect();
  client.middlewareStack.add(
    () => async () => {
      throw cause;
    },
    { step: 'build' },
  );
  await expect(openStore({ client }).apply([storeEvent(6), storeEvent(7)])).rejects.toMatchObject({
    code: 'store_refused',
    message: 'DynamoDB refused event event-7 (ValidationError: Too large)',
    cause,
  });
});

test('an aborted signal ends it before the next transaction', async () => {
  const controller = new AbortController();
  tables.failWhen(() => {
    controller.abort(new Error('Out of time'));
    return { type: 'TransactionConflict' };
  });
  const before = tables.transactions();
  const { signal } = controller;
  await expect(openStore().apply([storeEvent(1)], { signal })).rejects.toThrow(/abort/i);
  expect(tables.transactions() - before).toBe(1);
  expect(await tables.events()).toEqual([]);
});
