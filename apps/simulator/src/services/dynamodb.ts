import { Big } from 'big.js';
import type { Answer, Service } from '../link.ts';
import type { World } from '../world.ts';
import {
  failure,
  inputOf,
  isObject,
  type Json,
  listOf,
  objectOf,
  ok,
  operationOf,
  textOf,
} from './json.ts';

export const eventsTable = 'events';
export const countersTable = 'counters';

/** An item of the events table. */
export interface EventItem {
  readonly userId: string;
  readonly eventId: string;
  /** As JSON text. */
  readonly event: string;
}

/** The two tables of the stack. */
export interface DynamoDb {
  readonly service: Service;
  /** In the order in which they were written. */
  readonly events: () => readonly EventItem[];
  /** Name → sum over its slots. */
  readonly counters: () => ReadonlyMap<string, Big>;
}

/**
 * DynamoDB as far as the store uses it: TransactWriteItems that puts events which are not there
 * and adds to counters, all or nothing, with the idempotency of its token. Everything else is an
 * error that says so, lest the simulation promise what it does not check.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export function createDynamoDb(world: World): DynamoDb {
  const events = new Map<string, EventItem>();
  const slots = new Map<string, { readonly name: string; sum: Big }>();
  const doneTokens = new Map<string, string>();

  function write(input: Json, text: string): Answer {
    const token = textOf(input, 'ClientRequestToken');
    const done = doneTokens.get(token);
    if (done !== undefined) {
      return done === text ? ok({}) : failure(400, 'IdempotentParameterMismatchException');
    }
    const items = listOf(input, 'TransactItems');
    if (items.length > 100) return failure(400, 'ValidationException');
    const puts = items.flatMap((item) => (isObject(item['Put']) ? [item['Put']] : []));
    const updates = items.flatMap((item) => (isObject(item['Update']) ? [item['Update']] : []));
    if (puts.length + updates.length !== items.length) throw unknown('This kind of item');
    const newEvents = puts.map(readPut);
    const isTaken = (event: PutItem): boolean => event.isConditional && events.has(keyOf(event));
    const additions = updates.map(readUpdate);
    const keys = [...newEvents.map(keyOf), ...additions.map(({ key }) => key)];
    if (new Set(keys).size < keys.length) return failure(400, 'ValidationException');
    if (newEvents.some(isTaken)) {
      // The puts come first; a reason stands in its item's place.
      const reasons = items.map((item) => {
        const put = item['Put'];
        const isRefused = isObject(put) && isTaken(readPut(put));
        return { Code: isRefused ? 'ConditionalCheckFailed' : 'None' };
      });
      return failure(400, 'TransactionCanceledException', { CancellationReasons: reasons });
    }
    for (const event of newEvents) events.set(keyOf(event), event);
    for (const { key, name, by } of additions) {
      const slot = slots.get(key) ?? { name, sum: new Big(0) };
      slot.sum = slot.sum.plus(by);
      slots.set(key, slot);
    }
    doneTokens.set(token, text);
    return ok({});
  }

  return {
    service: {
      channelOf: () => 'write',
      refuse: (fault) =>
        fault === 'throttle'
          ? failure(400, 'ThrottlingException')
          : failure(500, 'InternalServerError'),
      serve(request, fault) {
        if (operationOf(request) !== 'TransactWriteItems') throw unknown(operationOf(request));
        const input = inputOf(request);
        if (fault === 'conflict') {
          const items = listOf(input, 'TransactItems');
          const hit = world.random.integer(0, items.length - 1);
          return failure(400, 'TransactionCanceledException', {
            CancellationReasons: items.map((_, index) => ({
              Code: index === hit ? 'TransactionConflict' : 'None',
            })),
          });
        }
        return write(input, JSON.stringify(input['TransactItems']));
      },
    },
    events: () => [...events.values()],
    counters() {
      const sums = new Map<string, Big>();
      for (const { name, sum } of slots.values()) {
        sums.set(name, (sums.get(name) ?? new Big(0)).plus(sum));
      }
      return sums;
    },
  };
}

const keyOf = ({ userId, eventId }: EventItem): string => `${eventId} ${userId}`;

interface PutItem extends EventItem {
  readonly isConditional: boolean;
}

function readPut(put: Json): PutItem {
  const condition = put['ConditionExpression'];
  if (textOf(put, 'TableName') !== eventsTable) throw unknown('This table');
  if (condition !== undefined && condition !== 'attribute_not_exists(event_id)') {
    throw unknown(JSON.stringify(condition));
  }
  const item = objectOf(put, 'Item');
  return {
    userId: textOf(objectOf(item, 'user_id'), 'S'),
    eventId: textOf(objectOf(item, 'event_id'), 'S'),
    event: textOf(objectOf(item, 'event'), 'S'),
    isConditional: condition !== undefined,
  };
}

function readUpdate(update: Json): { key: string; name: string; by: string } {
  const expression = textOf(update, 'UpdateExpression');
  const isCut = expression === 'SET #name = :name ADD #value :sum';
  if (textOf(update, 'TableName') !== countersTable) throw unknown('This table');
  if (!isCut && expression !== 'ADD #value :sum') throw unknown(expression);
  const key = objectOf(update, 'Key');
  const values = objectOf(update, 'ExpressionAttributeValues');
  const counter = textOf(objectOf(key, 'counter'), 'S');
  return {
    key: `${counter} ${textOf(objectOf(key, 'slot'), 'N')}`,
    name: isCut ? textOf(objectOf(values, ':name'), 'S') : counter,
    by: textOf(objectOf(values, ':sum'), 'N'),
  };
}

function unknown(what: string): Error {
  return new Error(
    `The simulated DynamoDB does not know: ${what}. Teach it in services/dynamodb.ts.`,
  );
}
