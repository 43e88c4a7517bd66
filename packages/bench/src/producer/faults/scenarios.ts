import type { Faults } from '../protocol.ts';

/** One row of the table of faults. */
export interface Scenario {
  readonly what: string;
  readonly faults: Faults;
  readonly events: number;
  /** Undefined: as fast as the arm takes them. */
  readonly eventsPerSecond?: number;
  /** SIGTERM is sent this long after the first event. */
  readonly terminateAfterMs?: number;
  /** How long an arm that has a deadline for records may try. */
  readonly deadlineMs: number;
  /** Longer than that a process is given up, in milliseconds. */
  readonly limitMs: number;
}

const DEADLINE_MS = 30_000;
const LIMIT_MS = 60_000;

/** Beside it, `hot shard` is compared: the same events at the same pace, nobody is throttled. */
export const STEADY = 'steady';
export const HOT_SHARD = 'hot shard';

/** @param outageMs - how long connections are cut. */
export function scenarios(outageMs: number): Readonly<Record<string, Scenario>> {
  const usual = { events: 20_000, deadlineMs: DEADLINE_MS, limitMs: LIMIT_MS };
  // Of the hot shard's quarter of the events it takes a fifth at once; the rest within its deadline.
  const paced = { ...usual, events: 8_000, eventsPerSecond: 2_000 };
  return {
    'no fault': { ...usual, what: 'nothing happens', faults: {} },
    'failed records': {
      ...usual,
      what: '10 % of the records fail',
      faults: { failedRecords: 0.1 },
    },
    'http 500': {
      ...usual,
      what: '20 % of the requests are answered with HTTP 500',
      faults: { serverErrors: 0.2 },
    },
    'commit, then silence': {
      ...usual,
      what: '5 % of the requests are taken but never answered',
      faults: { silentCommits: 0.05 },
      limitMs: 3 * LIMIT_MS, // every silence costs the users of that request a timeout of 6 s
    },
    [STEADY]: { ...paced, what: '2,000 events/s, nothing happens', faults: {} },
    [HOT_SHARD]: {
      ...paced,
      what: '2,000 events/s, one of the shards takes a tenth of what a shard takes',
      faults: { hotShardShare: 0.1 },
    },
    'round trip': { ...usual, what: 'answers take 20 ms more', faults: { roundTripMs: 20 } },
    reshard: {
      ...usual,
      what: 'every shard is split at half of the work',
      faults: { reshard: true },
    },
    outage: {
      what: `connections are cut for ${outageMs / 1000} s; deadlines are a minute longer`,
      faults: { outageMs },
      events: 200_000,
      deadlineMs: outageMs + 60_000,
      limitMs: outageMs + 120_000,
    },
    sigterm: {
      ...usual,
      what: 'SIGTERM after 2 s at 5,000 events/s: tracking ends, then a flush',
      faults: {},
      eventsPerSecond: 5_000,
      terminateAfterMs: 2_000,
    },
  };
}
