import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Sender } from './arms.ts';
import type { CallFigures, SendFigures } from './protocol.ts';
import type { WorkEvent } from './workload.ts';

/** Events between two turns of the event loop: what a busy server tracks in one. */
const BURST = 100;

/** Tells a running send to stop tracking. */
interface Stop {
  stopped: boolean;
}

export interface SendOptions {
  readonly eventsPerSecond?: number | undefined;
  readonly stop?: Stop | undefined;
  /** Is given the time of every call. */
  readonly trackedAtMs?: number[] | undefined;
}

/**
 * Hands events over in bursts, as fast as the sender likes or at a given rate.
 *
 * @returns how many were tracked.
 */
export async function send(
  sender: Sender,
  work: readonly WorkEvent[],
  { eventsPerSecond, stop, trackedAtMs }: SendOptions = {},
): Promise<number> {
  const startMs = performance.now();
  for (let start = 0; start < work.length; start += BURST) {
    if (stop?.stopped === true) return start;
    const burst = work.slice(start, start + BURST);
    for (const event of burst) {
      trackedAtMs?.push(performance.timeOrigin + performance.now());
      sender.track(event);
    }
    await sender.room();
    await turn();
    if (eventsPerSecond === undefined) continue;
    const dueMs = startMs + ((start + burst.length) / eventsPerSecond) * 1000;
    if (dueMs > performance.now()) await sleep(dueMs - performance.now());
  }
  return work.length;
}

/** Sends the work until everything is confirmed or given up. */
export async function measureSend(
  sender: Sender,
  work: readonly WorkEvent[],
  options: SendOptions,
): Promise<SendFigures> {
  const failedBefore = sender.failed();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  delay.enable();
  const tracked = await send(sender, work, options);
  await sender.flush();
  delay.disable();
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  return {
    tracked,
    failed: sender.failed() - failedBefore,
    wallMs,
    cpuMs: (user + system) / 1000,
    loopDelayP99Ms: delay.percentile(99) / 1e6,
    trackedAtMs: options.trackedAtMs ?? [],
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/**
 * Times every call, and `JSON.stringify` of the same event right before or after it, in turns. What
 * reading the clock costs is taken off both.
 */
export async function measureCalls(
  sender: Sender,
  work: readonly WorkEvent[],
): Promise<CallFigures> {
  const calls: number[] = [];
  const stringify: number[] = [];
  let bytes = 0;
  const timed = (into: number[], run: () => void): void => {
    const startMs = performance.now();
    run();
    into.push((performance.now() - startMs) * 1000);
  };
  const empty: number[] = [];
  for (let index = 0; index < 10_000; index += 1) timed(empty, () => (bytes += 1));
  const clockUs = percentile(empty, 0.5);

  for (const [index, event] of work.entries()) {
    const track = (): void => timed(calls, () => void sender.track(event));
    const compare = (): void =>
      timed(stringify, () => (bytes += JSON.stringify(event.event).length));
    if (index % 2 === 0) {
      track();
      compare();
    } else {
      compare();
      track();
    }
    if ((index + 1) % BURST !== 0) continue;
    await sender.room();
    await turn();
  }
  await sender.flush();
  if (bytes === 0) throw new Error('nothing was written');
  const cost = (us: number): number => Math.max(0, us - clockUs);
  return {
    callP50Us: cost(percentile(calls, 0.5)),
    callP99Us: cost(percentile(calls, 0.99)),
    callMeanUs: cost(mean(calls)),
    stringifyMeanUs: cost(mean(stringify)),
  };
}

function mean(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

/** @param share - 0.99 for the 99th percentile. */
function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
