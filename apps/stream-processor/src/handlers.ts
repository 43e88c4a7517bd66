import { type EventHandlers, PermanentError, type RecordContext } from '@clickstream/consumer';
import type { AnyEvent } from '@clickstream/events';
import { clicks, pageViews, revenue } from './projections.ts';
import type { Increment, StoreEvent } from './store.ts';

/**
 * One pure function per event: what is to be stored of it.
 * @param maxEventBytes how much JSON the store takes per event
 */
export function createHandlers(maxEventBytes: number): EventHandlers<StoreEvent> {
  const toStore = (
    event: AnyEvent,
    record: RecordContext,
    ...increments: readonly Increment[]
  ): StoreEvent => {
    const json = JSON.stringify(event);
    const bytes = Buffer.byteLength(json);
    if (bytes > maxEventBytes) {
      throw new PermanentError(
        `The event has ${bytes} bytes of JSON; the store takes at most ${maxEventBytes}`,
      );
    }
    const { subsequenceNumber } = record;
    assertWellFormed(event.user_id, ...increments.map(({ counter }) => counter));
    return {
      userId: event.user_id,
      eventId: event.event_id,
      eventType: event.event_type,
      json,
      partitionKey: record.partitionKey,
      shardId: record.shardId,
      sequenceNumber: record.sequenceNumber,
      ...(subsequenceNumber !== undefined && { subsequenceNumber }),
      increments,
    };
  };
  return {
    pageView: (event, record) => toStore(event, record, pageViews(event)),
    click: (event, record) => toStore(event, record, clicks(event)),
    purchase: (event, record) => toStore(event, record, revenue(event)),
  };
}

/** JSON may hold half of a surrogate pair (`"\ud83d"`), which has no UTF-8 and so can be no key. */
function assertWellFormed(...keys: readonly string[]): void {
  for (const key of keys) {
    if (key.isWellFormed()) continue;
    throw new PermanentError(
      `${JSON.stringify(key)} holds half of a surrogate pair: no valid text`,
    );
  }
}
