import { ProducerError, reasonOf } from './producer-error.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import type { RecordResult } from './transport.ts';

/** There is no room for an event, not even to wait. */
export function bufferFull({ maxBufferBytes, maxBufferRecords }: ResolvedOptions): ProducerError {
  return new ProducerError(
    'buffer_full',
    `the buffer (maxBufferBytes ${maxBufferBytes}, maxBufferRecords ${maxBufferRecords}) and the waiting line are full; await the promises of earlier events before tracking more`,
  );
}

/** A newer event needed the room. */
export function displaced({ maxBufferBytes, maxBufferRecords }: ResolvedOptions): ProducerError {
  return new ProducerError(
    'dropped',
    `the buffer (maxBufferBytes ${maxBufferBytes}, maxBufferRecords ${maxBufferRecords}) was full and this event the oldest, which whenFull 'drop-oldest' drops; raise the limits, or find out why the stream takes so little`,
  );
}

/**
 * An event's deadline came.
 *
 * @param lastFailure an error, or the result that the stream gave for the record
 */
export function deadlineMissed(
  { deliveryTimeoutMs }: ResolvedOptions,
  attempts: number,
  lastFailure: unknown,
): ProducerError {
  const why =
    lastFailure === undefined
      ? 'it was never its turn: more is tracked than the stream takes'
      : `the last failure was ${describeFailure(lastFailure)}`;
  return new ProducerError(
    'undeliverable',
    `the event was not delivered within deliveryTimeoutMs (${deliveryTimeoutMs} ms) in ${attempts} attempts; ${why}`,
    { cause: lastFailure },
  );
}

/** The log has no room for an event. */
export function logFull(maxBytes: number): ProducerError {
  return new ProducerError(
    'buffer_full',
    `the spill directory holds spill.maxBytes (${maxBytes}); await the promises of earlier events before tracking more`,
  );
}

/** An event stays in the log. */
export function kept(reason: string, cause: unknown): ProducerError {
  return new ProducerError(
    'kept',
    `the event was not delivered: ${reason}; the next producer with this spill directory sends it`,
    { cause },
  );
}

/** An event was given up for another reason than time. */
export function givenUp(reason: string, cause: unknown): ProducerError {
  return new ProducerError('undeliverable', `the event was not delivered: ${reason}`, { cause });
}

function describeFailure(failure: unknown): string {
  return isRecordFailure(failure) ? `${failure.code}: ${failure.message}` : reasonOf(failure);
}

function isRecordFailure(failure: unknown): failure is RecordResult & { ok: false } {
  return typeof failure === 'object' && failure !== null && 'ok' in failure && 'code' in failure;
}
