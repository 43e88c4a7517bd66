import { fullJitterMs } from './backoff.ts';
import { givenUp } from './delivery-errors.ts';
import type { Observer } from './observer.ts';
import type { OrderedBuffer } from './ordered-buffer.ts';
import type { Outgoing } from './outgoing.ts';
import { reasonOf } from './producer-error.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import type { Settlement } from './settlement.ts';
import type { Counters } from './stats.ts';
import type { StreamView } from './stream-view.ts';
import type { TrackedEvent } from './tracked-event.ts';
import type { RecordResult, Transport, TransportFault } from './transport.ts';

const THROTTLED = 'ProvisionedThroughputExceededException';

type Sent = Outgoing<TrackedEvent>;
type Placed = RecordResult & { ok: true };

interface Dependencies {
  readonly buffer: OrderedBuffer<TrackedEvent>;
  readonly options: ResolvedOptions;
  readonly counters: Counters;
  readonly observer: Observer;
  readonly settlement: Settlement;
  readonly transport: Transport;
  readonly view: StreamView;
  /** Looks at the stream anew and routes by what it sees. */
  readonly look: () => Promise<void>;
  /** Events were settled or held later than in the call. */
  readonly goOn: () => void;
  /** There is a log: what the stream refuses need not be given up. */
  readonly hasLog: boolean;
}

/** Why the stream refused a request, and would refuse any other. */
export interface Refusal {
  readonly message: string;
  readonly cause: unknown;
  /** The deadline of one of the request's events has come. */
  readonly isLate: boolean;
}

/** What the answer to a request, or its absence, means for each of the events. */
export class Answers {
  readonly #to: Dependencies;
  #failuresInARow = 0;
  /** No request should be opened before this time: the last ones all failed. */
  pausedUntilMs = 0;
  /** With a log, that of the last request. */
  refusal: Refusal | undefined;
  /** Nothing is settled any more. */
  #ended = false;

  constructor(dependencies: Dependencies) {
    this.#to = dependencies;
  }

  end(): void {
    this.#ended = true;
  }

  /** The stream has answered, record by record. */
  settle(batch: readonly Sent[], results: readonly RecordResult[]): void {
    this.#failuresInARow = 0;
    this.refusal = undefined;
    this.pausedUntilMs = 0;
    const nowMs = performance.now();
    const waitMs = this.#to.settlement.backoff();
    batch.forEach((record, index) => {
      const result = results[index];
      if (result?.ok === true) {
        this.#settlePlaced(record, result, nowMs);
      } else {
        this.#notePace(record, result?.code, nowMs);
        const code = result?.code ?? 'IncompleteResult';
        this.#to.settlement.retry(record.entries, nowMs, waitMs, result, code);
      }
    });
  }

  #notePace({ queue: { shard, pacer } }: Sent, code: string | undefined, nowMs: number): void {
    if (code !== THROTTLED) return;
    this.#to.observer.throttled(shard?.shardId, 1);
    if (shard === undefined) return; // all shards are one queue: the others must not suffer
    pacer.throttled(nowMs);
    this.#to.buffer.updatePace();
  }

  #settlePlaced(record: Sent, result: Placed, nowMs: number): void {
    const { shard, pacer } = record.queue;
    pacer.accepted(1, record.bytes, nowMs);
    if (shard !== undefined && shard.shardId !== result.shardId) {
      void this.#settleMisplaced(record, result);
      return;
    }
    for (const entry of record.entries) this.#to.settlement.deliver(entry, result, nowMs);
  }

  /**
   * The stream was resharded. An aggregate went where its prediction said, and some of its events
   * may belong elsewhere now: those are sent again, before any later event of their users. Readers
   * that follow KCL skip events which are not of their shard; others see an event twice, by its id.
   */
  async #settleMisplaced(record: Sent, result: Placed): Promise<void> {
    const { shardId } = result;
    const isAggregate = this.#to.options.aggregation !== undefined;
    if (this.#to.view.shards?.has(shardId) !== true) {
      const looked = this.#to.look();
      if (isAggregate) await this.#beforeDeadline(record, looked);
    }
    if (this.#ended) return;
    const nowMs = performance.now();
    const shards = this.#to.view.shards;
    const misplaced = record.entries.filter(
      (entry) =>
        isAggregate &&
        shards?.holds(shardId, entry.partitionKey) !== true &&
        !this.#to.buffer.isExpired(entry, nowMs), // it is in the stream, if not where it should be
    );
    const moved = new Set(misplaced);
    for (const entry of record.entries) {
      if (!moved.has(entry)) this.#to.settlement.deliver(entry, result, nowMs);
    }
    this.#to.settlement.retry(misplaced, nowMs, () => 0, undefined, 'WrongShard');
    this.#to.goOn();
  }

  /** Waits, but no longer than the first of the events can. */
  async #beforeDeadline({ entries }: Sent, done: Promise<void>): Promise<void> {
    const expireAtMs = Math.min(...entries.map((entry) => this.#to.buffer.expireAtOf(entry)));
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.max(0, Math.ceil(expireAtMs - performance.now())));
    await Promise.race([done, promise]);
    clearTimeout(timer);
  }

  /** The request failed as a whole; it is not known what became of its records. */
  fail(batch: readonly Sent[], error: unknown): void {
    const nowMs = performance.now();
    const fault = this.#explain(error);
    const isKept = fault.kind === 'fatal' && this.#to.hasLog;
    this.refusal = isKept
      ? {
          message: fault.message,
          cause: error,
          isLate: batch.some(({ entries }) =>
            entries.some((entry) => this.#to.buffer.isExpired(entry, nowMs)),
          ),
        }
      : undefined;
    this.#to.counters.failedRequests += 1;
    if (fault.kind !== 'refused') this.#failuresInARow += 1;
    // As many failures in a row as requests can be open: it is not one request but the service.
    const beyond = this.#failuresInARow - this.#to.options.maxOpenRequests;
    if (beyond > 0) {
      this.pausedUntilMs = nowMs + fullJitterMs(this.#to.options, beyond, Math.random());
    }
    const waitMs = this.#to.settlement.backoff();
    const reason = error instanceof Error ? error.name : 'Error';
    const isSingle = batch.length === 1 && batch[0]?.entries.length === 1;
    for (const record of batch) {
      if (isKept) {
        // Also if a deadline has come: the engine then leaves everything in the log.
        for (const entry of record.entries) {
          this.#to.buffer.hold(entry, nowMs + waitMs(entry.attempts));
        }
      } else if (fault.kind === 'transient') {
        this.#to.settlement.retry(record.entries, nowMs, waitMs, error, reason);
      } else if (fault.kind === 'refused' && !isSingle) {
        // One of them is to blame. Apart, only that one fails.
        for (const entry of record.entries) {
          entry.alone = true;
          this.#to.buffer.hold(entry, nowMs);
        }
      } else {
        const givenUpFor = givenUp(fault.message, error);
        for (const entry of record.entries) this.#to.settlement.giveUp(entry, givenUpFor);
      }
    }
  }

  #explain(error: unknown): TransportFault {
    return (
      this.#to.transport.explainFault?.(error) ?? { kind: 'transient', message: reasonOf(error) }
    );
  }
}
