/** One timer, set to the earliest thing to do. It keeps the process alive while it is set. */
export class AlarmClock {
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #atMs = Number.POSITIVE_INFINITY;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** When it will ring. Infinity: it is not set. */
  get atMs(): number {
    return this.#atMs;
  }

  /** Sets it anew, in the time of `performance.now`. Infinity turns it off. */
  set(atMs: number, nowMs: number): void {
    if (atMs === Number.POSITIVE_INFINITY) this.#hush();
    if (atMs === this.#atMs) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#atMs = atMs;
    if (atMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#atMs = Number.POSITIVE_INFINITY;
        this.#ring();
      },
      Math.max(0, Math.ceil(atMs - nowMs)),
    );
  }

  /** Rings besides when the current turn of the event loop is over. */
  ringSoon(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.#ring();
    });
  }

  off(): void {
    this.set(Number.POSITIVE_INFINITY, 0);
  }

  #hush(): void {
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
  }
}
