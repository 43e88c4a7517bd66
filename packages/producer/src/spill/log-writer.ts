import { encodeFrame, type SpilledEvent, stampFrame } from './frame.ts';
import type { ResolvedSpillOptions } from './options.ts';
import type { Reports } from './reports.ts';
import { Segment } from './segment.ts';
import { SEGMENT_HEADER_BYTES, SETTLEMENT_BYTES } from './segment-file.ts';
import { Session } from './session.ts';
import type { Shelf, SpillTicket } from './shelf.ts';

/** How long the disk is left alone after an error: an attempt may take long, in somebody's call. */
export const RETRY_AFTER_MS = 5_000;

/** Appends events to the newest segment. */
export class LogWriter {
  readonly #options: ResolvedSpillOptions;
  readonly #streamName: string;
  readonly #shelf: Shelf;
  readonly #reports: Reports;
  #session: Session | undefined;
  #segment: Segment | undefined;
  #number = 0;
  #retryAtMs = 0;
  #isClosed = false;
  /** Events that the disk did not take. */
  unprotected = 0;

  constructor(
    options: ResolvedSpillOptions,
    streamName: string,
    session: Session | undefined,
    shelf: Shelf,
    reports: Reports,
  ) {
    this.#options = options;
    this.#streamName = streamName;
    this.#session = session;
    this.#shelf = shelf;
    this.#reports = reports;
  }

  append(event: SpilledEvent): SpillTicket | 'full' | 'unprotected' {
    if (this.#isClosed || this.#retryAtMs > performance.now()) {
      this.unprotected += 1;
      return 'unprotected';
    }
    const frame = encodeFrame(event);
    const reserved = SEGMENT_HEADER_BYTES + frame.length + SETTLEMENT_BYTES;
    if (this.#shelf.bytes + reserved > this.#options.maxBytes) return 'full';
    try {
      const segment = this.#segmentFor(frame.length);
      const check = stampFrame(frame, segment.seed);
      const offset = segment.append(frame);
      this.#shelf.reserve(segment, frame.length);
      this.#succeeded();
      return this.#shelf.add(segment, offset, check);
    } catch (error) {
      this.#failed(error);
      return 'unprotected';
    }
  }

  /** Remaining events are on the device afterwards, as far as it tells the truth. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#attempt('cannot close the log', () => this.#segment?.sync());
    this.#attempt('cannot let go of the log', () => this.#session?.close());
  }

  #segmentFor(bytes: number): Segment {
    const current = this.#segment;
    if (current?.isWritable === true) {
      if (current.bytes + bytes <= this.#options.segmentBytes) return current;
      this.#segment = undefined;
      current.seal();
      this.#shelf.check(current);
    }
    if (this.#session?.isVisible === false) {
      this.#session.end();
      this.#session = undefined;
    }
    this.#session ??= Session.start(this.#options.directory, this.#streamName);
    this.#number += 1;
    const segment = Segment.create(this.#session, this.#number);
    this.#shelf.put(segment);
    this.#segment = segment;
    return segment;
  }

  #succeeded(): void {
    if (this.#retryAtMs === 0) return;
    this.#retryAtMs = 0;
    this.#reports.recovered('write');
  }

  #failed(error: unknown): void {
    this.unprotected += 1;
    this.#retryAtMs = performance.now() + RETRY_AFTER_MS;
    this.#reports.fault('write', `cannot write to ${this.#options.directory}`, error);
    const segment = this.#segment;
    if (segment === undefined) return;
    // Nothing is written behind what may be half an event.
    this.#segment = undefined;
    this.#attempt('cannot close the log', () => segment.seal());
    this.#shelf.check(segment);
  }

  #attempt(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#reports.fault('close', what, error);
    }
  }
}
