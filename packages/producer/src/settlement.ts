import type { EventType } from '@clickstream/events';
import { fullJitterMs } from './backoff.ts';
import { deadlineMissed, givenUp, kept } from './delivery-errors.ts';
import type { ReportFailure } from './failure-report.ts';
import type { FlushWaiters } from './flush-waiters.ts';
import type { Entry } from './lane.ts';
import type { Observer } from './observer.ts';
import type { OrderedBuffer } from './ordered-buffer.ts';
import type { ProducerError } from './producer-error.ts';
import type { Receipt } from './receipt.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import type { Spill } from './spill/spill.ts';
import type { Counters } from './stats.ts';
import type { TrackedEvent } from './tracked-event.ts';
import type { RecordResult } from './transport.ts';

/** How long to wait before the next attempt, by the number of those that failed. */
export type Wait = (attempts: number) => number;

interface Dependencies {
  readonly buffer: OrderedBuffer<TrackedEvent>;
  readonly options: ResolvedOptions;
  readonly counters: Counters;
  readonly observer: Observer;
  readonly flushes: FlushWaiters;
  readonly report: ReportFailure;
  readonly spill: Spill | undefined;
}

/** The ways in which an event's attempt ends: each is told to all whom it concerns. */
export class Settlement {
  readonly #to: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#to = dependencies;
  }

  /** The stream has an open event. */
  deliver(
    entry: Entry<TrackedEvent>,
    { shardId, sequenceNumber }: RecordResult & { ok: true },
    nowMs: number,
  ): void {
    const { buffer, counters, observer, flushes } = this.#to;
    buffer.settle(entry);
    counters.delivered += 1;
    const event = entry.value;
    if (event.ticket !== undefined) this.#to.spill?.settle(event.ticket);
    const { eventId } = event;
    event.resolve({ eventId, shardId, sequenceNumber, attempts: entry.attempts });
    event.release();
    observer.delivered(nowMs - entry.addedAtMs);
    flushes.count(entry.ordinal, 'delivered');
  }

  /** Open events go out again, unless their deadline has come. */
  retry(
    entries: readonly Entry<TrackedEvent>[],
    nowMs: number,
    waitMs: Wait,
    failure: unknown,
    reason: string,
  ): void {
    const { buffer, observer } = this.#to;
    if (entries.length > 0) observer.retried(reason, entries.length);
    for (const entry of entries) {
      entry.value.lastFailure = failure;
      if (buffer.isExpired(entry, nowMs)) {
        buffer.settle(entry);
        this.expire(entry);
      } else {
        buffer.hold(entry, nowMs + waitMs(entry.attempts));
      }
    }
  }

  /** The deadline of an event has come that the buffer has let go of. */
  expire(entry: Entry<TrackedEvent>): void {
    const { attempts, value } = entry;
    this.fail(entry, deadlineMissed(this.#to.options, attempts, value.lastFailure));
  }

  /** An open event is given up. */
  giveUp(entry: Entry<TrackedEvent>, error: ProducerError): void {
    this.#to.buffer.settle(entry);
    this.fail(entry, error);
  }

  /** An event will not reach the stream that the buffer has let go of. */
  fail(entry: Entry<TrackedEvent>, error: ProducerError): void {
    this.reject(entry.value, error);
    this.#to.flushes.count(entry.ordinal, 'failed');
  }

  /** The producer stops: what is in the log stays there, all else fails. */
  abandon(entry: Entry<TrackedEvent>, reason: string, cause: unknown): void {
    const event = entry.value;
    if (event.ticket === undefined) {
      this.fail(entry, givenUp(reason, cause));
      return;
    }
    markHandled(event.receipt);
    event.reject(kept(reason, cause));
    event.release();
    this.#to.flushes.count(entry.ordinal, 'kept');
  }

  /** An event is not in the buffer, or no longer. */
  reject(event: TrackedEvent, error: ProducerError): void {
    const { eventType, ticket, fields } = event;
    if (ticket !== undefined) this.#to.spill?.settle(ticket);
    markHandled(event.receipt);
    event.reject(error);
    this.#count(error);
    const eventId = event.isSealed ? event.eventId : undefined;
    const payload = (): unknown => (event.isSealed ? JSON.parse(event.json) : fields);
    this.#to.report({ eventType, eventId }, payload, error);
    event.release();
  }

  /** Something did not even become an event. */
  refuse(eventType: EventType, input: unknown, error: ProducerError): Promise<Receipt> {
    const refusal: Promise<Receipt> = Promise.reject(error);
    markHandled(refusal);
    this.#count(error);
    this.#to.report({ eventType, eventId: undefined }, () => input, error);
    return refusal;
  }

  /**
   * One wait per number of attempts: the failed records of one request come back together, so that
   * a retry is a batch again.
   */
  backoff(): Wait {
    const waits = new Map<number, number>();
    return (attempts) => {
      const known = waits.get(attempts);
      if (known !== undefined) return known;
      const waitMs = fullJitterMs(this.#to.options, attempts, Math.random());
      waits.set(attempts, waitMs);
      return waitMs;
    };
  }

  #count({ code }: ProducerError): void {
    this.#to.counters.failed += 1;
    this.#to.observer.failed(code);
  }
}

/** The failure is reported besides: a caller who does not await must not end the process. */
function markHandled(promise: Promise<unknown>): void {
  promise.catch(() => undefined);
}
