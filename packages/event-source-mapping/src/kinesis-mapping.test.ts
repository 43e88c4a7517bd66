import { describe, expect, test } from 'vitest';
import {
  createWorld,
  type FunctionBehaviour,
  type Invocation,
  queueArn,
  startMs,
  streamArn,
  success,
  type World,
  type WorldOptions,
} from '../test/kinesis-world.ts';
import type { InvocationResult } from './index.ts';

const guide = 'https://docs.aws.amazon.com/lambda/latest/dg';
const error: InvocationResult = { kind: 'function_error', payload: '{"errorType":"Error"}' };
const partial = { FunctionResponseTypes: ['ReportBatchItemFailures'] };

function returns(value: unknown): InvocationResult {
  return { kind: 'ok', payload: JSON.stringify(value) };
}

function fails(...identifiers: readonly unknown[]): InvocationResult {
  return returns({
    batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
  });
}

/** Reports the first record whose text is in the list. */
function reporting(...poison: readonly string[]): FunctionBehaviour {
  return ({ records }) => {
    const bad = records.find(({ data }) => poison.includes(Buffer.from(data).toString()));
    return bad === undefined ? success : fails(bad.sequenceNumber);
  };
}

/** Throws when any of these is in the batch. */
function throwing(...poison: readonly string[]): FunctionBehaviour {
  return ({ records }) =>
    records.some(({ data }) => poison.includes(Buffer.from(data).toString())) ? error : success;
}

function textsOf({ invoke }: Invocation): string {
  return invoke.records.map(({ data }) => Buffer.from(data).toString()).join('');
}

/** When the shards were read. */
function reads(world: World): number[] {
  return world.commands.filter(({ command }) => command.type === 'read').map(({ atMs }) => atMs);
}

/** Each invocation as the texts of its records. */
function batches(world: World): string[] {
  return world.invocations.map(textsOf);
}

function worldWith(texts: string, options: WorldOptions): World {
  const world = createWorld(options);
  for (const text of texts) world.put(text);
  world.drain();
  return world;
}

describe('recorded on AWS, 2024-12-13', () => {
  // Beside the rows of vectors.test.ts, which says by whom; the test's name is the name of the one
  // recorded.

  const retryTwice = { ...partial, BatchSize: 1, MaximumRetryAttempts: 2 };

  test('test_kinesis_report_batch_item_failure_scenarios[unhandled_exception_in_function]', () => {
    const world = worldWith('a', { properties: retryTwice, invoke: () => error });
    expect(world.invocations).toHaveLength(3);
    expect(world.documents).toHaveLength(1);
    const { timestamp, requestContext } = world.documents[0] ?? {};
    expect(timestamp).toMatch(/^2026-01-02T03:04:0\d\.\d{3}Z$/);
    expect(requestContext?.requestId).toMatch(
      /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    );
    expect(world.documents[0]).toEqual({
      requestContext: {
        requestId: requestContext?.requestId,
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:processor:$LATEST',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: 'Unhandled',
      },
      version: '1.0',
      timestamp,
      KinesisBatchInfo: {
        shardId: 'shardId-000000000000',
        startSequenceNumber: '91',
        endSequenceNumber: '91',
        approximateArrivalOfFirstRecord: new Date(startMs).toISOString(),
        approximateArrivalOfLastRecord: new Date(startMs).toISOString(),
        batchSize: 1,
        streamArn,
      },
    });
  });

  test('test_kinesis_event_filtering_json_pattern: each mapping sees what its filter lets through', () => {
    const events = ['function_1', 'function_2'].map((event_type) => JSON.stringify({ event_type }));
    for (const [i, event] of events.entries()) {
      const Pattern = JSON.stringify({ data: { event_type: [`function_${i + 1}`] } });
      const world = createWorld({
        properties: { BatchSize: 1, FilterCriteria: { Filters: [{ Pattern }] } },
      });
      for (const text of events) world.put(text);
      world.drain();
      expect(batches(world)).toEqual([event]);
    }
  });

  test('test_create_kinesis_event_source_mapping: BatchSize 100 with a window of 0 is accepted', () => {
    expect(() => createWorld({ properties: { BatchSize: 100 } })).not.toThrow();
  });
});

describe(`responses (documented: ${guide}/services-kinesis-batchfailurereporting.html)`, () => {
  test('attempts before the progress do not count after it', () => {
    let attempts = 0;
    const world = worldWith('abc', {
      properties: { ...partial, MaximumRetryAttempts: 3 },
      invoke({ records }) {
        attempts += 1;
        return fails(attempts <= 2 ? records[0]?.sequenceNumber : '93');
      },
    });
    expect(batches(world)).toEqual(['abc', 'abc', 'abc', 'c', 'c', 'c', 'c']);
    expect(world.documents).toMatchObject([{ requestContext: { approximateInvokeCount: 4 } }]);
  });

  test('a function that does not report item failures may return anything', () => {
    const world = worldWith('ab', { invoke: () => fails('91') });
    expect(batches(world)).toEqual(['ab']);
  });

  test('the lowest of several identifiers counts, compared as numbers', () => {
    const texts = 'abcdefghijklm'; // sequence numbers 91..103
    let first = true;
    const world = worldWith(texts, {
      properties: partial,
      invoke() {
        if (!first) return success;
        first = false;
        return fails('102', '95', '100');
      },
    });
    expect(batches(world)).toEqual([texts, texts.slice(4)]);
    expect(world.checkpoints.map(({ sequenceNumber }) => sequenceNumber)).toEqual(['94', '103']);
  });

  test('ReportBatchItemFailures alone does not isolate: what follows the poison goes with it', () => {
    const world = worldWith('67 8', {
      properties: { ...partial, MaximumRetryAttempts: 1 },
      invoke: reporting('6'),
    });
    expect(batches(world)).toEqual(['67 8', '67 8']);
    expect(world.documents).toMatchObject([{ KinesisBatchInfo: { batchSize: 4 } }]);
  });

  test('an unknown identifier fails the whole batch, or is ignored when told so', () => {
    const properties = { ...partial, MaximumRetryAttempts: 0 };
    const options: WorldOptions = { properties, invoke: () => fails('4711') };
    expect(worldWith('ab', options).documents).toHaveLength(1);
    const inferred = { unknownItemIdentifier: 'success' } as const;
    expect(worldWith('ab', { ...options, inferred }).documents).toHaveLength(0);
  });
});

// Left half first is inferred.
describe(`bisect (documented: ${guide}/services-kinesis-parameters.html)`, () => {
  const bisect = { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1 };

  test('a function error halves the batch, left half first, without using up the budget', () => {
    const world = worldWith('abcdefgh', { properties: bisect, invoke: throwing('f') });
    expect(batches(world)).toEqual(['abcdefgh', 'abcd', 'efgh', 'ef', 'e', 'f', 'f', 'gh']);
    expect(world.documents).toMatchObject([
      {
        requestContext: { approximateInvokeCount: 2 },
        responseContext: { functionError: 'Unhandled' },
        KinesisBatchInfo: { batchSize: 1, startSequenceNumber: '96' },
      },
    ]);
  });

  test('a partial response is cut at the returned record instead', () => {
    const world = worldWith('abcdefgh', {
      properties: { ...partial, ...bisect },
      invoke: reporting('f'),
    });
    expect(batches(world)).toEqual(['abcdefgh', 'fgh', 'fgh']);
  });

  test('without it the whole batch is given up', () => {
    const world = worldWith('abc', {
      properties: { MaximumRetryAttempts: 1 },
      invoke: throwing('b'),
    });
    expect(batches(world)).toEqual(['abc', 'abc']);
    expect(world.documents).toMatchObject([{ KinesisBatchInfo: { batchSize: 3 } }]);
  });
});

// AWS says nothing of these; the default of each is what the tests above and below have.
describe('what is inferred is another way when told so', () => {
  const bisect = { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1 };

  test.each([
    [false, 10],
    [true, 260],
  ])('halves wait: %s', (halvesWait, waitMs) => {
    const options = { properties: bisect, inferred: { halvesWait }, invoke: throwing('b') };
    const { invocations } = worldWith('ab', options);
    const [whole, left] = invocations.map(({ atMs }) => atMs);
    expect((left ?? 0) - (whole ?? 0)).toBe(waitMs);
    expect(invocations.map(textsOf)).toEqual(['ab', 'a', 'b', 'b']);
  });

  test.each([
    [false, ['ab', 'ab']],
    [true, ['ab', 'a', 'a', 'b']],
  ])('a failure reported at the first record halves: %s', (reportedFailureHalves, expected) => {
    const properties = { ...partial, ...bisect };
    const inferred = { reportedFailureHalves };
    const world = worldWith('ab', { properties, inferred, invoke: reporting('a') });
    expect(batches(world)).toEqual(expected);
  });

  test('the condition of a record that is too large', () => {
    const oversizeCondition = 'RecordAgeExceeded';
    const world = createWorld({ inferred: { maximumPayloadBytes: 2_000, oversizeCondition } });
    world.put('b'.repeat(2_000));
    world.drain();
    expect(world.documents).toMatchObject([{ requestContext: { condition: oversizeCondition } }]);
  });

  test('a document that the destination refuses is dropped, and counted', () => {
    let refusals = 0;
    const world = worldWith('ab', {
      properties: { MaximumRetryAttempts: 0 },
      inferred: { refusedDocument: 'drop' },
      invoke: () => error,
      deliver: () => {
        refusals += 1;
        return false;
      },
    });
    expect(refusals).toBe(1);
    expect(world.mapping().counters()).toMatchObject({
      Dropped: 2,
      OnFailureDestinationDelivered: 0,
    });
  });
});

// How long the waits are is inferred; for the rest see services-kinesis-parameters.html, too.
describe(`retries (documented: ${guide}/kinesis-on-failure-destination.html)`, () => {
  test('wait longer each time', () => {
    const world = worldWith('a', {
      properties: { MaximumRetryAttempts: 4 },
      inferred: { retryMaximumDelayMs: 1_000 },
      invoke: () => error,
    });
    const times = world.invocations.map(({ atMs }) => atMs);
    const waits = times.slice(1).map((atMs, i) => atMs - (times[i] ?? 0) - 10);
    expect(waits).toEqual([250, 500, 1_000, 1_000]);
  });

  test('throttles and invoke errors do not count as attempts', () => {
    const results: InvocationResult[] = [
      { kind: 'throttled' },
      { kind: 'invoke_error' },
      error,
      { kind: 'throttled' },
      error,
    ];
    let next = 0;
    const world = worldWith('a', {
      properties: { MaximumRetryAttempts: 1 },
      invoke: () => results[next++] ?? success,
    });
    expect(world.invocations).toHaveLength(5);
    expect(world.documents).toMatchObject([{ requestContext: { approximateInvokeCount: 2 } }]);
    expect(world.mapping().counters()).toMatchObject({ Invoked: 2, FailedInvoke: 5 });
  });

  test('throttles end with the age of the record', () => {
    const world = worldWith('a', {
      properties: { MaximumRetryAttempts: 0, MaximumRecordAgeInSeconds: 60 },
      invoke: () => ({ kind: 'throttled' }),
    });
    expect(world.documents).toMatchObject([
      { requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 1 } },
    ]);
  });

  test('without any limit they end with the retention of the stream', () => {
    const world = worldWith('a', { inferred: { retentionMs: 600_000 }, invoke: () => error });
    expect(world.nowMs() - startMs).toBeGreaterThan(600_000);
    expect(world.documents).toMatchObject([{ requestContext: { condition: 'RecordAgeExceeded' } }]);
  });

  test('a maximum age beyond the retention does not outlast it', () => {
    const world = worldWith('a', {
      properties: { MaximumRecordAgeInSeconds: 604_800 },
      inferred: { retentionMs: 600_000 },
      invoke: () => error,
    });
    expect(world.nowMs() - startMs).toBeLessThan(1_000_000);
    expect(world.documents).toMatchObject([{ requestContext: { condition: 'RecordAgeExceeded' } }]);
  });

  test('without a destination the records are dropped, and counted', () => {
    const world = worldWith('ab', {
      properties: { MaximumRetryAttempts: 0, DestinationConfig: {} },
      invoke: () => error,
    });
    expect(world.mapping().counters()).toMatchObject({
      Dropped: 2,
      OnFailureDestinationDelivered: 0,
    });
    expect(world.checkpoints.at(-1)).toMatchObject({ sequenceNumber: '92' });
  });

  test('a report that does not arrive is sent again, and nothing is settled before it has', () => {
    let refusals = 3;
    const world = createWorld({
      properties: { MaximumRetryAttempts: 0 },
      invoke: () => error,
      deliver: () => refusals-- <= 0,
    });
    world.put('a');
    world.run(500);
    expect(world.checkpoints).toHaveLength(0);
    expect(world.mapping().checkpoints().shards).toMatchObject([
      { position: { type: 'TRIM_HORIZON' } },
    ]);
    world.drain();
    expect(world.documents).toHaveLength(1);
    expect(world.mapping().counters().OnFailureDestinationDelivered).toBe(1);
  });
});

describe(`batches (documented: ${guide}/invocation-eventsourcemapping.html)`, () => {
  test('close at BatchSize', () => {
    const world = worldWith('abcdefg', { properties: { BatchSize: 3 } });
    expect(batches(world)).toEqual(['abc', 'def', 'g']);
  });

  test('close when the window has passed since their first record', () => {
    const world = createWorld({ properties: { MaximumBatchingWindowInSeconds: 5 } });
    world.at(0, () => world.put('a'));
    world.at(4_000, () => world.put('b'));
    world.at(6_500, () => world.put('c'));
    world.drain();
    expect(batches(world)).toEqual(['ab', 'c']);
    const [first, second] = world.invocations.map(({ atMs }) => atMs - startMs);
    expect(first).toBeGreaterThanOrEqual(5_000);
    expect(first).toBeLessThan(6_100);
    expect(second).toBeGreaterThanOrEqual(11_500);
  });

  test('do not wait for the window when they are full', () => {
    const world = worldWith('abcd', {
      properties: { BatchSize: 4, MaximumBatchingWindowInSeconds: 300 },
    });
    expect(world.invocations[0]?.atMs).toBeLessThan(startMs + 1_000);
  });

  test('close at the payload limit, base64 and metadata included', () => {
    const world = createWorld({ inferred: { maximumPayloadBytes: 2_000 } });
    for (const text of 'abc') world.put(text.repeat(300));
    world.drain();
    expect(world.invocations.map(({ invoke }) => invoke.records.length)).toEqual([2, 1]);
  });

  test('a record too large for any payload is reported, its neighbours are delivered', () => {
    const world = createWorld({ inferred: { maximumPayloadBytes: 2_000 } });
    world.put('a');
    world.put('b'.repeat(2_000));
    world.put('c');
    world.drain();
    expect(batches(world)).toEqual(['a', 'c']);
    expect(world.documents).toMatchObject([
      { KinesisBatchInfo: { batchSize: 1, startSequenceNumber: '92' } },
    ]);
  });
});

// Whether a failing lane holds up the others is inferred.
describe(`lanes (documented: ${guide}/with-kinesis.html)`, () => {
  const keys = Array.from({ length: 40 }, (_, i) => `user-${i}`);

  function lanesOfKeys(lanes: number): World {
    const world = createWorld({ properties: { ParallelizationFactor: lanes, BatchSize: 5 } });
    for (const round of [1, 2, 3]) for (const key of keys) world.put(`${key}:${round} `, { key });
    world.drain();
    return world;
  }

  test('a key stays in its lane, and lanes run at the same time', () => {
    const world = lanesOfKeys(4);
    const laneOf = new Map<string, number>();
    for (const { invoke } of world.invocations) {
      for (const { partitionKey } of invoke.records) {
        expect(laneOf.get(partitionKey) ?? invoke.lane).toBe(invoke.lane);
        laneOf.set(partitionKey, invoke.lane);
      }
    }
    expect(new Set(laneOf.values()).size).toBe(4);
    const firstMs = world.invocations[0]?.atMs;
    expect(world.invocations.filter(({ atMs }) => atMs === firstMs)).toHaveLength(4);
  });

  test('the checkpoint stays behind the slowest lane', () => {
    let isStuck = true;
    const stuck: FunctionBehaviour = ({ lane }) =>
      lane === 0 && isStuck ? { kind: 'throttled' } : success;
    const world = createWorld({
      properties: { ParallelizationFactor: 2, BatchSize: 1 },
      invoke: stuck,
    });
    for (const key of keys) world.put(key, { key });
    world.run(5_000);
    const oldest = world.invocations.find(({ invoke }) => invoke.lane === 0)?.invoke.records[0];
    expect(world.checkpoints.at(-1)?.sequenceNumber ?? '90').toBe(
      String(Number(oldest?.sequenceNumber) - 1),
    );
    isStuck = false;
    world.drain();
    expect(world.checkpoints.at(-1)?.sequenceNumber).toBe('130');
  });

  test.each([
    [false, 18], // all of that lane's 18 keys
    [true, 1],
  ])('a failing lane holds up the others: %s', (failingLaneBlocksShard, expected) => {
    const world = createWorld({
      properties: { ParallelizationFactor: 2, BatchSize: 1 },
      inferred: { failingLaneBlocksShard },
      invoke: ({ lane }) => (lane === 0 ? error : success),
    });
    for (const key of keys) world.put(key, { key });
    world.run(5_000);
    const ofTheOther = world.invocations.filter(({ invoke }) => invoke.lane === 1);
    expect(ofTheOther).toHaveLength(expected);
  });
});

// Parents before children:
// https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html
// (advised to every consumer; that Lambda keeps to it is inferred).
describe(`shards (documented: ${guide}/services-kinesis-parameters.html)`, () => {
  test('parents before children, through a split and a merge', () => {
    const world = createWorld({ properties: { BatchSize: 1 } });
    const parent = 'shardId-000000000000';
    for (const text of 'abc') world.put(text);
    const [left, right] = world.split(parent);
    world.put('d', { shardId: left });
    world.put('e', { shardId: right });
    const merged = world.merge(left, right);
    world.put('f', { shardId: merged });
    world.drain();
    expect(batches(world).join('')).toMatch(/^abc(de|ed)f$/);
    expect(
      world
        .mapping()
        .status()
        .shards.map(({ phase }) => phase),
    ).toEqual(['done', 'done', 'done', 'reading']);
  });

  test('LATEST skips what was there, but nothing of what comes later, children included', () => {
    const world = createWorld({ properties: { StartingPosition: 'LATEST' } });
    world.put('old', { arrivedAtMs: startMs - 1 });
    world.at(50, () => world.put('a'));
    let left = '';
    world.at(3_000, () => {
      world.put('b');
      [left] = world.split('shardId-000000000000');
      world.put('c', { shardId: left });
    });
    world.drain();
    expect(batches(world).join('')).toBe('abc');
  });

  test('LATEST does not wait for the closed shards of an earlier split', () => {
    const world = createWorld({ properties: { StartingPosition: 'LATEST' } });
    world.put('old', { arrivedAtMs: startMs - 1 });
    const [left] = world.split('shardId-000000000000');
    // The shards are listed 5 ms after the start; reading a parent first would take 5 ms more.
    world.at(7, () => world.put('a', { shardId: left }));
    world.drain();
    expect(batches(world)).toEqual(['a']);
  });

  test('LATEST keeps its place when a read fails or the mapping restarts', () => {
    let failures = 0;
    const world = createWorld({
      properties: { StartingPosition: 'LATEST' },
      readFails: () => failures-- > 0,
    });
    world.run(50);
    failures = 2;
    world.at(900, () => world.put('a'));
    world.drain();
    expect(batches(world)).toEqual(['a']);

    const idle = createWorld({ properties: { StartingPosition: 'LATEST' } });
    idle.run(50);
    idle.put('a');
    idle.restart();
    idle.drain();
    expect(batches(idle)).toEqual(['a']);
  });

  test('AT_TIMESTAMP starts in the middle', () => {
    const world = createWorld({
      properties: {
        StartingPosition: 'AT_TIMESTAMP',
        StartingPositionTimestamp: startMs / 1_000 - 10,
      },
    });
    world.put('a', { arrivedAtMs: startMs - 20_000 });
    world.put('b', { arrivedAtMs: startMs - 10_000 });
    world.put('c', { arrivedAtMs: startMs });
    world.drain();
    expect(batches(world)).toEqual(['bc']);
  });

  test('are read once a second when caught up, five times while behind, less when the buffer is full', () => {
    const idle = createWorld();
    idle.run(5_000);
    expect(reads(idle)).toHaveLength(5);

    const behind = createWorld({ inferred: { maximumBufferedRecords: 2 } });
    for (const text of 'abcdefghij') behind.put(text);
    behind.drain();
    const [first = 0, second = 0] = reads(behind);
    expect(second - first).toBe(200);

    const full = createWorld({
      properties: { BatchSize: 1 },
      inferred: { maximumBufferedRecords: 4 },
      invoke: () => ({ kind: 'throttled' }),
    });
    for (const text of 'abcdefghij') full.put(text);
    full.run(60_000);
    expect(full.mapping().status().shards[0]?.unsettledRecords).toBe(4);
  });
});

// How this state machine is driven; nothing of AWS.
describe('life (law)', () => {
  test('a mapping that is not enabled does nothing', () => {
    const world = createWorld({ properties: { Enabled: false } });
    world.put('a');
    world.run(10_000);
    expect(world.commands).toEqual([]);
  });

  test('after a stop it starts nothing, but keeps the results of what is under way', () => {
    const world = createWorld({
      properties: { BatchSize: 1 },
      invoke: () => ({ result: success, tookMs: 1_000 }),
    });
    for (const text of 'ab') world.put(text);
    world.run(100);
    const { mapping } = world;
    expect(mapping().step({ type: 'stop' }, world.nowMs())).toEqual([]);
    world.run(60_000);
    expect(batches(world)).toEqual(['a']);
    expect(world.checkpoints.at(-1)?.sequenceNumber).toBe('91');
  });

  test('answers that come twice or that nobody asked for change nothing', () => {
    const shardId = 'shardId-000000000000';
    const world = createWorld({
      properties: { BatchSize: 1 },
      invoke: () => ({ result: success, tookMs: 100 }),
    });
    const [first] = [world.put('a'), world.put('b')];
    world.run(150);
    expect(batches(world)).toEqual(['a', 'b']);
    const invocationId = world.invocations[0]?.invoke.invocationId ?? '';
    const before = world.mapping().counters();
    for (const input of [
      { type: 'invocation', invocationId, result: success },
      { type: 'invocation', invocationId: 'unknown', result: error },
      { type: 'on_failure', failureId: 'unknown', delivered: true },
      { type: 'records', shardId, records: [first], millisBehindLatest: 0, endOfShard: true },
      { type: 'records', shardId: 'unknown', records: [], millisBehindLatest: 0, endOfShard: true },
      { type: 'read_failed', shardId },
    ] as const) {
      world.mapping().step(input, world.nowMs());
    }
    expect(world.mapping().counters()).toEqual(before);
    expect(world.mapping().status().shards).toMatchObject([
      { phase: 'reading', checkpoint: '91', unsettledRecords: 1 },
    ]);
    world.drain();
    expect(batches(world)).toEqual(['a', 'b']);
  });

  test('records that a new iterator brings again are not delivered again', () => {
    const { mapping } = createWorld();
    const read = (...sequenceNumbers: readonly string[]) =>
      mapping()
        .step(
          {
            type: 'records',
            shardId: 'shardId-000000000000',
            records: sequenceNumbers.map((sequenceNumber) => ({
              sequenceNumber,
              partitionKey: 'user',
              data: new Uint8Array(),
              arrivedAtMs: startMs,
            })),
            millisBehindLatest: 0,
            endOfShard: false,
          },
          startMs,
        )
        .flatMap((command) => (command.type === 'invoke' ? command.records : []))
        .map(({ sequenceNumber }) => sequenceNumber);
    mapping().step({ type: 'tick' }, startMs);
    mapping().step(
      { type: 'shards', shards: [{ shardId: 'shardId-000000000000', closed: false }] },
      startMs,
    );
    expect(read('98', '99', '98', '99', '100')).toEqual(['98', '99', '100']);
  });

  test('filters keep records from the function and let the checkpoint pass over them', () => {
    const world = createWorld({
      properties: { FilterCriteria: { Filters: [{ Pattern: '{"data":{"type":["buy"]}}' }] } },
    });
    for (const text of ['{"type":"sell"}', '{"type":"buy"}', 'no JSON']) world.put(text);
    world.drain();
    expect(batches(world)).toEqual(['{"type":"buy"}']);
    expect(world.checkpoints.at(-1)?.sequenceNumber).toBe('93');
    expect(world.mapping().counters()).toMatchObject({ Polled: 3, FilteredOut: 2, Invoked: 1 });
  });

  test('the destination of a report is the queue of the settings', () => {
    const world = worldWith('a', {
      properties: { MaximumRetryAttempts: 0 },
      invoke: () => error,
    });
    const sent = world.commands.find(({ command }) => command.type === 'send_on_failure');
    expect(sent?.command).toMatchObject({ destination: { kind: 'sqs', arn: queueArn } });
  });
});
