import type { EventInputMap, EventType } from '@clickstream/events';
import { type Envelope, readInput, sealFields, type WriterContract } from './envelope.ts';
import type { ResolvedOptions } from './options.ts';
import { ProducerError, reasonOf } from './producer-error.ts';
import { snapshot } from './snapshot.ts';

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
 * Seals what `beforeSend` makes of an event.
 *
 * @returns undefined if it drops the event
 * @throws ProducerError `invalid_event` or `record_too_large` for the input or the result,
 *   `undeliverable` with the cause if `beforeSend` throws
 */
export function sealRevised<Type extends EventType>(
  contract: WriterContract<Type>,
  input: unknown,
  beforeSend: NonNullable<ResolvedOptions['beforeSend']>,
  maxRecordBytes: number,
): Envelope | undefined {
  const { value: fields } = readInput(contract, input, maxRecordBytes);
  const { type } = contract;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a contract's type and its fields
  const event = { event_type: type, ...fields } as OutgoingEvent;
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
    const revised = readRevised(type, sent, maxRecordBytes);
    return sealFields(contract, readInput(contract, revised, maxRecordBytes), maxRecordBytes);
  } catch (error) {
    if (!(error instanceof ProducerError)) throw error;
    throw new ProducerError(error.code, `after beforeSend, ${error.message}`, { cause: error });
  }
}

/** The fields of what `beforeSend` returned, without the type that it may not change. */
function readRevised(type: EventType, sent: unknown, maxRecordBytes: number): unknown {
  if (sent instanceof Promise) {
    sent.catch(() => undefined); // refused below, whatever it comes to
    throw invalid(
      type,
      'it returned a promise; it must be synchronous, for events keep their order',
    );
  }
  const { value: revised } = snapshot(type, sent, maxRecordBytes);
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
