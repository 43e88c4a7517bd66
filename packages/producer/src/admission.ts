import type { ByteArena } from './byte-arena.ts';
import { bufferFull, displaced, logFull } from './delivery-errors.ts';
import type { Entry } from './lane.ts';
import type { OrderedBuffer } from './ordered-buffer.ts';
import { ProducerError } from './producer-error.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import { sealEvent } from './seal-event.ts';
import type { Settlement } from './settlement.ts';
import type { BacklogEntry } from './spill/backlog.ts';
import type { Spill } from './spill/spill.ts';
import type { Counters } from './stats.ts';
import { TrackedEvent } from './tracked-event.ts';
import type { Warn } from './warner.ts';

/** A key with so many events in the buffer takes more than one round trip after the other gives. */
const HOT_KEY_RECORDS = 1_000;

interface Dependencies {
  readonly buffer: OrderedBuffer<TrackedEvent>;
  /** Where events are written. */
  readonly arena: ByteArena;
  readonly options: ResolvedOptions;
  readonly counters: Counters;
  readonly settlement: Settlement;
  readonly spill: Spill | undefined;
  readonly warn: Warn;
}

/** The way of events into the buffer. */
export class Admission {
  readonly #to: Dependencies;
  #restored: BacklogEntry | undefined;

  constructor(dependencies: Dependencies) {
    this.#to = dependencies;
    if (dependencies.spill !== undefined) dependencies.buffer.startRestoring();
  }

  /** Checks an event, writes it and puts it into the buffer; or turns it away. */
  admit(event: TrackedEvent, nowMs: number): void {
    const { options, settlement, arena } = this.#to;
    try {
      if (event.contract !== undefined) {
        const isRevised = options.beforeSend !== undefined; // `revise` has checked it
        sealEvent(event, event.contract, options.maxRecordBytes, arena, isRevised);
      }
      this.#enqueue(event, nowMs);
    } catch (error) {
      settlement.reject(event, ProducerError.from(error, 'invalid_event'));
    }
  }

  /** Takes over what ended processes left, as far as there is room. */
  restore(nowMs: number): void {
    const { buffer, spill } = this.#to;
    if (spill === undefined) return;
    while (buffer.isRestoring) {
      this.#restored ??= spill.nextOfBacklog();
      if (this.#restored === undefined) {
        buffer.endRestoring();
        return;
      }
      const event = TrackedEvent.restore(this.#restored.event);
      event.ticket = this.#restored.ticket;
      if (!buffer.restore(event, event.partitionKey, this.#bytesOf(event), nowMs)) return;
      this.#restored = undefined;
    }
  }

  #enqueue(event: TrackedEvent, nowMs: number): void {
    const { buffer, options, counters, settlement } = this.#to;
    if (event.deprecated.length > 0) counters.countDeprecated(event.deprecated);
    const entry = this.#add(event, nowMs);
    if (entry === undefined) {
      settlement.reject(event, bufferFull(options));
    } else if (!this.#keep(event)) {
      buffer.withdraw(entry);
      settlement.fail(entry, logFull(options.spill?.maxBytes ?? 0));
    }
    if (entry?.lane.records === HOT_KEY_RECORDS) this.#warnOfHotKey(entry.partitionKey);
  }

  #add(event: TrackedEvent, nowMs: number): Entry<TrackedEvent> | undefined {
    const { buffer, options, counters, settlement } = this.#to;
    const { partitionKey } = event;
    const bytes = this.#bytesOf(event);
    let entry = buffer.add(event, partitionKey, bytes, nowMs);
    if (options.whenFull !== 'drop-oldest') return entry;
    while (entry === undefined) {
      const oldest = buffer.dropOldest();
      if (oldest === undefined) return undefined;
      counters.dropped += 1;
      settlement.fail(oldest, displaced(options));
      entry = buffer.add(event, partitionKey, bytes, nowMs);
    }
    return entry;
  }

  /** Writes an event down; says whether there was room for it. */
  #keep(event: TrackedEvent): boolean {
    const { spill } = this.#to;
    if (spill === undefined) return true;
    const { eventType, eventId, partitionKey, json: data } = event;
    const kept = spill.append({ eventType, eventId, partitionKey, data });
    if (kept === 'full') return false;
    event.ticket = kept === 'unprotected' ? undefined : kept;
    return true;
  }

  /** What it takes in the buffer and in a record. */
  #bytesOf(event: TrackedEvent): number {
    return event.bytes + this.#to.options.eventOverheadBytes;
  }

  #warnOfHotKey(partitionKey: string): void {
    this.#to.warn(
      `${HOT_KEY_RECORDS} events wait for the partition key '${partitionKey}' alone; a key goes one record after the other, in order, and one shard takes 1,000 records a second: aggregate events, or find out why one user has so many`,
    );
  }
}
