import { decimalOf } from '../src/decimal.ts';
import type { Increment, StoreEvent } from '../src/store.ts';

/** An event of `user-0`, told by its number; by default it counts one for the counter `hits`. */
export function storeEvent(number: number, change: Partial<StoreEvent> = {}): StoreEvent {
  const eventId = `event-${number}`;
  return {
    userId: 'user-0',
    eventId,
    eventType: 'page_view',
    json: JSON.stringify({ event_id: eventId }),
    partitionKey: 'user-0',
    shardId: 'shardId-000000000000',
    sequenceNumber: String(1000 + number),
    increments: [increment('hits')],
    ...change,
  };
}

export function increment(counter: string, by = decimalOf(1)): Increment {
  return { counter, by };
}
