import { fullJitterMs } from './backoff.ts';
import { reasonOf } from './producer-error.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import { NO_ROUTER, type Router } from './router.ts';
import { createShardRouter, type ShardRouter } from './shard-router.ts';
import type { StreamDescription, Transport, TransportFault } from './transport.ts';
import type { Warn } from './warner.ts';

/** Not more often than this is a stream looked at. */
const LOOK_INTERVAL_MS = 1_000;

/** What became of a look at the stream. */
export type View =
  | { readonly kind: 'router'; readonly router: Router }
  /** The stream cannot be written to as this producer must. */
  | { readonly kind: 'refused'; readonly message: string };

/**
 * What the producer knows of its stream. Looks when asked, one look at a time, and again until it
 * has an answer; a producer that does not aggregate can do without one.
 */
export class StreamView {
  readonly #transport: Transport;
  readonly #options: ResolvedOptions;
  readonly #warn: Warn;
  readonly #controller = new AbortController();
  #shards: ShardRouter | undefined;
  #looking: Promise<View> | undefined;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(transport: Transport, options: ResolvedOptions, warn: Warn) {
    this.#transport = transport;
    this.#options = options;
    this.#warn = warn;
  }

  /** The shards as they were last seen; undefined if they never were. */
  get shards(): ShardRouter | undefined {
    return this.#shards;
  }

  /** Never rejects. */
  look(): Promise<View> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Gives up a look that is under way. */
  close(): void {
    this.#controller.abort();
  }

  async #look(): Promise<View> {
    const { aggregation } = this.#options;
    await this.#pause(this.#lookedAtMs + LOOK_INTERVAL_MS - performance.now());
    this.#lookedAtMs = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return this.#take(await this.#describe());
      } catch (error) {
        const fault = this.#explain(error);
        if (aggregation === undefined || this.#controller.signal.aborted) return this.#asBefore();
        if (fault.kind !== 'transient') return { kind: 'refused', message: fault.message };
        await this.#pause(fullJitterMs(this.#options, attempt, Math.random()));
      }
    }
  }

  async #describe(): Promise<StreamDescription | undefined> {
    const { requestTimeoutMs } = this.#options;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), requestTimeoutMs);
    const signal = AbortSignal.any([this.#controller.signal, timeout.signal]);
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(new Error('no answer about the stream')));
    try {
      return await Promise.race([this.#transport.describeStream?.({ signal }), promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #take(description: StreamDescription | undefined): View {
    const { aggregation, streamName } = this.#options;
    const { shards, ignoresPartitionKeys = false, problems = [] } = description ?? {};
    if (ignoresPartitionKeys) {
      return {
        kind: 'refused',
        message: `the stream '${streamName}' spreads records over its shards without regard to partition keys (RecordDistributionStrategy AUTO), so a user's events would not stay in order; set it to USER_PARTITION_KEY with UpdateStreamRecordDistributionStrategy`,
      };
    }
    if (shards !== undefined && shards.length > 0) {
      this.#shards = createShardRouter(shards, aggregation?.buckets ?? 1);
    } else if (aggregation !== undefined) {
      return {
        kind: 'refused',
        message: `events are aggregated by shard, and the shards of '${streamName}' are not known: ${problems.join('; ') || 'the transport does not describe its stream'}; or turn aggregation off`,
      };
    }
    for (const problem of problems) this.#warn(problem);
    return this.#asBefore();
  }

  #asBefore(): View {
    return { kind: 'router', router: this.#shards ?? NO_ROUTER };
  }

  #explain(error: unknown): TransportFault {
    return this.#transport.explainFault?.(error) ?? { kind: 'transient', message: reasonOf(error) };
  }

  #pause(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#controller.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
    return promise;
  }
}
