/**
 * A bucket that holds one second's worth of tokens and refills continuously. The level can fall
 * below zero: a single cost above the capacity is let through when the bucket is full and is paid
 * back before the next one passes.
 */
export interface TokenBucket {
  /** Tokens a second, and the most that the bucket holds. `Infinity`: never empty. */
  readonly perSecond: number;
  level: number;
  refilledAtMs: number;
}

/** A full bucket. */
export function createTokenBucket(perSecond: number, nowMs: number): TokenBucket {
  return { perSecond, level: perSecond, refilledAtMs: nowMs };
}

/** Adds what has accrued since the last look. A clock that went back adds nothing. */
function refill(bucket: TokenBucket, nowMs: number): void {
  const elapsedMs = nowMs - bucket.refilledAtMs;
  if (elapsedMs <= 0) return;
  bucket.level = Math.min(bucket.perSecond, bucket.level + (elapsedMs * bucket.perSecond) / 1000);
  bucket.refilledAtMs = nowMs;
}

/** Whether `cost` may pass now. Takes nothing. */
export function canTake(bucket: TokenBucket, cost: number, nowMs: number): boolean {
  if (bucket.perSecond === Infinity) return true;
  refill(bucket, nowMs);
  return bucket.level >= Math.min(cost, bucket.perSecond);
}

/** Whether there is anything left: for costs that are known only after the fact. */
export function hasTokens(bucket: TokenBucket, nowMs: number): boolean {
  if (bucket.perSecond === Infinity) return true;
  refill(bucket, nowMs);
  return bucket.level > 0;
}

/** Takes `cost`, below zero if need be. */
export function take(bucket: TokenBucket, cost: number): void {
  bucket.level -= cost;
}
