import type { Fault, Schedule } from './schedule.ts';

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

/** The numbers of the events that are tracked. */
export const eventsOf = ({ workload: { only, events } }: Schedule): readonly number[] =>
  only ?? upTo(events);

/** The numbers of the poison records. */
export const foreignOf = ({ workload: { onlyForeign, foreign } }: Schedule): readonly number[] =>
  onlyForeign ?? upTo(foreign);

/** A number of the schedule that is simpler when it is smaller. */
export interface SmallerNumber {
  readonly smallest: (schedule: Schedule) => number;
  readonly of: (schedule: Schedule) => number;
  readonly set: (schedule: Schedule, value: number) => Schedule;
}

type Part = 'workload' | 'network' | 'mapping' | 'producer';
type NumberIn<Settings> = {
  [Name in keyof Settings]-?: Settings[Name] extends number ? Name : never;
}[keyof Settings];

/** Any whole number from the smallest on is valid. */
export const smallerNumbers: readonly SmallerNumber[] = [
  numberIn('workload', 'users', 1),
  numberIn('workload', 'hotShare', 0),
  numberIn('workload', 'burstEveryMs', 1),
  numberIn('workload', 'burst', 1),
  numberIn('workload', 'foreignBurst', 1),
  numberIn('network', 'minLatencyMs', 1),
  {
    ...numberIn('network', 'maxLatencyMs', 1),
    smallest: ({ network }) => network.minLatencyMs,
  },
  numberIn('mapping', 'shards', 1),
  numberIn('mapping', 'windowSeconds', 0),
  numberIn('mapping', 'parallelizationFactor', 1),
  numberIn('mapping', 'batchSize', 1),
  numberIn('producer', 'lingerMs', 0),
  numberIn('producer', 'maxOpenRequests', 1),
  numberIn('producer', 'maxBatchRecords', 1),
];

function numberIn<In extends Part>(
  part: In,
  name: NumberIn<Schedule[In]>,
  smallest: number,
): SmallerNumber {
  return {
    smallest: () => smallest,
    of: (schedule) => Number(schedule[part][name]),
    set: (schedule, value) => ({ ...schedule, [part]: { ...schedule[part], [name]: value } }),
  };
}

/** A configuration in which nothing surprises; what can be changed by itself is by itself. */
const plain: readonly { readonly [In in keyof Schedule]?: Partial<Schedule[In]> }[] = [
  { producer: { requestTimeoutMs: 3_000, deliveryTimeoutMs: 90_000 } },
  { producer: { maxBufferRecords: 100_000 } },
  { producer: { maxWaitingRecords: 10_000 } },
  { producer: { whenFull: 'wait' } },
  { producer: { aggregation: false } },
  { mapping: { maximumRecordAgeSeconds: -1 } },
  { mapping: { maximumRetryAttempts: -1 } },
  { mapping: { bisect: true } },
  { functions: { processorTimeoutMs: 30_000 } },
  { functions: { dlqTimeoutMs: 20_000, visibilityTimeoutSeconds: 30 } },
  { functions: { dlqBatchSize: 1 } },
];

export const plainerSettings: readonly ((schedule: Schedule) => Schedule)[] = plain.map(
  ({ producer, mapping, functions }) =>
    (schedule) => ({
      ...schedule,
      producer: { ...schedule.producer, ...producer },
      mapping: { ...schedule.mapping, ...mapping },
      functions: { ...schedule.functions, ...functions },
    }),
);

/** The goal itself, then ever closer to the value, down to the next whole number. */
export function* nearerTo(value: number, goal: number): Generator<number> {
  for (let gap = value - goal; gap !== 0; gap = Math.trunc(gap / 2)) yield value - gap;
}

/** A fault with one number of it smaller. */
export function* plainerFaults(fault: Fault | undefined): Generator<Fault> {
  if (fault === undefined) return;
  if (fault.on === 'clock') {
    for (const atMs of nearerTo(fault.atMs, 0)) yield { ...fault, atMs };
    for (const by of nearerTo(fault.by ?? 0, 0)) yield { ...fault, by };
    return;
  }
  const { times = 1, ...once } = fault;
  for (const fewer of nearerTo(times, 1)) yield fewer === 1 ? once : { ...fault, times: fewer };
  for (const nth of nearerTo(fault.nth, 1)) yield { ...fault, nth };
  for (const ms of nearerTo(fault.ms ?? 0, 0)) yield { ...fault, ms };
}
