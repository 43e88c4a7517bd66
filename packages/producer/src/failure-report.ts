import type { ProducerOptions, UndeliverableEvent } from './options.ts';
import type { ProducerError } from './producer-error.ts';
import { runCallback } from './run-callback.ts';
import { createWarner } from './warner.ts';

/** Tells somebody about an event that will not reach the stream. Never throws. */
export type ReportFailure = (
  event: Omit<UndeliverableEvent, 'payload'>,
  /** Called only if somebody wants it. */
  payload: () => unknown,
  error: ProducerError,
) => void;

/**
 * Reports through `onUndeliverable`, or by process warnings if there is none: nothing is lost in
 * silence. The callback runs after the engine's current step, so it may call the producer.
 */
export function createFailureReport(
  onUndeliverable: ProducerOptions['onUndeliverable'],
): ReportFailure {
  const warn = createWarner();
  if (onUndeliverable === undefined) {
    return ({ eventType }, _payload, error) => {
      warn(
        `a ${eventType} event will not reach the stream: ${error.message} (pass onUndeliverable to handle such events)`,
      );
    };
  }
  const call = async (event: UndeliverableEvent, error: ProducerError): Promise<void> => {
    await Promise.resolve();
    await runCallback(warn, 'onUndeliverable', () => onUndeliverable(event, error));
  };
  return ({ eventType, eventId }, payload, error) =>
    void call({ eventType, eventId, payload: payload() }, error);
}
