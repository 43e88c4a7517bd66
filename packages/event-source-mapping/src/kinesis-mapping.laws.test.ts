import {
  type Arbitrary,
  boolean,
  check,
  constant,
  constantFrom,
  defaultReportMessage,
  integer,
  nat,
  property,
  record as recordOf,
} from 'fast-check';
import { expect, test } from 'vitest';
import {
  createWorld,
  type FunctionBehaviour,
  seededRandom,
  type World,
} from '../test/kinesis-world.ts';
import {
  compareSequenceNumbers,
  type EventSourceMappingProperties,
  type InvocationResult,
  type KinesisEventContext,
  type KinesisRecord,
  kinesisEvent,
} from './index.ts';

// What no AWS page states, but what follows from what it promises (at least once, in order of the
// partition key), or what we promise: for random streams, functions, faults and restarts.

interface Scenario {
  readonly seed: number;
  readonly records: number;
  readonly keys: number;
  readonly shards: number;
  readonly batchSize: number;
  readonly windowS: number;
  readonly lanes: number;
  readonly bisect: boolean;
  readonly partial: boolean;
  readonly retries: number;
  readonly ageS: number;
  readonly blocks: boolean;
  /** Shares of invocations that fail in each way, 0..0.3. */
  readonly throttled: number;
  readonly errors: number;
  readonly reported: number;
  /** Share of records that never succeed. */
  readonly poison: number;
  readonly refusedReports: number;
  readonly failedReads: number;
  readonly reshards: number;
  readonly restarts: number;
}

const share = constantFrom(0, 0.1, 0.3);
const scenarios: Arbitrary<Scenario> = recordOf({
  seed: nat(),
  records: integer({ min: 1, max: 80 }),
  keys: integer({ min: 1, max: 12 }),
  shards: integer({ min: 1, max: 3 }),
  batchSize: integer({ min: 1, max: 12 }),
  windowS: constantFrom(0, 0, 1, 5),
  lanes: integer({ min: 1, max: 4 }),
  bisect: boolean(),
  partial: boolean(),
  retries: constantFrom(-1, 0, 1, 3),
  ageS: constantFrom(-1, 60),
  blocks: boolean(),
  throttled: share,
  errors: share,
  reported: share,
  poison: share,
  refusedReports: share,
  failedReads: share,
  reshards: nat({ max: 3 }),
  restarts: constant(0),
});

const payloadLimit = 2_500;
const bufferLimit = 30;

function run(scenario: Scenario): World {
  const random = seededRandom(scenario.seed);
  const poison = new Set<string>();
  const world = createWorld({
    random,
    shards: scenario.shards,
    properties: properties(scenario),
    inferred: {
      maximumPayloadBytes: payloadLimit,
      maximumBufferedRecords: bufferLimit,
      failingLaneBlocksShard: scenario.blocks,
      retentionMs: 120_000,
    },
    invoke: behaviour(scenario, random, poison),
    deliver: () => random() >= scenario.refusedReports,
    readFails: () => random() < scenario.failedReads,
  });
  const spreadMs = 20_000;
  for (let i = 0; i < scenario.records; i++) {
    world.at(Math.floor(random() * spreadMs), () => {
      const key = Math.floor(random() * scenario.keys);
      const record = world.put('x'.repeat(random() < 0.02 ? 3_000 : Math.floor(random() * 400)), {
        key: `key-${key}`,
        shardId: openShardOf(world, key),
        // Clocks of the stream's hosts disagree a little.
        arrivedAtMs: world.nowMs() - Math.floor(random() * 50),
      });
      if (random() < scenario.poison) poison.add(record.sequenceNumber);
    });
  }
  for (let i = 0; i < scenario.reshards; i++) {
    world.at(Math.floor(random() * spreadMs), () => {
      const open = [...world.shards.values()].filter(({ closed }) => !closed);
      const [first, second] = open;
      if (first === undefined) return;
      if (second !== undefined && random() < 0.5) world.merge(first.shardId, second.shardId);
      else world.split(open.at(-1)?.shardId ?? first.shardId);
    });
  }
  for (let i = 0; i < scenario.restarts; i++) {
    world.at(Math.floor(random() * spreadMs), world.restart);
  }
  world.drain(24 * 3_600_000);
  return world;
}

function properties(scenario: Scenario): Partial<EventSourceMappingProperties> {
  return {
    BatchSize: scenario.batchSize,
    MaximumBatchingWindowInSeconds: scenario.windowS,
    ParallelizationFactor: scenario.lanes,
    BisectBatchOnFunctionError: scenario.bisect,
    MaximumRetryAttempts: scenario.retries,
    MaximumRecordAgeInSeconds: scenario.ageS,
    FunctionResponseTypes: scenario.partial ? ['ReportBatchItemFailures'] : [],
  };
}

function behaviour(
  scenario: Scenario,
  random: () => number,
  poison: ReadonlySet<string>,
): FunctionBehaviour {
  return ({ records }) => {
    const tookMs = Math.floor(random() * 2_000);
    const answer = (result: InvocationResult) => ({ result, tookMs });
    const dice = random();
    if (dice < scenario.throttled) {
      return answer({ kind: dice < scenario.throttled / 2 ? 'invoke_error' : 'throttled' });
    }
    const bad = records.filter(({ sequenceNumber }) => poison.has(sequenceNumber));
    const failsAnyway = bad.length > 0 && (!scenario.partial || random() < 0.2);
    if (failsAnyway || random() < scenario.errors) {
      return answer({ kind: 'function_error', payload: '{}' });
    }
    const failed =
      random() < scenario.reported ? [...bad, ...records.filter(() => random() < 0.2)] : bad;
    const identifiers = failed.map(({ sequenceNumber }) => sequenceNumber);
    if (random() < scenario.reported / 5) identifiers.push('');
    const batchItemFailures = identifiers.map((itemIdentifier) => ({ itemIdentifier }));
    return answer({ kind: 'ok', payload: JSON.stringify({ batchItemFailures }) });
  };
}

/** The same key goes to the same lineage: here to the first or last child all the way down. */
function openShardOf(world: World, key: number): string {
  const shards = [...world.shards.values()];
  const roots = shards.filter(({ parents }) => parents.length === 0);
  let shard = roots[key % roots.length];
  while (shard?.closed === true) {
    const { shardId } = shard;
    const children = shards.filter(({ parents }) => parents.includes(shardId));
    shard = children[key % children.length];
  }
  return shard?.shardId ?? '';
}

/** How many of an invocation's records, from the first on, its result settles. */
function settledCount(
  records: readonly KinesisRecord[],
  result: InvocationResult,
  isPartial: boolean,
): number {
  if (result.kind !== 'ok') return 0;
  if (!isPartial) return records.length;
  const failed = new Set(result.payload.match(/(?<="itemIdentifier":")\d*/g));
  if (failed.has('')) return 0;
  const first = records.findIndex(({ sequenceNumber }) => failed.has(sequenceNumber));
  return first === -1 ? records.length : first;
}

type Step =
  | {
      readonly type: 'invoked';
      readonly lane: string;
      readonly records: readonly KinesisRecord[];
      readonly context: KinesisEventContext;
    }
  | {
      readonly type: 'answered';
      readonly lane: string;
      readonly records: readonly KinesisRecord[];
      readonly result: InvocationResult;
    }
  | { readonly type: 'settled'; readonly records: readonly KinesisRecord[] }
  | { readonly type: 'checkpoint'; readonly shardId: string; readonly sequenceNumber: string };

/** What happened, in the order in which the mapping learned or said it. */
function* timeline(world: World, scenario: Scenario): Generator<Step> {
  const asked = new Map<string, { lane: string; records: readonly KinesisRecord[] }>();
  const nothing = { lane: '', records: [] };
  for (const entry of world.log) {
    if ('command' in entry) {
      const { command } = entry;
      if (command.type === 'invoke' || command.type === 'send_on_failure') {
        const lane = `${command.context.shardId}/${command.lane}`;
        const { records } = command;
        asked.set(command.type === 'invoke' ? command.invocationId : command.failureId, {
          lane,
          records,
        });
        if (command.type === 'invoke')
          yield { type: 'invoked', lane, records, context: command.context };
      }
      if (command.type === 'checkpoint') yield command;
      continue;
    }
    const { input } = entry;
    if (input.type === 'invocation') {
      const { lane, records } = asked.get(input.invocationId) ?? nothing;
      yield { type: 'answered', lane, records, result: input.result };
      const count = settledCount(records, input.result, scenario.partial);
      if (count > 0) yield { type: 'settled', records: records.slice(0, count) };
    }
    if (input.type === 'on_failure' && input.delivered) {
      yield { type: 'settled', records: (asked.get(input.failureId) ?? nothing).records };
    }
  }
}

/** sequence number → how often it was settled. */
function settlements(world: World, scenario: Scenario): Map<string, number> {
  const counts = new Map(allRecords(world).map(({ sequenceNumber }) => [sequenceNumber, 0]));
  for (const step of timeline(world, scenario)) {
    if (step.type !== 'settled') continue;
    for (const { sequenceNumber } of step.records) {
      counts.set(sequenceNumber, (counts.get(sequenceNumber) ?? 0) + 1);
    }
  }
  return counts;
}

function allRecords(world: World): KinesisRecord[] {
  return [...world.shards.values()].flatMap(({ records }) => records);
}

/** A scenario in which the law is broken, as a readable report; `undefined` when none was found. */
function broken(
  law: (world: World, scenario: Scenario) => readonly unknown[],
  restarts = 0,
): string | undefined {
  const details = check(
    property(scenarios, (scenario) => {
      const given = { ...scenario, restarts };
      const violations = law(run(given), given);
      if (violations.length > 0) throw new Error(`broken by ${JSON.stringify(violations[0])}`);
    }),
    { numRuns: 80 },
  );
  return details.failed ? defaultReportMessage(details) : undefined;
}

test('law: every record is settled exactly once: delivered, or in one report', () => {
  const report = broken((world, scenario) =>
    [...settlements(world, scenario)].filter(([, count]) => count !== 1),
  );
  expect(report).toBeUndefined();
});

test('law: after restarts every record has been settled at least once', () => {
  const report = broken(
    (world, scenario) => [...settlements(world, scenario)].filter(([, count]) => count < 1),
    3,
  );
  expect(report).toBeUndefined();
});

test('law: a report names its first and last record, and how many they are', () => {
  const report = broken((world) =>
    world.commands.filter(({ command }) => {
      if (command.type !== 'send_on_failure') return false;
      const { document, records, context } = command;
      const { KinesisBatchInfo: info } = document;
      return (
        info.shardId !== context.shardId ||
        info.startSequenceNumber !== records[0]?.sequenceNumber ||
        info.endSequenceNumber !== records.at(-1)?.sequenceNumber ||
        info.batchSize !== records.length
      );
    }),
  );
  expect(report).toBeUndefined();
});

test.each([0, 3])(
  'law: a record of a key is handed over only after all earlier ones are settled or with it (%i restarts)',
  (restarts) => {
    const report = broken((world, scenario) => {
      const settled = new Set<string>();
      const byKey = Map.groupBy(inOrder(allRecords(world)), ({ partitionKey }) => partitionKey);
      const isEarly = (record: KinesisRecord, together: readonly KinesisRecord[]): boolean => {
        const ofKey = byKey.get(record.partitionKey) ?? [];
        return ofKey
          .slice(0, ofKey.indexOf(record))
          .some((before) => !settled.has(before.sequenceNumber) && !together.includes(before));
      };
      return [...timeline(world, scenario)].filter((step) => {
        if (step.type === 'settled') {
          for (const { sequenceNumber } of step.records) settled.add(sequenceNumber);
        }
        if (step.type !== 'invoked') return false;
        const { records } = step;
        const isInOrder = inOrder(records).every((record, i) => record === records[i]);
        return !isInOrder || records.some((record) => isEarly(record, records));
      });
    }, restarts);
    expect(report).toBeUndefined();
  },
);

test('law: the checkpoint only grows, nothing up to it is unsettled, and it reaches the end', () => {
  const report = broken((world, scenario) => {
    const settled = new Set<string>();
    const last = new Map<string, string>();
    const violations: unknown[] = [...timeline(world, scenario)].filter((step) => {
      if (step.type === 'settled') {
        for (const { sequenceNumber } of step.records) settled.add(sequenceNumber);
      }
      if (step.type !== 'checkpoint') return false;
      const { shardId, sequenceNumber } = step;
      const hasGrown = compareSequenceNumbers(sequenceNumber, last.get(shardId) ?? '0') > 0;
      last.set(shardId, sequenceNumber);
      const unsettled = world.shards
        .get(shardId)
        ?.records.filter((one) => !settled.has(one.sequenceNumber))
        .some((one) => compareSequenceNumbers(one.sequenceNumber, sequenceNumber) <= 0);
      return !hasGrown || unsettled;
    });
    for (const { shardId, records } of world.shards.values()) {
      if (last.get(shardId) !== records.at(-1)?.sequenceNumber) violations.push(shardId);
    }
    return violations;
  });
  expect(report).toBeUndefined();
});

test('law: no more attempts at the same head of a batch than the budget allows', () => {
  const report = broken((world, scenario) => {
    const attempts = new Map<string, number>();
    for (const step of timeline(world, scenario)) {
      if (step.type !== 'answered') continue;
      const { result, records } = step;
      const isSplit = scenario.bisect && result.kind === 'function_error' && records.length > 1;
      const ran = result.kind === 'ok' || result.kind === 'function_error';
      if (!ran || isSplit || settledCount(records, result, scenario.partial) > 0) continue;
      const head = records[0]?.sequenceNumber ?? '';
      attempts.set(head, (attempts.get(head) ?? 0) + 1);
    }
    const budget = scenario.retries === -1 ? Infinity : scenario.retries + 1;
    return [...attempts].filter(([, count]) => count > budget);
  });
  expect(report).toBeUndefined();
});

test('law: batches keep to their size and payload, a lane to one of them at a time', () => {
  const report = broken((world, scenario) => {
    const busy = new Set<string>();
    return [...timeline(world, scenario)].filter((step) => {
      if (step.type === 'answered') busy.delete(step.lane);
      if (step.type !== 'invoked') return false;
      const payload = JSON.stringify(kinesisEvent(step.records, step.context));
      const isSecond = busy.has(step.lane);
      busy.add(step.lane);
      return (
        isSecond ||
        step.records.length > scenario.batchSize ||
        Buffer.byteLength(payload) > payloadLimit
      );
    });
  });
  expect(report).toBeUndefined();
});

test('law: a shard is read five times a second at most, and never more than there is room for', () => {
  const report = broken((world) => {
    const lastMs = new Map<string, number>();
    return world.commands.filter(({ command, atMs }) => {
      if (command.type !== 'read') return false;
      const isEarly = atMs - (lastMs.get(command.shardId) ?? 0) < 200;
      lastMs.set(command.shardId, atMs);
      return isEarly || command.limit > bufferLimit;
    });
  });
  expect(report).toBeUndefined();
});

test('law: the same inputs give the same commands', () => {
  const report = broken((world, scenario) => {
    const again = run(scenario).log;
    return JSON.stringify(again) === JSON.stringify(world.log) ? [] : [again.length];
  }, 1);
  expect(report).toBeUndefined();
});

function inOrder(records: readonly KinesisRecord[]): KinesisRecord[] {
  return records.toSorted((a, b) => compareSequenceNumbers(a.sequenceNumber, b.sequenceNumber));
}
