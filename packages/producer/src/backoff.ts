/** The range of the waiting time before a retry. */
export interface Backoff {
  /** Upper bound of the first wait. */
  readonly minBackoffMs: number;
  /** Upper bound of every wait. */
  readonly maxBackoffMs: number;
}

/**
 * "Full jitter": a uniformly random wait below a bound that doubles with every attempt. Clients that
 * failed together come back spread out, which drains a throttled service fastest.
 *
 * @param attempt how many attempts have failed, from 1
 * @param random a number in [0, 1)
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitterMs(backoff: Backoff, attempt: number, random: number): number {
  return random * Math.min(backoff.maxBackoffMs, backoff.minBackoffMs * 2 ** (attempt - 1));
}
