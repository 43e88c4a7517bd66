/**
 * What a shard takes in a second, whoever writes. One of the two is used up first.
 * @see https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
const SHARD_RECORDS_PER_SECOND = 1_000;
const SHARD_BYTES_PER_SECOND = 1_048_576;

/** The slowest: a record in 50 ms still finds out when the shard has recovered. */
const MIN_RATE = 0.02;
/** No shard takes more than 1 for long: whoever gets this far is not what fills it. */
const FREE_RATE = 1.25;
/** A rate is cut once for the throttles of this time: they are answers to one mistake. */
const CUT_INTERVAL_MS = 200;
const CUT = 0.75;
const GROWTH_PER_SECOND = 0.1;
/** Unused rate that may be saved up. */
const BURST_SECONDS = 0.05;

/**
 * How fast one producer writes to one shard. Free until the shard throttles; from then on additive
 * increase, multiplicative decrease, from the rate that the shard last took: several producers then
 * share a shard fairly (Chiu and Jain, "Analysis of the increase and decrease algorithms for
 * congestion avoidance", 1989). Rates are in shards: 1 is all that a shard takes.
 */
export class ShardPacer {
  /** Infinity: free. */
  #rate = Number.POSITIVE_INFINITY;
  /** What may be written at once, in shard-seconds. Below zero: a debt. */
  #saved = 0;
  #updatedAtMs = 0;
  #cutAtMs = Number.NEGATIVE_INFINITY;
  readonly #accepted = new RecentSum();

  /** Infinity while the shard has not throttled. */
  get rate(): number {
    return this.#rate;
  }

  get isPaced(): boolean {
    return this.#rate !== Number.POSITIVE_INFINITY;
  }

  /** When the next record may go. */
  nextAtMs(nowMs: number): number {
    this.#update(nowMs);
    if (!this.isPaced || this.#saved >= 0) return nowMs;
    return nowMs + (-this.#saved / this.#rate) * 1_000;
  }

  /** A record goes out. */
  spend(bytes: number): void {
    if (this.isPaced) this.#saved -= cost(1, bytes);
  }

  /** The shard has taken records. */
  accepted(records: number, bytes: number, nowMs: number): void {
    this.#accepted.add(cost(records, bytes), nowMs);
  }

  /** The shard has refused records for their rate. */
  throttled(nowMs: number): void {
    this.#update(nowMs);
    if (nowMs - this.#cutAtMs < CUT_INTERVAL_MS) return;
    this.#cutAtMs = nowMs;
    const from = this.isPaced ? this.#rate : this.#accepted.perSecond(nowMs);
    this.#rate = Math.min(1, Math.max(MIN_RATE, from * CUT));
    this.#saved = Math.min(this.#saved, 0);
  }

  #update(nowMs: number): void {
    const seconds = (nowMs - this.#updatedAtMs) / 1_000;
    this.#updatedAtMs = nowMs;
    if (!this.isPaced) return;
    this.#saved = Math.min(this.#rate * BURST_SECONDS, this.#saved + this.#rate * seconds);
    this.#rate += GROWTH_PER_SECOND * seconds;
    if (this.#rate >= FREE_RATE) this.#rate = Number.POSITIVE_INFINITY;
  }
}

function cost(records: number, bytes: number): number {
  return Math.max(records / SHARD_RECORDS_PER_SECOND, bytes / SHARD_BYTES_PER_SECOND);
}

/** How much came together lately: this second and, fading, the one before. */
class RecentSum {
  #startedAtMs = 0;
  #current = 0;
  #previous = 0;

  add(amount: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#current += amount;
  }

  perSecond(nowMs: number): number {
    this.#turn(nowMs);
    return this.#current + this.#previous * (1 - (nowMs - this.#startedAtMs) / 1_000);
  }

  #turn(nowMs: number): void {
    const elapsedMs = nowMs - this.#startedAtMs;
    if (elapsedMs < 1_000) return;
    this.#previous = elapsedMs < 2_000 ? this.#current : 0;
    this.#current = 0;
    this.#startedAtMs = elapsedMs < 2_000 ? this.#startedAtMs + 1_000 : nowMs;
  }
}
