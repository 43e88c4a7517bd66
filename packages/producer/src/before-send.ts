import type { EventInputMap, EventType } from '@clickstream/events';
import { ProducerError, reasonOf } from './producer-error.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import { assertValid, type WriterContract } from './seal-event.ts';
import { type Snapshot, snapshot } from './snapshot.ts';

/**
 * An event on its way to the stream, as it was tracked. `event_type` says which one it is, and
 * cannot be changed. The identity, and the time if the caller gave none, are stamped later.
 */
export type OutgoingEvent = {
  [Type in EventType]: { readonly event_type: Type } & EventInputMap[Type];
}[EventType];

/** What `beforeSend` may return: an event to send, or null or undefined to drop it. */
export type Revision = OutgoingEvent | null | undefined;

/**
 * Lets `beforeSend` see an event.
 *
 * @returns what it makes of the event, valid; undefined if it drops the event
 * @throws ProducerError `invalid_event` or `record_too_large` for the input or the result,
 *   `undeliverable` with the cause if `beforeSend` throws
 */
export function revise<Type extends EventType>(
  contract: WriterContract<Type>,
  input: unknown,
  beforeSend: NonNullable<ResolvedOptions['beforeSend']>,
  maxRecordBytes: number,
): Snapshot | undefined {
  const { type } = contract;
  const { value: fields } = snapshot(type, input, maxRecordBytes);
  assertValid(contract, fields);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a contract's type and its fields
  const event = { event_type: type, ...(fields as object) } as OutgoingEvent;
  let sent: unknown;
  try {
    sent = beforeSend(event);
  } catch (cause) {
    throw new ProducerError('undeliverable', `${type}: beforeSend threw ${reasonOf(cause)}`, {
      cause,
    });
  }
  if (sent === null || sent === undefined) return undefined;
  try {
    const { value, characters } = snapshot(type, sent, maxRecordBytes);
    const revised = fieldsOf(type, sent, value);
    assertValid(contract, revised);
    return { value: revised, characters };
  } catch (error) {
    if (!(error instanceof ProducerError)) throw error;
    throw new ProducerError(error.code, `after beforeSend, ${error.message}`, { cause: error });
  }
}

/** The fields of what `beforeSend` returned, without the type that it may not change. */
function fieldsOf(type: EventType, sent: unknown, revised: unknown): unknown {
  if (sent instanceof Promise) {
    sent.catch(() => undefined); // refused below, whatever it comes to
    throw invalid(
      type,
      'it returned a promise; it must be synchronous, for events keep their order',
    );
  }
  if (typeof revised !== 'object' || revised === null) {
    throw invalid(
      type,
      `it returned ${String(revised)}; return the event, or undefined to drop it`,
    );
  }
  const { event_type: revisedType, ...fields } = { event_type: undefined, ...revised };
  if (revisedType !== type) {
    throw invalid(type, `event_type is ${String(revisedType)}; it cannot be changed`);
  }
  return fields;
}

function invalid(type: EventType, reason: string): ProducerError {
  return new ProducerError('invalid_event', `${type}: ${reason}`);
}
