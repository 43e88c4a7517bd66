import type { EventType } from '@clickstream/events';
import { fullJitterMs } from './backoff.ts';
import { bufferFull, deadlineMissed, givenUp } from './delivery-errors.ts';
import type { Envelope } from './envelope.ts';
import type { ReportFailure } from './failure-report.ts';
import { type FlushResult, FlushWaiters } from './flush-waiters.ts';
import type { ResolvedOptions } from './options.ts';
import { type Entry, OrderedBuffer } from './ordered-buffer.ts';
import { type ProducerError, reasonOf } from './producer-error.ts';
import type { Receipt } from './receipt.ts';
import type { RecordResult, Transport, TransportFault } from './transport.ts';

/** A snapshot of the producer; the counts are since its creation. */
export interface ProducerStats {
  /** Events held in the buffer, open requests included. */
  readonly bufferedRecords: number;
  readonly bufferedBytes: number;
  /** Events that wait for room in the buffer. */
  readonly waitingRecords: number;
  readonly openRequests: number;
  /** Requests sent, whatever came of them. */
  readonly requests: number;
  /** Requests that failed as a whole. */
  readonly failedRequests: number;
  /** Times that a record was sent again. */
  readonly retries: number;
  readonly delivered: number;
  /** Events that were queued or refused and will not reach the stream. */
  readonly failed: number;
  /**
   * Valid events that were tracked although they, or fields that they set, are deprecated, by what
   * is: `{ 'page_view.title': 12 }`. Find out who sends them before the next major version does.
   */
  readonly deprecated: Readonly<Record<string, number>>;
}

/** An event in the buffer, with its caller's promise. */
interface Pending {
  readonly envelope: Envelope;
  readonly receipt: PromiseWithResolvers<Receipt>;
  /** An error, or the result that the stream gave for this record. */
  lastFailure: unknown;
}

/**
 * The shell around {@link OrderedBuffer}: keeps requests open, keeps the time, settles promises.
 *
 * There is one timer, and only while events are pending. It keeps the process alive, for at most
 * the delivery timeout; an idle producer never does.
 */
export class Engine {
  readonly #transport: Transport;
  readonly #options: ResolvedOptions;
  readonly #report: ReportFailure;
  readonly #buffer: OrderedBuffer<Pending>;
  /** One function per open request, which cancels it. */
  readonly #open = new Set<(reason: Error) => void>();
  readonly #flushes = new FlushWaiters();
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #immediate: NodeJS.Immediate | undefined;
  #aborted = false;
  /** No request is opened before this time: the last ones all failed. */
  #pausedUntilMs = 0;
  #failuresInARow = 0;
  #requests = 0;
  #failedRequests = 0;
  #retries = 0;
  #delivered = 0;
  #failed = 0;
  readonly #deprecated = new Map<string, number>();

  constructor(transport: Transport, options: ResolvedOptions, report: ReportFailure) {
    this.#transport = transport;
    this.#options = options;
    this.#report = report;
    this.#buffer = new OrderedBuffer(options);
  }

  /** Queues an event. Rejects with `buffer_full` or `undeliverable`. */
  enqueue(envelope: Envelope): Promise<Receipt> {
    const nowMs = performance.now();
    const { partitionKey, bytes } = envelope;
    for (const key of envelope.deprecated) {
      this.#deprecated.set(key, (this.#deprecated.get(key) ?? 0) + 1);
    }
    const receipt = Promise.withResolvers<Receipt>();
    const pending: Pending = { envelope, receipt, lastFailure: undefined };
    if (this.#buffer.add(pending, partitionKey, bytes, nowMs) === undefined) {
      this.#reject(pending, bufferFull(this.#options));
    } else if (this.#buffer.batchIsFull && this.#open.size < this.#options.maxOpenRequests) {
      this.#pumpSoon();
    } else if (this.#timerAtMs > this.#buffer.dueAtMs || this.#timer === undefined) {
      this.#schedule(nowMs);
    }
    return receipt.promise;
  }

  /** Turns an event away that never made it into the buffer. */
  refuse(eventType: EventType, input: unknown, error: ProducerError): Promise<Receipt> {
    this.#failed += 1;
    const refusal: Promise<Receipt> = Promise.reject(error);
    markHandled(refusal);
    this.#report({ eventType, eventId: undefined }, () => input, error);
    return refusal;
  }

  /** Sends what is pending without lingering, and waits for it. */
  flush(timeoutMs?: number): Promise<FlushResult> {
    const pending = this.#buffer.records + this.#buffer.waitingRecords;
    const result = this.#flushes.add(this.#buffer.lastOrdinal, pending, timeoutMs);
    this.#pump();
    return result;
  }

  /** Gives up: every pending event becomes undeliverable, open requests are cancelled. */
  abort(reason: string, cause?: unknown): void {
    this.#aborted = true;
    this.#clearTimer();
    clearImmediate(this.#immediate);
    for (const cancel of this.#open) cancel(new Error(reason));
    for (const entry of this.#buffer.drain()) {
      this.#fail(entry, givenUp(reason, cause));
    }
  }

  stats(): ProducerStats {
    return {
      bufferedRecords: this.#buffer.records,
      bufferedBytes: this.#buffer.bytes,
      waitingRecords: this.#buffer.waitingRecords,
      openRequests: this.#open.size,
      requests: this.#requests,
      failedRequests: this.#failedRequests,
      retries: this.#retries,
      delivered: this.#delivered,
      failed: this.#failed,
      deprecated: Object.fromEntries(this.#deprecated),
    };
  }

  /** Opens as many requests as are due and allowed. */
  #pump(): void {
    if (this.#aborted) return;
    const nowMs = performance.now();
    this.#buffer.wake(nowMs);
    for (const entry of this.#buffer.expire(nowMs)) this.#fail(entry, this.#expired(entry));
    while (this.#sendAtMs(nowMs) <= nowMs) void this.#send(this.#buffer.take());
    this.#schedule(nowMs);
  }

  /** Not at once: a call that fills a batch must not pay for sending it. */
  #pumpSoon(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.#pump();
    });
  }

  /** When the next request may be opened, as far as is known now. */
  #sendAtMs(nowMs: number): number {
    if (this.#open.size >= this.#options.maxOpenRequests || this.#buffer.readyRecords === 0) {
      return Number.POSITIVE_INFINITY;
    }
    const lingers = this.#flushes.size === 0 && !this.#buffer.batchIsFull;
    return Math.max(this.#pausedUntilMs, lingers ? this.#buffer.dueAtMs : nowMs);
  }

  #schedule(nowMs: number): void {
    const atMs = Math.min(this.#sendAtMs(nowMs), this.#buffer.wakeAtMs, this.#buffer.expireAtMs);
    if (atMs === this.#timerAtMs) return;
    this.#clearTimer();
    if (atMs === Number.POSITIVE_INFINITY) return;
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(
      () => {
        this.#clearTimer();
        this.#pump();
      },
      Math.max(0, Math.ceil(atMs - nowMs)),
    );
  }

  #clearTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
  }

  async #send(batch: readonly Entry<Pending>[]): Promise<void> {
    this.#requests += 1;
    for (const entry of batch) if (entry.attempts > 1) this.#retries += 1;
    const outcome = await this.#request(batch).then(
      (results) => ({ results }),
      (error: unknown) => ({ error }),
    );
    if (this.#aborted) return;
    if ('results' in outcome) this.#settle(batch, outcome.results);
    else this.#settleFailure(batch, outcome.error);
    this.#pump();
  }

  /** One request, no longer than its timeout, even if the transport does not heed the signal. */
  async #request(batch: readonly Entry<Pending>[]): Promise<readonly RecordResult[]> {
    const controller = new AbortController();
    const cut = Promise.withResolvers<never>();
    const cancel = (reason: Error): void => {
      controller.abort(reason);
      cut.reject(reason);
    };
    const { requestTimeoutMs } = this.#options;
    const timer = setTimeout(() => {
      cancel(new Error(`no answer within requestTimeoutMs (${requestTimeoutMs} ms)`));
    }, requestTimeoutMs);
    this.#open.add(cancel);
    try {
      const records = batch.map(({ value: { envelope } }) => ({
        partitionKey: envelope.partitionKey,
        data: Buffer.from(envelope.data),
      }));
      const { signal } = controller;
      const results = await Promise.race([
        this.#transport.putRecords(records, { signal }),
        cut.promise,
      ]);
      if (results.length !== batch.length) {
        throw new Error(`the answer has ${results.length} results for ${batch.length} records`);
      }
      return results;
    } finally {
      clearTimeout(timer);
      this.#open.delete(cancel);
    }
  }

  #settle(batch: readonly Entry<Pending>[], results: readonly RecordResult[]): void {
    this.#failuresInARow = 0;
    this.#pausedUntilMs = 0;
    const nowMs = performance.now();
    const waitMs = this.#backoff();
    batch.forEach((entry, index) => {
      const result = results[index];
      if (result?.ok === true) this.#deliver(entry, result);
      else this.#retry(entry, nowMs, waitMs, result);
    });
  }

  #settleFailure(batch: readonly Entry<Pending>[], error: unknown): void {
    const nowMs = performance.now();
    const fault = this.#explain(error);
    this.#failedRequests += 1;
    if (fault.kind !== 'refused') this.#failuresInARow += 1;
    // As many failures in a row as requests can be open: it is not one request but the service.
    const beyond = this.#failuresInARow - this.#options.maxOpenRequests;
    if (beyond > 0) {
      this.#pausedUntilMs = nowMs + fullJitterMs(this.#options, beyond, Math.random());
    }
    const waitMs = this.#backoff();
    for (const entry of batch) {
      if (fault.kind === 'transient') {
        this.#retry(entry, nowMs, waitMs, error);
      } else if (fault.kind === 'refused' && batch.length > 1) {
        // One of them is to blame. Apart, only that one fails.
        entry.alone = true;
        this.#buffer.hold(entry, nowMs);
      } else {
        this.#buffer.settle(entry);
        this.#fail(entry, givenUp(fault.message, error));
      }
    }
  }

  #explain(error: unknown): TransportFault {
    return this.#transport.explainFault?.(error) ?? { kind: 'transient', message: reasonOf(error) };
  }

  /**
   * One wait per number of attempts: the failed records of one request come back together, so that
   * a retry is a batch again.
   */
  #backoff(): (attempts: number) => number {
    const waits = new Map<number, number>();
    return (attempts) => {
      const known = waits.get(attempts);
      if (known !== undefined) return known;
      const waitMs = fullJitterMs(this.#options, attempts, Math.random());
      waits.set(attempts, waitMs);
      return waitMs;
    };
  }

  #retry(
    entry: Entry<Pending>,
    nowMs: number,
    waitMs: (attempts: number) => number,
    failure: unknown,
  ): void {
    entry.value.lastFailure = failure;
    if (this.#buffer.isExpired(entry, nowMs)) {
      this.#buffer.settle(entry);
      this.#fail(entry, this.#expired(entry));
    } else {
      this.#buffer.hold(entry, nowMs + waitMs(entry.attempts));
    }
  }

  #deliver(entry: Entry<Pending>, { shardId, sequenceNumber }: RecordResult & { ok: true }): void {
    this.#buffer.settle(entry);
    this.#delivered += 1;
    const { envelope, receipt } = entry.value;
    const { eventId } = envelope;
    receipt.resolve({ eventId, shardId, sequenceNumber, attempts: entry.attempts });
    this.#flushes.count(entry.ordinal, 'delivered');
  }

  #fail(entry: Entry<Pending>, error: ProducerError): void {
    this.#reject(entry.value, error);
    this.#flushes.count(entry.ordinal, 'failed');
  }

  #reject({ envelope, receipt }: Pending, error: ProducerError): void {
    this.#failed += 1;
    markHandled(receipt.promise);
    receipt.reject(error);
    this.#report(envelope, () => JSON.parse(envelope.data), error);
  }

  #expired({ attempts, value }: Entry<Pending>): ProducerError {
    return deadlineMissed(this.#options, attempts, value.lastFailure);
  }
}

/** The failure is reported besides: a caller who does not await must not end the process. */
function markHandled(promise: Promise<unknown>): void {
  promise.catch(() => undefined);
}
