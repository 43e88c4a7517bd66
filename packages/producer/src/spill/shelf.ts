import type { Reports } from './reports.ts';
import type { Segment } from './segment.ts';
import { SETTLEMENT_BYTES } from './segment-file.ts';

/** Where an event is in the log. To be handed back when the event is settled. */
export interface SpillTicket {
  readonly segment: Segment;
  readonly offset: number;
  readonly check: number;
}

/**
 * The segments of this process, its own and those it took over: how much they take, and which can
 * go. Settlements are written down once in a turn of the event loop, and a segment whose events are
 * all settled is removed instead, so that nothing stays on disk longer than it has to.
 */
export class Shelf {
  readonly #reports: Reports;
  readonly #changed = new Set<Segment>();
  #immediate: NodeJS.Immediate | undefined;
  /** What the files take, and will take when their events are settled. */
  bytes = 0;
  /** Events that were written or read and are not settled. */
  unsettled = 0;

  constructor(reports: Reports) {
    this.#reports = reports;
  }

  /** Takes up a segment that is there. */
  put(segment: Segment): void {
    this.reserve(segment, segment.bytes + segment.settledBytes);
  }

  reserve(segment: Segment, bytes: number): void {
    segment.reservedBytes += bytes;
    this.bytes += bytes;
  }

  /** An event is in the log. */
  add(segment: Segment, offset: number, check: number): SpillTicket {
    this.reserve(segment, SETTLEMENT_BYTES);
    segment.unsettled += 1;
    this.unsettled += 1;
    return { segment, offset, check };
  }

  settle({ segment, offset, check }: SpillTicket): void {
    this.unsettled -= 1;
    segment.settle(offset, check);
    this.check(segment);
  }

  /** The segment may have become removable. */
  check(segment: Segment): void {
    this.#changed.add(segment);
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.flush();
    });
  }

  /** Removes what is done, and writes down what else was settled. */
  flush(): void {
    for (const segment of this.#changed) {
      try {
        if (segment.isDone) this.#remove(segment);
        else segment.recordSettlements();
        this.#changed.delete(segment);
        this.#reports.recovered('settle');
      } catch (error) {
        // Tried again when the next event is settled. Until then a new start would send it again.
        this.#reports.fault('settle', `cannot settle events in ${segment.file}`, error);
      }
    }
  }

  close(): void {
    clearImmediate(this.#immediate);
    this.flush();
  }

  #remove(segment: Segment): void {
    segment.remove();
    this.bytes -= segment.reservedBytes - (segment.damaged ? segment.bytes : 0);
  }
}
