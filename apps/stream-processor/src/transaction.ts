import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { counterKey } from './counter-key.ts';
import { type Decimal, formatDecimal } from './decimal.ts';
import type { StoreEvent } from './store.ts';

/**
 * The most items in a transaction, and the most bytes in all of them. DynamoDB allows 4 MiB; the
 * counters that are already there, whose size we do not know, take part in that.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
const MAX_ITEMS = 100;
const MAX_BYTES = 4_000_000;

/** Attribute names, the sequence number and the like, generously. */
const ITEM_OVERHEAD_BYTES = 512;

/** An item holds 400 KiB; besides the JSON there are the user id, the event id and the overhead. */
export const MAX_EVENT_BYTES = 400 * 1024 - 4096;

/** What is written at once: some events, and the sums of what they add to the counters. */
export interface TransactionPlan {
  readonly events: readonly StoreEvent[];
  /** By counter name. */
  readonly counters: ReadonlyMap<string, Decimal>;
}

/**
 * Takes as many events from the front as fit into one transaction: it is the items that cost, and
 * the more events share a transaction, the more of them share a counter's item.
 */
export function planTransaction(events: Iterable<StoreEvent>): TransactionPlan {
  const taken: StoreEvent[] = [];
  const counters = new Map<string, Decimal>();
  let bytes = 0;
  for (const event of events) {
    const added = event.increments.filter(({ counter }) => !counters.has(counter));
    const names = new Set(added.map(({ counter }) => counter));
    bytes += Buffer.byteLength(event.json) + Buffer.byteLength(event.userId) + ITEM_OVERHEAD_BYTES;
    for (const name of names) bytes += 2 * Buffer.byteLength(name) + ITEM_OVERHEAD_BYTES;
    const items = taken.length + 1 + counters.size + names.size;
    if (taken.length > 0 && (items > MAX_ITEMS || bytes > MAX_BYTES)) break;
    taken.push(event);
    for (const { counter, by } of event.increments) {
      counters.set(counter, (counters.get(counter) ?? 0n) + by);
    }
  }
  return { events: taken, counters };
}

/** Where the transaction writes. */
export interface TransactionTarget {
  readonly eventsTable: string;
  readonly countersTable: string;
  /** Which slot of every counter is written. */
  readonly slot: number;
  readonly appliedAt: Date;
}

/** The items of the transaction: first one per event, in the order of the plan. */
export function transactItems(
  { events, counters }: TransactionPlan,
  { eventsTable, countersTable, slot, appliedAt }: TransactionTarget,
): TransactWriteItem[] {
  const puts = events.map((event) => ({
    Put: {
      TableName: eventsTable,
      Item: {
        user_id: { S: event.userId },
        event_id: { S: event.eventId },
        event_type: { S: event.eventType },
        event: { S: event.json },
        shard_id: { S: event.shardId },
        sequence_number: { S: event.sequenceNumber },
        ...(event.subsequenceNumber !== undefined && {
          subsequence_number: { N: String(event.subsequenceNumber) },
        }),
        applied_at: { S: appliedAt.toISOString() },
      },
      ConditionExpression: 'attribute_not_exists(event_id)',
    },
  }));
  const updates = [...counters].map(([name, sum]) => {
    const key = counterKey(name);
    const isCut = key !== name;
    return {
      Update: {
        TableName: countersTable,
        Key: { counter: { S: key }, slot: { N: String(slot) } },
        UpdateExpression: isCut ? 'SET #name = :name ADD #value :sum' : 'ADD #value :sum',
        ExpressionAttributeNames: { '#value': 'value', ...(isCut && { '#name': 'name' }) },
        ExpressionAttributeValues: {
          ':sum': { N: formatDecimal(sum) },
          ...(isCut && { ':name': { S: name } }),
        },
      },
    };
  });
  return [...puts, ...updates];
}
