import { DemoError } from './demo-error.ts';

/** Watches over something that is to move on. */
export interface StallWatch {
  /** Aborted with a `stalled` {@link DemoError} when nothing has moved for too long. */
  readonly signal: AbortSignal;
  close(): void;
}

const lookEveryMs = 1_000;

/**
 * @param limitMs how long nothing may move
 * @param position anything that changes when something moves, for people to read
 */
export function watchForStall(limitMs: number, position: () => string): StallWatch {
  const stalled = new AbortController();
  let last = '';
  let sinceMs = performance.now();
  const timer = setInterval(
    () => {
      const now = position();
      if (now !== last) {
        last = now;
        sinceMs = performance.now();
      } else if (performance.now() - sinceMs > limitMs) {
        const message = `Nothing has moved for ${Math.round(limitMs / 1_000)} seconds, at ${last}: run the demo with --verbose to see what its functions and its storefront say.`;
        stalled.abort(new DemoError('stalled', message));
      }
    },
    Math.min(lookEveryMs, limitMs),
  ).unref();
  return { signal: stalled.signal, close: () => clearInterval(timer) };
}
