import { constants } from 'node:os';
import type { Producer } from './create-producer.ts';
import type { FlushResult } from './flush-waiters.ts';
import { resolveTimeoutMs } from './resolve-options.ts';
import { runCallback } from './run-callback.ts';
import { createWarner } from './warner.ts';

/** Options of {@link drainOnSignal}. */
export interface DrainOnSignalOptions {
  /** Default: `SIGTERM`, which orchestrators send, and `SIGINT`, which Ctrl-C sends. */
  readonly signals?: readonly NodeJS.Signals[] | undefined;
  /**
   * From the signal to the end of the process: `before` and the drain together. 0..86,400,000,
   * default 25,000: Kubernetes and Amazon ECS kill after 30 s by default, `docker stop` after 10.
   * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Stops what tracks events, so that requests under way can still track theirs:
   * `() => app.close()`. It is waited for, but for no more than half of `timeoutMs`: a request that
   * hangs must not cost the events of all others.
   */
  readonly before?: ((signal: NodeJS.Signals) => unknown) | undefined;
  /**
   * Told what became of the pending events before the process ends, and waited for as long as
   * `timeoutMs` allows.
   */
  readonly onDrained?: ((result: FlushResult) => unknown) | undefined;
}

const DEFAULT_TIMEOUT_MS = 25_000;

/**
 * Closes a producer when the process is told to end, and then lets the signal end the process as it
 * would have: by the signal itself, or as PID 1 (which signals do not end) with code 128 + n. If
 * somebody else listens to the signal, ending the process is left to them.
 *
 * A second signal cuts the waiting short; what is then not delivered becomes undeliverable.
 *
 * Signals reach the main thread only: in a worker thread, close the producer yourself.
 *
 * @returns stops listening; a drain that has begun goes on
 * @throws ProducerError `invalid_option`
 */
export function drainOnSignal(
  producer: Pick<Producer, 'close'>,
  options: DrainOnSignalOptions = {},
): () => void {
  const { signals = ['SIGTERM', 'SIGINT'], before, onDrained } = options;
  const timeoutMs = resolveTimeoutMs(options.timeoutMs) ?? DEFAULT_TIMEOUT_MS;
  const warn = createWarner();
  const hurry = Promise.withResolvers<void>();
  let endsAtMs: number | undefined;
  const leftMs = (): number => Math.max(0, Math.floor((endsAtMs ?? 0) - performance.now()));

  /** Waits for a callback, but no longer than this, and not after a second signal. */
  const allow = async (name: string, callback: () => unknown, limitMs: number): Promise<void> => {
    const limit = Promise.withResolvers<void>();
    const timer = setTimeout(limit.resolve, limitMs);
    await Promise.race([runCallback(warn, name, callback), limit.promise, hurry.promise]);
    clearTimeout(timer);
  };

  const drain = async (signal: NodeJS.Signals): Promise<void> => {
    if (before !== undefined) await allow('before', () => before(signal), timeoutMs / 2);
    const result = await producer.close({ timeoutMs: leftMs() });
    if (onDrained !== undefined) await allow('onDrained', () => onDrained(result), leftMs());
    stop();
    if (process.listenerCount(signal) === 0) endBy(signal);
  };

  const listener = (signal: NodeJS.Signals): void => {
    if (endsAtMs === undefined) {
      endsAtMs = performance.now() + timeoutMs;
      void drain(signal);
    } else {
      endsAtMs = 0;
      hurry.resolve();
      void producer.close({ timeoutMs: 0 });
    }
  };
  const stop = (): void => {
    for (const signal of signals) process.off(signal, listener);
  };
  for (const signal of signals) process.on(signal, listener);
  return stop;
}

/** Nobody listens any more, so the signal has its default effect, except on PID 1. */
function endBy(signal: NodeJS.Signals): void {
  if (process.pid === 1) process.exit(128 + constants.signals[signal]);
  process.kill(process.pid, signal);
}
