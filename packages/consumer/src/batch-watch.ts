import type { AnyEvent } from '@clickstream/events';
import type { BatchSpan } from './batch-span.ts';
import type { PermanentFailure, TransientFailure } from './failures.ts';
import type { BatchObserver, EventOutcome, SettledBatch } from './observer.ts';
import type { RecordPosition } from './record-context.ts';
import { positionOf, type UserRecord } from './user-record.ts';

/** Takes note of what happens to the events of a batch. */
export interface BatchWatch {
  /** A valid event, before its handler is called. */
  read(event: AnyEvent): void;
  handled(record: UserRecord, event: AnyEvent, startedAtMs: number): void;
  rejected(failure: PermanentFailure, startedAtMs: number): void;
  failed(failure: TransientFailure, startedAtMs: number): void;
  /** The batch is over. The rest of what is told of it has been counted here. */
  settled(batch: Omit<SettledBatch, Counted>): void;
}

type Counted = 'handled' | 'rejected' | 'failed' | 'eventAgeMs';

/** Undefined if nobody looks: a batch then costs nothing more. */
export function watchBatch(
  observer: BatchObserver | undefined,
  span: BatchSpan | undefined,
): BatchWatch | undefined {
  if (!observer && !span) return undefined;
  const handled = new Map<string, number>();
  const rejected = new Map<string, number>();
  let failed = 0;
  let oldest: string | undefined;
  let hasThrown = false;

  /** The observer's own failures must not become those of the batch, nor fill the log. */
  const tell = (call: (to: BatchObserver) => void): void => {
    if (!observer) return;
    try {
      call(observer);
    } catch (error) {
      if (!hasThrown) console.error('The observer threw', error);
      hasThrown = true;
    }
  };

  const report = (record: RecordPosition, startedAtMs: number, outcome: EventOutcome): void => {
    const durationMs = performance.now() - startedAtMs;
    const arrivalAgeMs = Date.now() - record.arrivedAtMs;
    tell((to) => to.eventSettled?.({ record, durationMs, arrivalAgeMs, ...outcome }));
  };

  return {
    read(event) {
      // All are UTC with milliseconds, so their order is that of the text.
      if (oldest === undefined || event.timestamp < oldest) oldest = event.timestamp;
      span?.link(event.traceparent);
    },
    handled(record, event, startedAtMs) {
      const { event_id: eventId, event_type: eventType } = event;
      handled.set(eventType, (handled.get(eventType) ?? 0) + 1);
      if (!observer?.eventSettled) return;
      report(positionOf(record), startedAtMs, { outcome: 'handled', eventId, eventType });
    },
    rejected(failure, startedAtMs) {
      rejected.set(failure.reason, (rejected.get(failure.reason) ?? 0) + 1);
      report(failure.record, startedAtMs, { outcome: 'rejected', failure });
    },
    failed(failure, startedAtMs) {
      failed += 1;
      span?.failed(failure);
      report(failure.record, startedAtMs, { outcome: 'failed', failure });
    },
    settled(rest) {
      const batch: SettledBatch = {
        ...rest,
        handled: Object.fromEntries(handled),
        rejected: Object.fromEntries(rejected),
        failed,
        ...(oldest !== undefined && { eventAgeMs: Date.now() - Date.parse(oldest) }),
      };
      tell((to) => to.batchSettled?.(batch));
      span?.end(batch);
    },
  };
}
