import type { OutgoingEvent, Revision } from './before-send.ts';
import { createProducer, type Producer, type ReceiptFor } from './create-producer.ts';
import type { FlushResult } from './flush-waiters.ts';
import type { ProducerOptions } from './options.ts';
import { resolveTimeoutMs } from './resolve-options.ts';
import { runCallback } from './run-callback.ts';
import { createWarner, type Warn } from './warner.ts';

/** The part of Lambda's context that is needed. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** Options of {@link withProducer}: those of `createProducer`, and two for the invocation. */
export interface LambdaOptions<Sent extends Revision = OutgoingEvent>
  extends ProducerOptions<Sent> {
  /**
   * What is left of the invocation's time when the wait for pending events is given up, so that
   * the result still gets out. 0..86,400,000, default 500.
   */
  readonly flushMarginMs?: number | undefined;
  /** Told, before the result is returned, when events are still pending. Default: a process warning. */
  readonly onPending?: ((result: FlushResult) => unknown) | undefined;
}

/**
 * Wraps a Lambda handler: it gets a producer as its third argument, and what it tracks is delivered
 * before its result is returned, for Lambda freezes the process right after. The handler need not
 * await receipts.
 *
 * ```ts
 * export const handler = withProducer(
 *   { streamName: process.env.STREAM_NAME! },
 *   async (event: APIGatewayProxyEventV2, context: Context, producer) => {
 *     void producer.pageView({ user_id: 'user-1', url: event.rawPath });
 *     return { statusCode: 204 };
 *   },
 * );
 * ```
 *
 * The producer is made at the first invocation and lives as long as the execution environment; it
 * is shared by all its invocations and never closed.
 *
 * If the stream is slow, the result waits: until `deliveryTimeoutMs` has made the events
 * undeliverable, or until `flushMarginMs` before the invocation's deadline. What is then pending is
 * told to `onPending` and goes on with the next invocation, in order and with the same event ids, as
 * far as its deadline allows; it is lost if the environment is not used again. A request that the
 * freeze has cut is repeated, so its events may be there twice.
 *
 * When the handler throws, events are delivered all the same, and then its error is thrown.
 * Not for response streaming, where the result is not what is returned.
 */
export function withProducer<
  Event,
  Context extends LambdaContext,
  Result,
  Sent extends Revision = OutgoingEvent,
>(
  options: LambdaOptions<Sent>,
  handler: (
    event: Event,
    context: Context,
    producer: Producer<ReceiptFor<Sent>>,
  ) => Result | Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  const warn = createWarner();
  const { flushMarginMs, onPending = warnOfPending(warn), ...producerOptions } = options;
  const marginMs = resolveTimeoutMs(flushMarginMs, 'flushMarginMs') ?? 500;
  let producer: Producer<ReceiptFor<Sent>> | undefined;

  // Two parameters: from Node.js 24 on, Lambda refuses handlers with a third, the callback of old.
  return async (event, context) => {
    producer ??= createProducer<Sent>(producerOptions);
    try {
      return await handler(event, context, producer);
    } finally {
      const leftMs = Math.floor(context.getRemainingTimeInMillis() - marginMs);
      const result = await producer.flush({ timeoutMs: Math.max(0, leftMs) });
      if (result.pending > 0) await runCallback(warn, 'onPending', () => onPending(result));
    }
  };
}

function warnOfPending(warn: Warn): (result: FlushResult) => void {
  return ({ pending }) =>
    warn(
      `${pending} events are not delivered yet at the end of the invocation; they go on with the next one, if there is one (pass onPending to handle this, or give the function more time)`,
    );
}
