import type { AnyEvent } from '@clickstream/events';
import { ConsumerError } from './errors.ts';
import type { IncompleteBatch, PermanentFailure } from './failures.ts';
import { type EventHandlers, handlerNames } from './gen/handlers.ts';
import { logIncompleteBatch } from './log-incomplete-batch.ts';
import type { BatchObserver } from './observer.ts';
import type { RecordContext } from './record-context.ts';

/** An event whose handler has succeeded, and what the handler returned. */
export interface Outcome<Result> {
  readonly record: RecordContext;
  readonly event: AnyEvent;
  readonly result: Result;
}

/** What `commit` and `onPermanentFailure` are told besides what they are to store. */
export interface StoreContext {
  /** Aborted when the invocation must return: whatever is not stored then is delivered again. */
  readonly signal: AbortSignal;
}

/** What {@link createKinesisHandler} is made of. */
export interface KinesisHandlerOptions<Result> {
  /**
   * One handler per event. Either it does all the work, or, with {@link commit}, it is a pure
   * function that returns what is to be written.
   *
   * Delivery is at least once: be idempotent by `event_id` (a sequence number changes when an
   * event is sent again). A `PermanentError` rejects the event for good; any other error is
   * transient.
   */
  readonly handlers: EventHandlers<Result>;
  /**
   * Writes the results of many handlers at once. Called with finished events in the order of the
   * stream, never two calls at a time, never beyond an unfinished record; an event counts as done
   * when its call has resolved. If it rejects, the chunk is delivered again from its first record,
   * whatever the error: to reject an event for good is the handler's part.
   *
   * Without it an event counts as done when its handler has resolved.
   */
  readonly commit?: (
    outcomes: readonly Outcome<Result>[],
    context: StoreContext,
  ) => Promise<unknown>;
  /**
   * Puts away a record that can never be processed. The record counts as done once this has
   * resolved, so resolve only when the failure is safely stored. If it rejects, the record is
   * delivered again.
   */
  readonly onPermanentFailure: (
    failure: PermanentFailure,
    context: StoreContext,
  ) => Promise<unknown>;
  /**
   * Told once per invocation that gives records back. Default: one line of JSON on stderr. What it
   * throws is written to stderr and changes nothing.
   */
  readonly onIncomplete?: (batch: IncompleteBatch) => void;
  /** Watches the work, for metrics and logs. Default: nobody does. */
  readonly observer?: BatchObserver;
  /** How many partition keys are worked on at a time, 1 to 10,000. Default 10. */
  readonly concurrency?: number;
  /**
   * The most events per call of {@link commit}, 1 to 10,000. Default 50: with one more item per
   * event it fits one DynamoDB transaction.
   */
  readonly commitSize?: number;
  /**
   * When so much time is left, in milliseconds, no further event is started, the handlers' signal
   * is aborted, and what is finished is committed, however little it is; when half of it is left,
   * what has not settled is given up and the invocation returns. 100 to 60,000. Default 1000; never
   * more than half of the time that the invocation starts with.
   */
  readonly deadlineMarginMs?: number;
}

/** {@link KinesisHandlerOptions} with every default filled in, checked. */
export type ResolvedOptions<Result> = Required<
  Omit<KinesisHandlerOptions<Result>, 'commit' | 'observer'>
> &
  Pick<KinesisHandlerOptions<Result>, 'commit' | 'observer'>;

/** @throws ConsumerError `invalid_option`, naming the option and what is expected. */
export function resolveOptions<Result>(
  options: KinesisHandlerOptions<Result>,
): ResolvedOptions<Result> {
  if (typeof options !== 'object' || options === null) {
    throw invalid('handlers', 'an object with one function per event', undefined);
  }
  const { handlers, commit, observer } = options;
  if (typeof handlers !== 'object' || handlers === null) {
    throw invalid('handlers', 'an object with one function per event', handlers);
  }
  for (const name of handlerNames) {
    const handler: unknown = handlers[name];
    if (typeof handler !== 'function') throw invalid(`handlers.${name}`, 'a function', handler);
  }
  if (observer !== undefined && (typeof observer !== 'object' || observer === null)) {
    throw invalid('observer', 'an object', observer);
  }
  const onIncomplete = options.onIncomplete ?? logIncompleteBatch;
  const functions = { onPermanentFailure: options.onPermanentFailure, onIncomplete };
  for (const [name, value] of Object.entries({ ...functions, ...(commit && { commit }) })) {
    if (typeof value !== 'function') throw invalid(name, 'a function', value);
  }
  return {
    handlers,
    ...(commit && { commit }),
    ...(observer && { observer }),
    ...functions,
    concurrency: integer('concurrency', options.concurrency ?? 10, 1, 10_000),
    commitSize: integer('commitSize', options.commitSize ?? 50, 1, 10_000),
    deadlineMarginMs: integer('deadlineMarginMs', options.deadlineMarginMs ?? 1000, 100, 60_000),
  };
}

function integer(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(name, `an integer from ${min} to ${max}`, value);
}

function invalid(name: string, expected: string, received: unknown): ConsumerError {
  const shown = typeof received === 'number' ? String(received) : typeof received;
  return new ConsumerError(
    'invalid_option',
    `createKinesisHandler: the option ${name} must be ${expected}, not ${shown}`,
  );
}
