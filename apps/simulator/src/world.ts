import { type Random, randomFor } from './random.ts';
import type { Channel, Fault, Schedule } from './schedule.ts';
import type { Trace } from './trace.ts';

type RequestFaultEntry = Extract<Fault, { on: Channel }>;
type InvocationFaultEntry = Extract<Fault, { on: 'processor' | 'dlq_handler' }>;

/** What every part of a simulation shares: the time, the schedule, the trace. */
export interface World {
  readonly schedule: Schedule;
  readonly nowMs: () => number;
  readonly trace: Trace;
  /** Counts a request, and says what is to go wrong with it. */
  readonly request: (on: Channel) => { readonly name: string; readonly fault?: RequestFaultEntry };
  readonly invocation: (on: InvocationFaultEntry['on']) => {
    readonly name: string;
    readonly fault?: InvocationFaultEntry;
  };
  /** How long something takes on its way. */
  readonly latencyMs: () => number;
  /** For choices within a fault. */
  readonly random: Random;
  /** Requests that have been sent and have not arrived yet, by channel: late ones outlive their callers. */
  readonly onTheWay: Map<Channel, number>;
  /** How many faults of the schedule came about. */
  readonly faultsHit: () => number;
  /** Counts what has really gone wrong, by its name. */
  readonly happened: (what: string) => void;
  readonly happenings: () => Readonly<Record<string, number>>;
}

export function createWorld(schedule: Schedule, nowMs: () => number, trace: Trace): World {
  const counts = new Map<string, number>();
  const latency = randomFor(schedule.seed, 'latency');
  const faultsOn = Map.groupBy(schedule.faults, ({ on }) => on);
  const hits = new Set<Fault>();
  const happenings: Record<string, number> = {};
  const { minLatencyMs, maxLatencyMs } = schedule.network;

  function next<On extends Exclude<Fault['on'], 'clock'>>(
    on: On,
  ): { name: string; fault?: Extract<Fault, { on: On }> } {
    const nth = (counts.get(on) ?? 0) + 1;
    counts.set(on, nth);
    const fault = faultsOn.get(on)?.find((candidate): candidate is Extract<Fault, { on: On }> => {
      if (candidate.on === 'clock') return false;
      return nth >= candidate.nth && nth < candidate.nth + (candidate.times ?? 1);
    });
    if (fault !== undefined) hits.add(fault);
    const name = `${on} ${nth}`;
    return fault === undefined ? { name } : { name, fault };
  }

  return {
    schedule,
    nowMs,
    trace,
    request: next,
    invocation: next,
    onTheWay: new Map(),
    latencyMs: () => latency.integer(minLatencyMs, maxLatencyMs),
    random: randomFor(schedule.seed, 'faults'),
    faultsHit: () => hits.size,
    happened(what) {
      happenings[what] = (happenings[what] ?? 0) + 1;
    },
    happenings: () => happenings,
  };
}
