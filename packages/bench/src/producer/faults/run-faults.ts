import { isOfArm } from '../../errors.ts';
import type { Terminal } from '../../terminal.ts';
import { isProducer } from '../arms.ts';
import type { Sink } from '../processes.ts';
import { type ArmRun, runArm } from '../run-arm.ts';
import { createWorkload } from '../workload.ts';
import { otherShardsP99Ms } from './delivery-latency.ts';
import { HOT_SHARD, type Scenario, STEADY, scenarios } from './scenarios.ts';

export interface FaultsOptions {
  readonly arms: readonly string[];
  readonly seed: string;
  readonly shards: number;
  readonly outageMs: number;
}

/** What one arm made of one fault. */
export interface FaultFigures {
  readonly eventsPerSecond?: number;
  /** Tracked, but not in the stream. */
  readonly lost: number;
  /** Events of which the arm told its caller that they failed. */
  readonly reported?: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly peakRssMiB?: number;
  /** Delivery of the events that are not on the hot shard. */
  readonly otherShardsP99Ms?: number;
  /** Why the arm did not come to its end; what it lost is then counted over all of the work. */
  readonly failure?: string;
}

export interface ScenarioReport {
  readonly what: string;
  readonly events: number;
  readonly arms: Readonly<Record<string, FaultFigures>>;
}

/** So few that a loop of batches has several events of a user under way at the same time. */
const USERS = 1_000;
const WARM_UP = 5_000;

/** Runs every arm through every fault, once each. */
export async function runFaults(
  sink: Sink,
  { arms, seed, shards, outageMs }: FaultsOptions,
  { err }: Pick<Terminal, 'err'>,
): Promise<Readonly<Record<string, ScenarioReport>>> {
  const reports: Record<string, ScenarioReport> = {};
  for (const [name, scenario] of Object.entries(scenarios(outageMs))) {
    const keepTimes = name === STEADY || name === HOT_SHARD;
    const found: Record<string, FaultFigures> = {};
    for (const arm of arms.filter(isProducer)) {
      err(`${name}: ${arm}\n`);
      found[arm] = await runScenario(sink, arm, scenario, { seed, shards, keepTimes });
    }
    reports[name] = { what: scenario.what, events: scenario.events, arms: found };
  }
  return reports;
}

async function runScenario(
  sink: Sink,
  arm: string,
  scenario: Scenario,
  { seed, shards, keepTimes }: { seed: string; shards: number; keepTimes: boolean },
): Promise<FaultFigures> {
  const { faults, events, limitMs, deadlineMs, eventsPerSecond, terminateAfterMs } = scenario;
  const workload = { seed, events, users: USERS };
  try {
    const run = await runArm(
      sink,
      {
        ...workload,
        arm,
        endpoint: sink.endpoint,
        deadlineMs,
        keepTimes,
        ...(eventsPerSecond !== undefined && { eventsPerSecond }),
      },
      { seed, events, shards, faults },
      { limitMs, warmUpEvents: Math.min(WARM_UP, events), terminateAfterMs },
    );
    return { ...figuresOf(run), ...(keepTimes && { otherShardsP99Ms: latencyOf(run) }) };
  } catch (error) {
    if (!isOfArm(error)) throw error;
    const { lost, duplicated, reordered } = await sink.report(events);
    return { lost, duplicated, reordered, failure: error.message };
  }

  function latencyOf({ sent, report }: ArmRun): number {
    const { trackedAtMs } = sent;
    const { takenAtMs } = report;
    return otherShardsP99Ms({ work: createWorkload(workload), shards, trackedAtMs, takenAtMs });
  }
}

function figuresOf({ sent, report }: ArmRun): FaultFigures {
  return {
    eventsPerSecond: (report.confirmed / sent.wallMs) * 1000,
    lost: report.lost,
    reported: sent.failed,
    duplicated: report.duplicated,
    reordered: report.reordered,
    peakRssMiB: sent.peakRssBytes / 2 ** 20,
  };
}
