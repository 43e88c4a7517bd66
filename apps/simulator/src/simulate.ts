import { setTimeout as sleep } from 'node:timers/promises';
import { checkDeliveryContract, type Violation } from './delivery-contract.ts';
import type { Evidence, ForeignReceipt, TrackedEvent } from './evidence.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';
import { randomFor } from './random.ts';
import type { Fault, Schedule } from './schedule.ts';
import { createTrace } from './trace.ts';
import { startMs, type VirtualTime } from './virtual-time.ts';
import { markerField, planEvents, planForeignRecords } from './workload.ts';
import { createWorld, type World } from './world.ts';

/** What came of one simulation, as plain JSON. */
export interface SimulationResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Events that were tracked. */
  readonly events: number;
  /** Records in the stream, repetitions and foreign ones included. */
  readonly records: number;
  readonly applied: number;
  readonly quarantined: number;
  /** Faults of the schedule that came about. */
  readonly faults: number;
  /** How often each thing went wrong that did, such as `put throttle` or `processor timeout`. */
  readonly happenings: Readonly<Record<string, number>>;
  /** How long it took in virtual time. */
  readonly virtualMs: number;
  /** SHA-256 of the trace. */
  readonly digest: string;
  readonly trace: readonly string[];
}

/** Nothing takes longer than this, whatever goes wrong. */
const limitMs = 3_600_000;

/**
 * Runs one schedule from the first event to the last dead letter, and judges it by the stores. One
 * at a time in a thread: the clock and `Math.random` are everybody's.
 */
export async function simulate(
  schedule: Schedule,
  time: VirtualTime,
  options: { readonly keepTrace?: boolean } = {},
): Promise<SimulationResult> {
  time.reset();
  Math.random = randomFor(schedule.seed, 'Math.random').next;
  const trace = createTrace(() => time.nowMs() - startMs, options.keepTrace ?? false);
  const world = createWorld(schedule, time.nowMs, trace);
  const uncaught: string[] = [];
  const onUncaught = (error: unknown): void => {
    uncaught.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };
  process.on('unhandledRejection', onUncaught);
  try {
    const pipeline = createPipeline(world);
    const run = startRun(world, pipeline, time);
    let isOver = false;
    void run.done.catch(onUncaught).finally(() => {
      isOver = true;
    });
    const end = await time
      .runUntil(() => isOver, limitMs)
      .catch((error: unknown) => {
        onUncaught(error);
        return 'held' as const;
      });
    const unrest =
      end === 'held' ? run.unrest() : `still busy after ${limitMs / 60_000} minutes (${end})`;
    const evidence: Evidence = { ...run.evidence(), ...readStores(pipeline), unrest, uncaught };
    const violations = checkDeliveryContract(evidence);
    for (const { rule, message } of violations) trace.write(`VIOLATION ${rule}: ${message}`);
    return {
      seed: schedule.seed,
      violations,
      events: evidence.tracked.length,
      records: evidence.stream.length,
      applied: evidence.applied.length,
      quarantined: evidence.quarantine.size,
      faults: world.faultsHit() + run.clockFaults(),
      happenings: world.happenings(),
      virtualMs: Math.round(time.nowMs() - startMs),
      digest: trace.digest(),
      trace: trace.lines,
    };
  } finally {
    process.off('unhandledRejection', onUncaught);
  }
}

function readStores({ kinesis, dynamodb, s3, sqs }: Pipeline) {
  return {
    stream: kinesis.records(),
    applied: dynamodb.events(),
    counters: dynamodb.counters(),
    quarantine: s3.objects,
    queued: sqs.size(),
  };
}

type ClockFault = Extract<Fault, { on: 'clock' }>;

interface Run {
  readonly done: Promise<void>;
  readonly unrest: () => string | undefined;
  readonly clockFaults: () => number;
  readonly evidence: () => Pick<Evidence, 'tracked' | 'strayReports' | 'foreign'>;
}

function startRun(world: World, pipeline: Pipeline, time: VirtualTime): Run {
  const { schedule, trace } = world;
  const events = planEvents(schedule);
  const tracked = new Map<string, TrackedEvent>();
  const foreign: ForeignReceipt[] = [];
  let strayReports = 0;
  let clockFaults = 0;
  let unrest: string | undefined;

  const producer = pipeline.startProducer(({ payload }) => {
    const event = tracked.get(markerOf(payload));
    if (event === undefined) strayReports += 1;
    else event.reports += 1;
  });

  async function trackAll(): Promise<void> {
    const settled: Promise<void>[] = [];
    for (const [atMs, burst] of Map.groupBy(events, (event) => event.atMs)) {
      await sleepUntil(atMs);
      for (const planned of burst) settled.push(track(planned));
    }
    await Promise.all(settled);
    await producer.close();
  }

  async function track(planned: (typeof events)[number]): Promise<void> {
    const event: TrackedEvent = { planned, outcome: { kind: 'pending' }, reports: 0 };
    tracked.set(`e${planned.index}`, event);
    try {
      const { eventId, shardId, sequenceNumber } = await planned.track(producer);
      event.outcome = { kind: 'delivered', eventId, shardId, sequenceNumber };
      trace.write(`e${planned.index} delivered ${shardId} ${sequenceNumber}`);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      event.outcome = { kind: 'failed', code };
      trace.write(`e${planned.index} failed: ${code}`);
    }
  }

  async function putForeignRecords(): Promise<void> {
    for (const planned of planForeignRecords(schedule).toSorted((a, b) => a.atMs - b.atMs)) {
      await sleepUntil(planned.atMs);
      let place = pipeline.kinesis.put(planned.partitionKey, planned.data);
      for (
        ;
        place === undefined;
        place = pipeline.kinesis.put(planned.partitionKey, planned.data)
      ) {
        await sleep(250);
      }
      foreign.push({ planned, ...place });
    }
  }

  let checkpoints: ReturnType<typeof mapping.checkpoints> | undefined;
  const startMapping = (): ReturnType<Pipeline['startMapping']> =>
    pipeline.startMapping(checkpoints, (latest) => {
      checkpoints = latest;
    });
  let mapping = startMapping();
  const queueMapping = pipeline.startQueueMapping();

  async function cause({ kind, by = 0 }: ClockFault): Promise<void> {
    clockFaults += 1;
    trace.write(`clock ${kind} ${by}`);
    if (kind === 'set_clock') {
      world.happened('clock set_clock');
      time.setWallClock(by);
    } else if (kind === 'split' || kind === 'merge') {
      if (pipeline.kinesis.reshard(kind, by)) world.happened(`clock ${kind}${inFlight()}`);
    } else {
      world.happened(`clock ${kind}${inFlight()}`);
      await mapping.close({ timeoutMs: kind === 'restart_mapping' ? 5_000 : 0 });
      if (kind === 'restart_mapping') checkpoints = mapping.checkpoints();
      mapping = startMapping();
    }
  }

  const inFlight = (): string =>
    (world.onTheWay.get('put') ?? 0) > 0 && pipeline.processor.running() > 0 ? '_in_flight' : '';

  async function causeAll(): Promise<void> {
    const faults = schedule.faults.filter((fault) => fault.on === 'clock');
    for (const fault of faults.toSorted((a, b) => a.atMs - b.atMs)) {
      await sleepUntil(fault.atMs);
      await cause(fault);
    }
  }

  async function sleepUntil(atMs: number): Promise<void> {
    const leftMs = startMs + atMs - world.nowMs();
    if (leftMs > 0) await sleep(leftMs);
  }

  async function run(): Promise<void> {
    const { workload } = schedule;
    if (workload.hotShare > 0) world.happened('workload hot_user');
    if (workload.foreign > 1 && workload.foreignBurst > 1) world.happened('workload poison_burst');
    await Promise.all([trackAll(), putForeignRecords(), causeAll()]);
    // What was given up as undeliverable may still arrive, and counts from then on.
    while ((world.onTheWay.get('put') ?? 0) > 0) await sleep(100);
    trace.write('everything is sent');
    if (!(await mapping.drained({ timeoutMs: limitMs }))) unrest = 'the stream was never drained';
    await mapping.close();
    while (pipeline.processor.running() > 0) await sleep(100);
    trace.write('the stream is drained');
    while (pipeline.sqs.size() > 0 || pipeline.dlqHandler.running() > 0) await sleep(500);
    await queueMapping.close();
  }

  return {
    done: run(),
    unrest: () => unrest,
    clockFaults: () => clockFaults,
    evidence: () => ({ tracked: [...tracked.values()], strayReports, foreign }),
  };
}

function markerOf(payload: unknown): string {
  if (typeof payload !== 'object' || payload === null || !(markerField in payload)) return '';
  return String(payload[markerField]);
}
