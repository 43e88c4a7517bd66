import { Admission } from './admission.ts';
import { AlarmClock } from './alarm-clock.ts';
import { Answers } from './answers.ts';
import { ByteArena } from './byte-arena.ts';
import { givenUp } from './delivery-errors.ts';
import type { ReportFailure } from './failure-report.ts';
import { type FlushResult, FlushWaiters } from './flush-waiters.ts';
import { Intake } from './intake.ts';
import type { Observer } from './observer.ts';
import { OpenRequests } from './open-requests.ts';
import { OrderedBuffer } from './ordered-buffer.ts';
import type { Outgoing } from './outgoing.ts';
import type { Receipt } from './receipt.ts';
import { createRecordWriter, type WriteRecords } from './record-writer.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import type { WriterContract } from './seal-event.ts';
import { Settlement } from './settlement.ts';
import type { Snapshot } from './snapshot.ts';
import type { Spill } from './spill/spill.ts';
import { Counters, type ProducerStats, statsOf } from './stats.ts';
import { StreamView, type View } from './stream-view.ts';
import type { TrackedEvent } from './tracked-event.ts';
import type { RecordResult, Transport } from './transport.ts';
import type { Warn } from './warner.ts';

/** A stream that was refused is looked at again after this. */
const LOOK_INTERVAL_MS = 10_000;

/** With requests open, an event may linger so many times as long; see the option. */
const LINGERS_WHEN_BUSY = 5;

type Batch = readonly Outgoing<TrackedEvent>[];

/**
 * The shell around {@link OrderedBuffer}: keeps requests open, keeps the time, settles promises.
 *
 * There is one timer, and only while events are pending. It keeps the process alive, for at most
 * the delivery timeout; an idle producer never does.
 */
export class Engine {
  readonly #options: ResolvedOptions;
  readonly #observer: Observer;
  readonly #buffer: OrderedBuffer<TrackedEvent>;
  readonly #requests: OpenRequests;
  readonly #view: StreamView;
  readonly #write: WriteRecords;
  readonly #arena = new ByteArena();
  readonly #intake = new Intake((events) => this.#takeIn(events));
  readonly #flushes = new FlushWaiters();
  readonly #counters = new Counters();
  readonly #settlement: Settlement;
  readonly #admission: Admission;
  readonly #answers: Answers;
  readonly #clock = new AlarmClock(() => this.#pump());
  #aborted = false;
  /** Nothing is sent before the stream has been looked at. */
  #stream: 'unseen' | 'looking' | 'seen';
  #looking: Promise<void> | undefined;
  #refusal: { readonly message: string; readonly untilMs: number } | undefined;
  readonly #spill: Spill | undefined;
  readonly #warn: Warn;
  /** The stream refuses, and what is tracked stays in the log. */
  #halted: { readonly message: string; readonly cause: unknown } | undefined;

  constructor(
    transport: Transport,
    options: ResolvedOptions,
    report: ReportFailure,
    observer: Observer,
    warn: Warn,
    spill?: Spill,
  ) {
    this.#spill = spill;
    this.#warn = warn;
    this.#options = options;
    this.#observer = observer;
    this.#buffer = new OrderedBuffer(options);
    this.#requests = new OpenRequests(transport, options.requestTimeoutMs);
    this.#view = new StreamView(transport, options, warn);
    const parts = { buffer: this.#buffer, options, counters: this.#counters, observer, spill };
    this.#settlement = new Settlement({ ...parts, flushes: this.#flushes, report });
    this.#write = createRecordWriter(options.aggregation);
    const mayLook = transport.describeStream !== undefined || options.aggregation !== undefined;
    this.#stream = mayLook ? 'unseen' : 'seen';
    const arena = this.#arena;
    this.#admission = new Admission({ ...parts, arena, settlement: this.#settlement, warn });
    this.#answers = new Answers({
      ...parts,
      settlement: this.#settlement,
      transport,
      view: this.#view,
      look: () => this.#lookAgain(),
      goOn: () => this.#clock.ringSoon(),
      hasLog: spill !== undefined,
    });
    const nowMs = performance.now();
    this.#admission.restore(nowMs);
    this.#goOn(nowMs);
  }

  /**
   * Queues an event. Rejects with `invalid_event`, `record_too_large`, `buffer_full`, `dropped`,
   * `undeliverable` or `kept`.
   *
   * @param fields the caller's, copied
   */
  track(contract: WriterContract, fields: Snapshot): Promise<Receipt> {
    const receipt = this.#intake.add(contract, fields);
    // A process that is killed in this turn of the event loop must have it in the log.
    if (this.#spill !== undefined) this.#intake.handOn();
    return receipt;
  }

  /** Turns an event away that never made it into the buffer. */
  refuse(...refused: Parameters<Settlement['refuse']>): Promise<Receipt> {
    return this.#settlement.refuse(...refused);
  }

  /** Sends what is pending without lingering, and waits for it. */
  flush(timeoutMs?: number): Promise<FlushResult> {
    this.#intake.handOn();
    const pending = this.#buffer.records + this.#buffer.waitingRecords;
    const result = this.#flushes.add(this.#buffer.lastOrdinal, pending, timeoutMs);
    this.#pump();
    return result;
  }

  /** Gives up: every pending event becomes undeliverable, open requests are cancelled. */
  abort(reason: string, cause?: unknown): void {
    this.#intake.handOn();
    this.#aborted = true;
    this.#answers.end();
    this.#clock.off();
    this.#view.close();
    this.#requests.cancelAll(reason);
    this.#abandonAll(reason, cause);
  }

  /**
   * The stream refuses, and what it refuses is in the log: that stays there, and what is tracked
   * from now on as well, for a later event must not overtake an earlier one. A new producer sends
   * all of it, in order.
   */
  #halt(message: string, cause: unknown): void {
    this.#halted = { message, cause };
    this.#warn(
      `${message}; events are kept in the spill directory from now on: mend this, then restart, and they are sent`,
    );
    this.abort(message, cause);
  }

  #abandonAll(reason: string, cause: unknown): void {
    for (const entry of this.#buffer.drain()) this.#settlement.abandon(entry, reason, cause);
  }

  stats(): ProducerStats {
    this.#intake.handOn();
    return statsOf(this.#buffer, this.#arena, this.#requests.size, this.#counters);
  }

  /** Checks events, writes them and puts them into the buffer. */
  #takeIn(events: readonly TrackedEvent[]): void {
    const nowMs = performance.now();
    for (const event of events) this.#admission.admit(event, nowMs);
    if (this.#halted === undefined) this.#goOn(nowMs);
    else this.#abandonAll(this.#halted.message, this.#halted.cause);
  }

  /** Events have come: sees to it that they are sent. */
  #goOn(nowMs: number): void {
    if (this.#buffer.records === 0) return;
    if (this.#stream === 'unseen') {
      this.#look(nowMs);
    } else if (this.#buffer.batchIsFull && this.#requests.size < this.#options.maxOpenRequests) {
      this.#clock.ringSoon(); // not at once: who fills a batch must not pay for sending it
    } else if (this.#clock.atMs > nowMs + this.#options.lingerMs) {
      this.#schedule(nowMs);
    }
  }

  /** Finds out about the stream. A hopeless answer fails what is pending. */
  #look(nowMs: number): void {
    if (this.#refusal !== undefined && nowMs < this.#refusal.untilMs) {
      this.#refuseAll(this.#refusal.message);
      return;
    }
    if (this.#stream === 'unseen') this.#stream = 'looking';
    void this.#lookAgain();
    this.#schedule(nowMs);
  }

  /** One look for all the records of a request that landed elsewhere. */
  #lookAgain(): Promise<void> {
    this.#looking ??= this.#view
      .look()
      .then((view) => this.#use(view))
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  #use(view: View): void {
    if (this.#aborted) return;
    if (view.kind === 'router') {
      this.#refusal = undefined;
      this.#stream = 'seen';
      this.#buffer.reroute(view.router);
      this.#pump();
      return;
    }
    const { message } = view;
    if (this.#spill !== undefined) {
      this.#halt(message, undefined);
      return;
    }
    this.#refusal = { message, untilMs: performance.now() + LOOK_INTERVAL_MS };
    this.#stream = 'unseen';
    this.#refuseAll(message);
  }

  #refuseAll(message: string): void {
    for (let entry = this.#buffer.dropOldest(); entry; entry = this.#buffer.dropOldest()) {
      this.#settlement.fail(entry, givenUp(message, undefined));
    }
  }

  /** Opens a request if one is due and allowed. */
  #pump(): void {
    if (this.#aborted) return;
    const nowMs = performance.now();
    if (this.#arena.isSparse) for (const event of this.#buffer.values()) event.compact();
    const { refusal } = this.#answers;
    if (refusal !== undefined && (refusal.isLate || this.#buffer.expireAtMs <= nowMs)) {
      this.#halt(refusal.message, refusal.cause);
      return;
    }
    this.#buffer.wake(nowMs);
    for (const entry of this.#buffer.expire(nowMs)) this.#settlement.expire(entry);
    this.#admission.restore(nowMs);
    if (this.#stream === 'unseen' && this.#buffer.readyRecords > 0) this.#look(nowMs);
    const isDue = this.#sendAtMs(nowMs) <= nowMs;
    const batch = isDue ? this.#buffer.take(nowMs, this.#lingerMs) : [];
    if (batch.length > 0) void this.#send(batch);
    // One request a turn: to write one takes milliseconds, and others have work to do, too.
    if (batch.length > 0 && this.#sendAtMs(nowMs) <= nowMs) this.#clock.ringSoon();
    else this.#schedule(nowMs);
  }

  /** When the next request may be opened, as far as is known now. */
  #sendAtMs(nowMs: number): number {
    const isFree = this.#requests.size < this.#options.maxOpenRequests;
    if (!isFree || this.#stream !== 'seen') return Number.POSITIVE_INFINITY;
    return Math.max(this.#answers.pausedUntilMs, this.#buffer.sendAtMs(nowMs, this.#lingerMs));
  }

  /** How long an event may wait for company now. */
  get #lingerMs(): number {
    if (this.#flushes.size > 0) return 0;
    // Requests of a throttled shard are always open: they must not slow the others down.
    const isBusy = this.#requests.size > 0 && !this.#buffer.isPaced;
    return this.#options.lingerMs * (isBusy ? LINGERS_WHEN_BUSY : 1);
  }

  #schedule(nowMs: number): void {
    const { wakeAtMs, expireAtMs } = this.#buffer;
    this.#clock.set(Math.min(this.#sendAtMs(nowMs), wakeAtMs, expireAtMs), nowMs);
  }

  async #send(batch: Batch): Promise<void> {
    this.#countRequest(batch);
    const outcome = await this.#request(batch).then(
      (results) => ({ results }),
      (error: unknown) => ({ error }),
    );
    if (this.#aborted) return;
    if ('results' in outcome) this.#answers.settle(batch, outcome.results);
    else this.#answers.fail(batch, outcome.error);
    if (this.#buffer.records === 0) this.#pump();
    else this.#clock.ringSoon(); // to settle hundreds of events was enough for a turn
  }

  async #request(batch: Batch): Promise<readonly RecordResult[]> {
    return this.#requests.send(this.#write(batch));
  }

  #countRequest(batch: Batch): void {
    let events = 0;
    let bytes = 0;
    let retries = 0;
    for (const record of batch) {
      events += record.entries.length;
      bytes += record.bytes;
      for (const { attempts } of record.entries) if (attempts > 1) retries += 1;
    }
    this.#counters.requests += 1;
    this.#counters.records += batch.length;
    this.#counters.retries += retries;
    this.#observer.requestSent({ records: batch.length, events, bytes });
  }
}
