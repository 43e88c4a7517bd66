import { syncBuiltinESMExports } from 'node:module';
import FakeTimers from '@sinonjs/fake-timers';

/** When every simulation begins: the first second of 2027 (UTC), in ms since 1970. */
export const startMs = Date.UTC(2027, 0, 1);

/** A clock that jumps to the next timer as soon as nothing else can happen. */
export interface VirtualTime {
  /** The true time, ms since 1970; what the wall clock shows may be off, see {@link setWallClock}. */
  readonly nowMs: () => number;
  /** Runs timers, each with everything that follows from it, until it holds or time is up. */
  readonly runUntil: (holds: () => boolean, limitMs: number) => Promise<'held' | 'late' | 'stuck'>;
  /** Sets `Date` ahead of (or behind) the true time. Timers do not notice. */
  readonly setWallClock: (offsetMs: number) => void;
  /** Drops every timer and goes back to {@link startMs}. */
  readonly reset: () => void;
}

/**
 * Puts virtual time in the place of every clock and timer of this thread, for good. To be called
 * before the code that is to live in it is loaded, since modules may keep `Date.now` for later.
 */
export function installVirtualTime(): VirtualTime {
  const turn = setImmediate;
  const clock = FakeTimers.install({
    now: startMs,
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'clearImmediate',
      'Date',
      'performance',
    ],
  });
  // For those who import `node:timers/promises` by name.
  syncBuiltinESMExports();
  AbortSignal.timeout = (delayMs) => {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort(
        new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
      );
    }, delayMs);
    return controller.signal;
  };

  const nowMs = (): number => startMs + performance.now();
  /** Nothing here waits for the outside, so one turn of the real event loop settles all promises. */
  const settle = (): Promise<void> => new Promise((resolve) => void turn(resolve));

  return {
    nowMs,
    async runUntil(holds, limitMs) {
      const endMs = nowMs() + limitMs;
      for (;;) {
        await settle();
        if (holds()) return 'held';
        if (nowMs() > endMs) return 'late';
        if (clock.countTimers() === 0) return 'stuck';
        clock.next();
      }
    },
    setWallClock: (offsetMs) => clock.setSystemTime(nowMs() + offsetMs),
    reset: () => clock.reset(),
  };
}
