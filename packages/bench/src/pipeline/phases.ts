/** How long something was at work and when it ended, in milliseconds. */
export interface Span {
  readonly endedAtMs: number;
  readonly durationMs: number;
}

/** Seconds of a run, which add up to all of it. */
export interface Phases {
  /** Until the first batch is in a function: the producer, the stream, the batch, the function's start. */
  readonly first: number;
  /** While at least one function has a batch in hand. */
  readonly atWork: number;
  /** While none has: what is in the stream waits for its batch to fill, or for the poller. */
  readonly waiting: number;
}

/** Divides the time from the start to the end by whether there was something at work. */
export function phasesOf(spans: readonly Span[], startMs: number, endMs: number): Phases {
  const inOrder = spans
    .map(({ endedAtMs, durationMs }) => ({ from: endedAtMs - durationMs, to: endedAtMs }))
    .toSorted((a, b) => a.from - b.from);
  let atWork = 0;
  let coveredToMs = startMs;
  for (const { from, to } of inOrder) {
    if (to <= coveredToMs) continue;
    atWork += to - Math.max(from, coveredToMs);
    coveredToMs = to;
  }
  const first = Math.max(0, (inOrder[0]?.from ?? endMs) - startMs);
  const all = endMs - startMs;
  return {
    first: first / 1000,
    atWork: atWork / 1000,
    waiting: (all - first - atWork) / 1000,
  };
}
