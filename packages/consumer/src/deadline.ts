/** The two moments at which an invocation that runs out of time changes its ways. */
export interface Deadline {
  /** Whether the margin has been reached: nothing new may start. */
  isNear(): boolean;
  /** Resolves at half of the margin: the invocation must return what it has. */
  readonly reached: Promise<void>;
  /** Lets go of the timers. */
  clear(): void;
}

/**
 * @param remainingMs how much time is left now; Lambda's `context.getRemainingTimeInMillis`
 * @param marginMs at most half of what is left at first is kept, so that a function with a short
 *   timeout still gets somewhere
 * @param onNear called once when the margin is reached
 */
export function startDeadline(
  remainingMs: () => number,
  marginMs: number,
  onNear: () => void,
): Deadline {
  const leftMs = remainingMs();
  const keptMs = Math.min(marginMs, leftMs / 2);
  const nearTimer = setTimeout(onNear, leftMs - keptMs);
  let reachedTimer: NodeJS.Timeout | undefined;
  const reached = new Promise<void>((resolve) => {
    reachedTimer = setTimeout(resolve, leftMs - keptMs / 2);
  });
  return {
    isNear: () => remainingMs() <= keptMs,
    reached,
    clear() {
      clearTimeout(nearTimer);
      clearTimeout(reachedTimer);
    },
  };
}
