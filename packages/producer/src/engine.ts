import { AlarmClock } from './alarm-clock.ts';
import { fullJitterMs } from './backoff.ts';
import { bufferFull, displaced, givenUp, logFull } from './delivery-errors.ts';
import type { ReportFailure } from './failure-report.ts';
import { type FlushResult, FlushWaiters } from './flush-waiters.ts';
import { Intake } from './intake.ts';
import type { Entry } from './lane.ts';
import type { Observer } from './observer.ts';
import { OpenRequests } from './open-requests.ts';
import type { ResolvedOptions } from './options.ts';
import { OrderedBuffer, type Outgoing } from './ordered-buffer.ts';
import { ProducerError, reasonOf } from './producer-error.ts';
import type { Receipt } from './receipt.ts';
import { createRecordWriter, type WriteRecord } from './record-writer.ts';
import { sealEvent, type WriterContract } from './seal-event.ts';
import { Settlement } from './settlement.ts';
import type { Snapshot } from './snapshot.ts';
import type { BacklogEntry } from './spill/backlog.ts';
import type { Spill } from './spill/spill.ts';
import { Counters, type ProducerStats, statsOf } from './stats.ts';
import { StreamView, type View } from './stream-view.ts';
import { TrackedEvent } from './tracked-event.ts';
import type { RecordResult, Transport, TransportFault } from './transport.ts';
import type { Warn } from './warner.ts';

const THROTTLED = 'ProvisionedThroughputExceededException';
/** A key with so many events in the buffer takes more than one round trip after the other gives. */
const HOT_KEY_RECORDS = 1_000;
/** A stream that was refused is looked at again after this. */
const LOOK_INTERVAL_MS = 10_000;

/** With requests open, an event may linger so many times as long; see the option. */
const LINGERS_WHEN_BUSY = 5;

type Batch = readonly Outgoing<TrackedEvent>[];
type Placed = RecordResult & { ok: true };

/**
 * The shell around {@link OrderedBuffer}: keeps requests open, keeps the time, settles promises.
 *
 * There is one timer, and only while events are pending. It keeps the process alive, for at most
 * the delivery timeout; an idle producer never does.
 */
export class Engine {
  readonly #transport: Transport;
  readonly #options: ResolvedOptions;
  readonly #observer: Observer;
  readonly #warn: Warn;
  readonly #buffer: OrderedBuffer<TrackedEvent>;
  readonly #requests: OpenRequests;
  readonly #view: StreamView;
  readonly #write: WriteRecord;
  readonly #intake = new Intake((events) => this.#takeIn(events));
  readonly #flushes = new FlushWaiters();
  readonly #counters = new Counters();
  readonly #settlement: Settlement;
  readonly #clock = new AlarmClock(() => this.#pump());
  #aborted = false;
  /** Nothing is sent before the stream has been looked at. */
  #stream: 'unseen' | 'looking' | 'seen';
  #refusal: { readonly message: string; readonly untilMs: number } | undefined;
  /** No request is opened before this time: the last ones all failed. */
  #pausedUntilMs = 0;
  #failuresInARow = 0;
  readonly #spill: Spill | undefined;
  #restored: BacklogEntry | undefined;

  constructor(
    transport: Transport,
    options: ResolvedOptions,
    report: ReportFailure,
    observer: Observer,
    warn: Warn,
    spill?: Spill,
  ) {
    this.#spill = spill;
    this.#transport = transport;
    this.#options = options;
    this.#observer = observer;
    this.#warn = warn;
    this.#buffer = new OrderedBuffer(options);
    this.#requests = new OpenRequests(transport, options.requestTimeoutMs);
    this.#view = new StreamView(transport, options, warn);
    this.#settlement = new Settlement({
      buffer: this.#buffer,
      options,
      counters: this.#counters,
      observer,
      flushes: this.#flushes,
      report,
      spill,
    });
    this.#write = createRecordWriter(options.aggregation);
    const mayLook = transport.describeStream !== undefined || options.aggregation !== undefined;
    this.#stream = mayLook ? 'unseen' : 'seen';
    this.#buffer.isRestoring = spill !== undefined;
    this.#restore(performance.now());
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
    this.#clock.off();
    this.#view.close();
    this.#requests.cancelAll(reason);
    for (const entry of this.#buffer.drain()) this.#settlement.abandon(entry, reason, cause);
  }

  stats(): ProducerStats {
    this.#intake.handOn();
    return statsOf(this.#buffer, this.#requests.size, this.#counters);
  }

  /** Checks events, writes them and puts them into the buffer. */
  #takeIn(events: readonly TrackedEvent[]): void {
    const nowMs = performance.now();
    for (const event of events) {
      try {
        if (event.contract !== undefined) {
          sealEvent(event, event.contract, this.#options.maxRecordBytes);
        }
        this.#enqueue(event, nowMs);
      } catch (error) {
        this.#settlement.reject(event, ProducerError.from(error, 'invalid_event'));
      }
    }
    if (this.#buffer.records === 0) return;
    if (this.#stream === 'unseen') {
      this.#look(nowMs);
    } else if (this.#buffer.batchIsFull && this.#requests.size < this.#options.maxOpenRequests) {
      this.#clock.ringSoon(); // not at once: who fills a batch must not pay for sending it
    } else if (this.#clock.atMs > nowMs + this.#options.lingerMs) {
      this.#schedule(nowMs);
    }
  }

  #enqueue(event: TrackedEvent, nowMs: number): void {
    if (event.deprecated.length > 0) this.#counters.countDeprecated(event.deprecated);
    const entry = this.#add(event, nowMs);
    if (entry === undefined) {
      this.#settlement.reject(event, bufferFull(this.#options));
    } else if (!this.#keep(event)) {
      this.#buffer.withdraw(entry);
      this.#settlement.fail(entry, logFull(this.#options.spill?.maxBytes ?? 0));
    }
    if (entry?.lane.records === HOT_KEY_RECORDS) this.#warnOfHotKey(entry.partitionKey);
  }

  #add(event: TrackedEvent, nowMs: number): Entry<TrackedEvent> | undefined {
    const { partitionKey } = event;
    const bytes = event.bytes + this.#options.eventOverheadBytes;
    const buffer = this.#buffer;
    let entry = buffer.add(event, partitionKey, bytes, nowMs);
    if (this.#options.whenFull !== 'drop-oldest') return entry;
    while (entry === undefined) {
      const oldest = buffer.dropOldest();
      if (oldest === undefined) return undefined;
      this.#counters.dropped += 1;
      this.#settlement.fail(oldest, displaced(this.#options));
      entry = buffer.add(event, partitionKey, bytes, nowMs);
    }
    return entry;
  }

  /** Writes an event down; says whether there was room for it. */
  #keep(event: TrackedEvent): boolean {
    if (this.#spill === undefined) return true;
    const { eventType, eventId, partitionKey, json: data } = event;
    const kept = this.#spill.append({ eventType, eventId, partitionKey, data });
    if (kept === 'full') return false;
    event.ticket = kept === 'unprotected' ? undefined : kept;
    return true;
  }

  /** Takes over what ended processes left, as far as there is room. */
  #restore(nowMs: number): void {
    if (!this.#buffer.isRestoring || this.#spill === undefined) return;
    for (;;) {
      this.#restored ??= this.#spill.nextOfBacklog();
      if (this.#restored === undefined) {
        this.#buffer.endRestoring();
        break;
      }
      const event = TrackedEvent.restore(this.#restored.event);
      event.ticket = this.#restored.ticket;
      const bytes = event.bytes + this.#options.eventOverheadBytes;
      if (!this.#buffer.restore(event, event.partitionKey, bytes, nowMs)) break;
      this.#restored = undefined;
    }
    if (this.#buffer.records === 0) return;
    if (this.#stream === 'unseen') this.#look(nowMs);
    else this.#schedule(nowMs);
  }

  #warnOfHotKey(partitionKey: string): void {
    this.#warn(
      `${HOT_KEY_RECORDS} events wait for the partition key '${partitionKey}' alone; a key goes one record after the other, in order, and one shard takes 1,000 records a second: aggregate events, or find out why one user has so many`,
    );
  }

  /** Finds out about the stream. A hopeless answer fails what is pending. */
  #look(nowMs: number): void {
    if (this.#refusal !== undefined && nowMs < this.#refusal.untilMs) {
      this.#refuseAll(this.#refusal.message);
      return;
    }
    if (this.#stream === 'unseen') this.#stream = 'looking';
    void this.#view.look().then((view) => this.#use(view));
    this.#schedule(nowMs);
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
    this.#buffer.wake(nowMs);
    for (const entry of this.#buffer.expire(nowMs)) this.#settlement.expire(entry);
    this.#restore(nowMs);
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
    return Math.max(this.#pausedUntilMs, this.#buffer.sendAtMs(nowMs, this.#lingerMs));
  }

  /** How long an event may wait for company now. */
  get #lingerMs(): number {
    if (this.#flushes.size > 0) return 0;
    return this.#options.lingerMs * (this.#requests.size === 0 ? 1 : LINGERS_WHEN_BUSY);
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
    if ('results' in outcome) this.#settle(batch, outcome.results);
    else this.#settleFailure(batch, outcome.error);
    if (this.#buffer.records === 0) this.#pump();
    else this.#clock.ringSoon(); // to settle hundreds of events was enough for a turn
  }

  async #request(batch: Batch): Promise<readonly RecordResult[]> {
    return this.#requests.send(batch.map((record) => this.#write(record)));
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

  #settle(batch: Batch, results: readonly RecordResult[]): void {
    this.#failuresInARow = 0;
    this.#pausedUntilMs = 0;
    const nowMs = performance.now();
    const waitMs = this.#settlement.backoff();
    batch.forEach((record, index) => {
      const result = results[index];
      if (result?.ok === true) {
        this.#settlePlaced(record, result, nowMs);
      } else {
        this.#notePace(record, result?.code, nowMs);
        const code = result?.code ?? 'IncompleteResult';
        this.#settlement.retry(record.entries, nowMs, waitMs, result, code);
      }
    });
  }

  #notePace(
    { queue: { shard, pacer } }: Outgoing<TrackedEvent>,
    code: string | undefined,
    nowMs: number,
  ): void {
    if (code !== THROTTLED) return;
    this.#observer.throttled(shard?.shardId, 1);
    if (shard === undefined) return; // all shards are one queue: the others must not suffer
    pacer.throttled(nowMs);
    this.#buffer.updatePace();
  }

  #settlePlaced(record: Outgoing<TrackedEvent>, result: Placed, nowMs: number): void {
    const { shard, pacer } = record.queue;
    pacer.accepted(1, record.bytes, nowMs);
    if (shard !== undefined && shard.shardId !== result.shardId) {
      void this.#settleMisplaced(record, result);
      return;
    }
    for (const entry of record.entries) this.#settlement.deliver(entry, result, nowMs);
  }

  /**
   * The stream was resharded. An aggregate went where its prediction said, and some of its events
   * may belong elsewhere now: those are sent again, before any later event of their users. Readers
   * that follow KCL skip events which are not of their shard; others see an event twice, by its id.
   */
  async #settleMisplaced(record: Outgoing<TrackedEvent>, result: Placed): Promise<void> {
    const { shardId } = result;
    const isAggregate = this.#options.aggregation !== undefined;
    if (this.#view.shards?.has(shardId) !== true) {
      const looked = this.#view.look().then((view) => this.#use(view));
      if (isAggregate) await this.#beforeDeadline(record, looked);
    }
    if (this.#aborted) return;
    const nowMs = performance.now();
    const shards = this.#view.shards;
    const misplaced = record.entries.filter(
      (entry) =>
        isAggregate &&
        shards?.holds(shardId, entry.partitionKey) !== true &&
        !this.#buffer.isExpired(entry, nowMs), // it is in the stream, if not where it should be
    );
    const moved = new Set(misplaced);
    for (const entry of record.entries) {
      if (!moved.has(entry)) this.#settlement.deliver(entry, result, nowMs);
    }
    this.#settlement.retry(misplaced, nowMs, () => 0, undefined, 'WrongShard');
    this.#pump();
  }

  /** Waits, but no longer than the first of the events can. */
  async #beforeDeadline({ entries }: Outgoing<TrackedEvent>, done: Promise<void>): Promise<void> {
    const expireAtMs = Math.min(...entries.map((entry) => this.#buffer.expireAtOf(entry)));
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.max(0, Math.ceil(expireAtMs - performance.now())));
    await Promise.race([done, promise]);
    clearTimeout(timer);
  }

  #settleFailure(batch: Batch, error: unknown): void {
    const nowMs = performance.now();
    const fault = this.#explain(error);
    this.#counters.failedRequests += 1;
    if (fault.kind !== 'refused') this.#failuresInARow += 1;
    // As many failures in a row as requests can be open: it is not one request but the service.
    const beyond = this.#failuresInARow - this.#options.maxOpenRequests;
    if (beyond > 0) {
      this.#pausedUntilMs = nowMs + fullJitterMs(this.#options, beyond, Math.random());
    }
    const waitMs = this.#settlement.backoff();
    const reason = error instanceof Error ? error.name : 'Error';
    const isSingle = batch.length === 1 && batch[0]?.entries.length === 1;
    for (const record of batch) {
      if (fault.kind === 'transient') {
        this.#settlement.retry(record.entries, nowMs, waitMs, error, reason);
      } else if (fault.kind === 'refused' && !isSingle) {
        // One of them is to blame. Apart, only that one fails.
        for (const entry of record.entries) {
          entry.alone = true;
          this.#buffer.hold(entry, nowMs);
        }
      } else {
        const givenUpFor = givenUp(fault.message, error);
        for (const entry of record.entries) this.#settlement.giveUp(entry, givenUpFor);
      }
    }
  }

  #explain(error: unknown): TransportFault {
    return this.#transport.explainFault?.(error) ?? { kind: 'transient', message: reasonOf(error) };
  }
}
