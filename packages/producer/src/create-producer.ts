import { type OutgoingEvent, type Revision, revise } from './before-send.ts';
import { Engine } from './engine.ts';
import { createFailureReport } from './failure-report.ts';
import type { FlushResult } from './flush-waiters.ts';
import { type EventMethods, eventMethods } from './gen/methods.ts';
import { createKinesisTransport } from './kinesis-transport.ts';
import type { ProducerOptions } from './options.ts';
import { ProducerError } from './producer-error.ts';
import type { Receipt } from './receipt.ts';
import { resolveOptions, resolveTimeoutMs } from './resolve-options.ts';
import type { WriterContract } from './seal-event.ts';
import { snapshot } from './snapshot.ts';
import { openSpill, type SpillStats } from './spill/spill.ts';
import type { ProducerStats as EngineStats } from './stats.ts';
import { createTelemetry } from './telemetry.ts';
import { createWarner } from './warner.ts';

/** How long to wait for pending events. */
export interface DrainOptions {
  /** 0..86,400,000. Default: as long as it takes, at most `deliveryTimeoutMs` and one request. */
  readonly timeoutMs?: number | undefined;
}

/** A snapshot of the producer; the counts are since its creation. */
export interface ProducerStats extends EngineStats {
  /** Valid events that `beforeSend` dropped. They count neither as delivered nor as failed. */
  readonly filtered: number;
  /** The log of the option `spill`. Undefined: it is off. */
  readonly spill: SpillStats | undefined;
}

/** What a method's promise resolves to: a receipt, or undefined if `beforeSend` drops the event. */
export type ReceiptFor<Sent extends Revision> = Sent extends OutgoingEvent ? Receipt : undefined;

/**
 * Puts typed events on a Kinesis data stream: one method per event.
 *
 * A method never throws. Its promise resolves when the stream has confirmed the record (with a
 * `beforeSend` that drops events, to undefined at once for those), and rejects with a
 * {@link ProducerError}. A promise that nobody awaits does not end the process; the failure
 * goes to `onUndeliverable` in any case.
 *
 * Events of one user reach the stream in the order of the calls, retries included: a later event
 * waits for an earlier one until that is confirmed or given up. So one user's events take at least a
 * round trip each. A request without an answer is repeated and may leave a duplicate, with the same
 * event id, never a swap.
 */
export interface Producer<Result extends Receipt | undefined = Receipt>
  extends EventMethods<Result>,
    AsyncDisposable {
  /** Sends what is pending without lingering, and waits for it. Tracking goes on meanwhile. */
  flush(options?: DrainOptions): Promise<FlushResult>;
  /**
   * Refuses new events, waits for the pending ones and lets go of connections. What is not
   * delivered after `timeoutMs` becomes undeliverable, or is `kept` in the spill directory. May be
   * called again, with a shorter timeout.
   */
  close(options?: DrainOptions): Promise<FlushResult>;
  /** What is held now, and what has happened so far. */
  stats(): ProducerStats;
}

/**
 * Makes a producer for one stream. Make one per process and share it: order holds within a producer.
 *
 * @throws ProducerError `invalid_option`
 */
export function createProducer<Sent extends Revision = OutgoingEvent>(
  options: ProducerOptions<Sent>,
): Producer<ReceiptFor<Sent>>;
export function createProducer(options: ProducerOptions<Revision>): Producer<Receipt | undefined> {
  const resolved = resolveOptions(options);
  const spill = resolved.spill && openSpill(resolved.spill, resolved.streamName);
  const transport = resolved.transport ?? createKinesisTransport(resolved);
  const report = createFailureReport(resolved.onUndeliverable);
  const telemetry = createTelemetry(resolved, () => engine.stats());
  const engine = new Engine(transport, resolved, report, telemetry, createWarner(), spill);
  const { beforeSend, maxRecordBytes } = resolved;
  let drained: Promise<FlushResult> | undefined;
  let filtered = 0;

  const track = (contract: WriterContract, input: unknown): Promise<Receipt | undefined> => {
    try {
      if (drained !== undefined) {
        throw new ProducerError('closed', 'the producer is closed; track events before close()');
      }
      const fields =
        beforeSend === undefined
          ? snapshot(contract.type, input, maxRecordBytes)
          : revise(contract, input, beforeSend, maxRecordBytes);
      if (fields !== undefined) return engine.track(contract, fields);
      filtered += 1;
      telemetry.filtered();
      return Promise.resolve(undefined);
    } catch (error) {
      return engine.refuse(contract.type, input, ProducerError.from(error, 'invalid_event'));
    }
  };

  const drain = async (): Promise<FlushResult> => {
    const result = await engine.flush();
    resolved.signal?.removeEventListener('abort', abort);
    telemetry.end();
    spill?.close();
    transport.destroy?.();
    return result;
  };

  const close = async ({ timeoutMs }: DrainOptions = {}): Promise<FlushResult> => {
    const limitMs = resolveTimeoutMs(timeoutMs);
    drained ??= drain();
    if (limitMs === undefined) return drained;
    const timer = setTimeout(() => engine.abort(`close() had ${limitMs} ms`), limitMs);
    return drained.finally(() => clearTimeout(timer));
  };

  const abort = (): void => {
    drained ??= drain();
    engine.abort('the producer was aborted', resolved.signal?.reason);
  };
  resolved.signal?.addEventListener('abort', abort, { once: true });
  if (resolved.signal?.aborted === true) abort();

  return {
    ...eventMethods(track),
    flush: async ({ timeoutMs } = {}) => engine.flush(resolveTimeoutMs(timeoutMs)),
    close,
    stats: () => ({ ...engine.stats(), filtered, spill: spill?.stats() }),
    [Symbol.asyncDispose]: async () => void (await close()),
  };
}
