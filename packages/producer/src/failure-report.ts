import type { ProducerOptions, UndeliverableEvent } from './options.ts';
import { type ProducerError, reasonOf } from './producer-error.ts';

/** At most one warning in this time. */
const WARNING_INTERVAL_MS = 10_000;

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
    try {
      await onUndeliverable(event, error);
    } catch (thrown) {
      warn(`onUndeliverable failed: ${reasonOf(thrown)}`);
    }
  };
  return ({ eventType, eventId }, payload, error) =>
    void call({ eventType, eventId, payload: payload() }, error);
}

function createWarner(): (message: string) => void {
  let quietUntilMs = 0;
  let suppressed = 0;
  return (message) => {
    const now = performance.now();
    if (now < quietUntilMs) {
      suppressed += 1;
      return;
    }
    const more = suppressed === 0 ? '' : `; ${suppressed} more since the last warning`;
    quietUntilMs = now + WARNING_INTERVAL_MS;
    suppressed = 0;
    process.emitWarning(`${message}${more}`, 'ClickstreamProducerWarning');
  };
}
