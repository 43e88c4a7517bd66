/** Events of about the same time share a piece so large, half of Node.js' own pool. */
const PIECE_BYTES = 4_096;

/** So much may be held in vain before it is worth looking at every event. */
const SLACK_BYTES = 4 * 1_024 * 1_024;

/** Memory that events share. It is let go with the last of them. */
export interface Piece {
  readonly memory: Buffer;
  /** Of events that are not settled. */
  liveBytes: number;
}

/** Where something lies in a piece. */
export interface Place {
  readonly piece: Piece;
  readonly offset: number;
}

/**
 * Memory for the JSON of events: bytes outside the heap, which garbage collection need not copy
 * while they wait, and an allocation for a dozen events instead of one for each.
 *
 * An event that waits while the others of its piece are delivered would hold all of it, so what is
 * held is counted: see {@link ByteArena.isSparse}.
 */
export class ByteArena {
  #piece = createPiece(PIECE_BYTES);
  #used = 0;
  #heldBytes = PIECE_BYTES;
  #liveBytes = 0;

  /** Bytes of all pieces that cannot be let go yet. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Bytes of events that are not settled. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** The piece that {@link reserve} found room in. */
  get piece(): Piece {
    return this.#piece;
  }

  /**
   * Makes room in {@link piece}.
   *
   * @returns where it begins
   */
  reserve(bytes: number): number {
    if (this.#used + bytes > this.#piece.memory.length) {
      this.#begin(bytes > PIECE_BYTES / 4 ? bytes : PIECE_BYTES);
    }
    return this.#used;
  }

  /** Takes what was written, from where {@link reserve} said. */
  commit(end: number): void {
    const bytes = end - this.#used;
    this.#piece.liveBytes += bytes;
    this.#liveBytes += bytes;
    this.#used = end;
  }

  /** What was committed is settled, or has moved. */
  release(piece: Piece, bytes: number): void {
    piece.liveBytes -= bytes;
    this.#liveBytes -= bytes;
    if (piece.liveBytes === 0 && piece !== this.#piece) this.#heldBytes -= piece.memory.length;
  }

  /**
   * Whether more than twice of what is needed is held. After every event has been {@link move}d it
   * is not: that costs no more than a byte copied for each that was released.
   */
  get isSparse(): boolean {
    return this.#heldBytes > 2 * this.#liveBytes + SLACK_BYTES;
  }

  /** Copies what lies in a piece of which less than half is needed to where new events are written. */
  move({ piece, offset }: Place, bytes: number): Place {
    if (piece === this.#piece || piece.liveBytes * 2 >= piece.memory.length)
      return { piece, offset };
    const start = this.reserve(bytes);
    piece.memory.copy(this.#piece.memory, start, offset, offset + bytes);
    this.commit(start + bytes);
    this.release(piece, bytes);
    return { piece: this.#piece, offset: start };
  }

  #begin(bytes: number): void {
    if (this.#piece.liveBytes === 0) this.#heldBytes -= this.#piece.memory.length;
    this.#piece = createPiece(bytes);
    this.#used = 0;
    this.#heldBytes += bytes;
  }
}

function createPiece(bytes: number): Piece {
  return { memory: Buffer.allocUnsafeSlow(bytes), liveBytes: 0 };
}
