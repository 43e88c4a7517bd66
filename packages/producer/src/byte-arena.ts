/**
 * Events of about the same time share a piece so large, half of Node.js' own pool: an event that
 * waits alone while the others of its piece are delivered holds all of it.
 */
const PIECE_BYTES = 4_096;

/**
 * Memory for the JSON of events: bytes outside the heap, which garbage collection need not copy
 * while they wait, and an allocation for a dozen events instead of one for each. A piece is let go
 * with the last of its events.
 */
export class ByteArena {
  #piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #used = 0;

  /** The piece that {@link reserve} found room in. */
  get piece(): Buffer {
    return this.#piece;
  }

  /**
   * Makes room in {@link piece}.
   *
   * @returns where it begins
   */
  reserve(bytes: number): number {
    if (this.#used + bytes > this.#piece.length) {
      if (bytes > PIECE_BYTES / 4) return this.#reserveAlone(bytes);
      this.#piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
      this.#used = 0;
    }
    return this.#used;
  }

  /** Takes what was written, from where {@link reserve} said. */
  commit(end: number): void {
    this.#used = end;
  }

  #reserveAlone(bytes: number): number {
    this.#piece = Buffer.allocUnsafeSlow(bytes);
    this.#used = 0;
    return 0;
  }
}
