import { type Random, randomFor } from './random.ts';
import type {
  Channel,
  Fault,
  InvocationFault,
  MappingSettings,
  RequestFault,
  Schedule,
  Workload,
} from './schedule.ts';

/** What can happen to the requests of a channel. */
interface Menu {
  readonly kinds: readonly [RequestFault, ...RequestFault[]];
  /** About how many requests one run makes. */
  readonly reach: number;
  /** How many failures in a row there may be: clients try again a few times by themselves. */
  readonly row: number;
}

const requestMenu: Readonly<Record<Channel, Menu>> = {
  put: {
    kinds: [
      'throttle',
      'http_500',
      'reset',
      'hang',
      'commit_then_reset',
      'commit_then_hang',
      'late',
      'slow',
      'twice',
      'records_failed',
      'records_failed',
      'records_throttled',
    ],
    reach: 100,
    row: 4,
  },
  read: { kinds: ['throttle', 'http_500', 'reset', 'hang', 'slow'], reach: 60, row: 4 },
  write: {
    kinds: [
      'throttle',
      'http_500',
      'reset',
      'hang',
      'commit_then_reset',
      'commit_then_hang',
      'late',
      'slow',
      'twice',
      'conflict',
      'conflict',
      'crash_before',
      'crash_after',
    ],
    reach: 80,
    row: 12,
  },
  dead_letter: {
    kinds: [
      'http_500',
      'reset',
      'hang',
      'commit_then_reset',
      'commit_then_hang',
      'slow',
      'twice',
      'crash_before',
      'crash_after',
    ],
    reach: 30,
    row: 6,
  },
  report: { kinds: ['http_500', 'reset', 'hang', 'commit_then_reset', 'twice'], reach: 4, row: 4 },
  quarantine: {
    kinds: ['http_500', 'reset', 'commit_then_reset', 'twice', 'crash_before', 'crash_after'],
    reach: 40,
    row: 6,
  },
  reread: { kinds: ['throttle', 'http_500', 'reset', 'crash_before'], reach: 6, row: 6 },
  receive: { kinds: ['http_500', 'reset', 'commit_then_reset', 'redeliver'], reach: 20, row: 3 },
  delete: { kinds: ['http_500', 'reset', 'commit_then_reset'], reach: 10, row: 3 },
};
const hit: readonly [Channel, ...Channel[]] = [
  ...(['put', 'put', 'put', 'write', 'write', 'write', 'read'] as const),
  ...(['dead_letter', 'report', 'quarantine', 'reread', 'receive', 'delete'] as const),
];
const invocationKinds: readonly [InvocationFault, ...InvocationFault[]] = [
  'throttled',
  'invoke_error',
  'crash_before',
  'crash_after',
  'out_of_memory',
  'timeout',
];

/** Draws a schedule: the configuration, the load, and what goes wrong. */
export function planSchedule(seed: number): Schedule {
  const random = randomFor(seed, 'schedule');
  const workload = planWorkload(random);
  const requestTimeoutMs = random.pick([300, 1_000, 3_000]);
  return {
    seed,
    workload,
    producer: {
      lingerMs: random.pick([0, 5, 20, 100]),
      maxBatchRecords:
        workload.users <= 10 ? random.integer(1, 10) : random.pick([20, 100, 500, 500]),
      maxOpenRequests: random.integer(1, 8),
      maxBufferRecords: random.pick([20, 500, 10_000, 100_000]),
      maxWaitingRecords: random.pick([5, 1_000, 10_000]),
      whenFull: random.pick(['wait', 'wait', 'reject', 'drop-oldest']),
      aggregation: random.chance(0.3),
      requestTimeoutMs,
      deliveryTimeoutMs: requestTimeoutMs * random.pick([2, 10, 10, 30]),
    },
    network: planNetwork(random),
    mapping: planMapping(random),
    functions: {
      processorTimeoutMs: random.pick([3_000, 10_000, 30_000]),
      dlqTimeoutMs: random.pick([5_000, 20_000]),
      dlqBatchSize: random.pick([1, 5, 10]),
      visibilityTimeoutSeconds: random.pick([20, 30]),
    },
    faults: planFaults(random, workload),
  };
}

function planWorkload(random: Random): Workload {
  // One user's events take a round trip each, so a few users cannot send many of them.
  const users = random.pick([2, 10, 150, 400, 1_000]);
  const areFew = users <= 10;
  const events = areFew ? random.integer(100, 400) : random.integer(1_000, 2_800);
  const burst = random.pick([10, 50, 200, 500]);
  const durationMs = random.integer(2_000, 12_000);
  return {
    users,
    hotShare: random.pick([0, 0, areFew ? 0.6 : 0.02, 0.15]),
    events,
    burst,
    burstEveryMs: Math.max(1, Math.round((durationMs * burst) / events)),
    foreign: random.pick([0, 5, 20, 40]),
    foreignBurst: random.pick([1, 1, 10]),
  };
}

function planNetwork(random: Random): Schedule['network'] {
  const minLatencyMs = random.pick([1, 5]);
  return { minLatencyMs, maxLatencyMs: minLatencyMs + random.pick([0, 10, 60]) };
}

function planMapping(random: Random): MappingSettings {
  return {
    shards: random.integer(1, 4),
    batchSize: random.pick([3, 25, 100, 100, 300, 1_000]),
    windowSeconds: random.pick([0, 0, 1, 2]),
    parallelizationFactor: random.pick([1, 1, 2, 2, 5]),
    bisect: random.chance(0.8),
    maximumRetryAttempts: random.pick([0, 1, 3, 3, 10, -1]),
    maximumRecordAgeSeconds: random.pick([-1, -1, 60, 600]),
  };
}

function planFaults(random: Random, workload: Workload): Fault[] {
  const faults: Fault[] = [];
  for (let count = random.pick([0, 5, 20, 40, 60]); count > 0; count -= 1) {
    const on = random.pick(hit);
    const { kinds, reach, row } = requestMenu[on];
    const kind = random.pick(kinds);
    const times = random.chance(0.25) ? random.integer(2, row) : 1;
    faults.push({
      on,
      nth: random.integer(1, reach),
      ...(times > 1 && { times }),
      kind,
      ...(isTimed(kind) && { ms: random.integer(1, kind === 'late' ? 4_000 : 1_500) }),
    });
  }
  for (let count = random.pick([0, 3, 8, 20]); count > 0; count -= 1) {
    const on = random.chance(0.8) ? 'processor' : 'dlq_handler';
    const kind = random.pick(invocationKinds);
    // A long row exhausts the retries, or lets records grow too old.
    const times = random.chance(0.1) ? random.integer(5, 12) : random.pick([1, 1, 1, 2, 4]);
    faults.push({
      on,
      nth: random.integer(1, on === 'processor' ? 60 : 10),
      ...(times > 1 && { times }),
      kind,
      ...(kind === 'out_of_memory' && { ms: random.integer(0, 150) }),
    });
  }
  const durationMs = (workload.events / workload.burst) * workload.burstEveryMs;
  for (let count = random.pick([0, 1, 2, 5]); count > 0; count -= 1) {
    const kind = random.pick(['split', 'merge', 'restart_mapping', 'kill_mapping', 'set_clock']);
    faults.push({
      on: 'clock',
      atMs: random.integer(0, Math.round(durationMs * 1.2)),
      kind,
      ...(kind === 'set_clock' && { by: random.integer(-5_000, 5_000) }),
      ...((kind === 'split' || kind === 'merge') && { by: random.integer(0, 5) }),
    });
  }
  return faults;
}

function isTimed(kind: RequestFault): boolean {
  return kind === 'late' || kind === 'slow' || kind === 'twice';
}
