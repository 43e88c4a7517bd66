import { expect, test } from 'vitest';
import { idOf, runSqsMapping, type SqsFunction } from '../test/sqs-world.ts';
import {
  type EventSourceMappingProperties,
  type InferredSqsBehaviour,
  type InvocationResult,
  resolveSqsSettings,
} from './index.ts';

// What an SQS mapping does together with its queue, one row a case, as vectors.test.ts for Kinesis.
//
// recorded on AWS: by the test of that name in
// https://github.com/localstack/localstack/blob/main/tests/aws/services/lambda_/event_source_mapping/test_lambda_integration_sqs.py
// and its snapshot; the date is its `last_validated_date` in
// https://github.com/localstack/localstack/blob/bf2fc7a2707b0499e9fcb83637d6884ccde6fa24/tests/aws/services/lambda_/event_source_mapping/test_lambda_integration_sqs.validation.json
// and "after" it for what that version does not have yet.
// documented: the AWS page is in the row.
// inferred: nobody has published it; an option of `InferredSqsBehaviour`.

const guide = 'https://docs.aws.amazon.com/lambda/latest/dg';
const errorHandling = `${guide}/services-sqs-errorhandling.html`;
const batching = `${guide}/services-sqs-configure.html`;
const filtering = `${guide}/with-sqs-filtering.html`;

interface Vector {
  readonly name: string;
  readonly source:
    | 'recorded on AWS, 2024-10-12'
    | 'recorded on AWS, after 2024-10-12'
    | `documented: ${string}`
    | 'inferred';
  readonly properties: Partial<EventSourceMappingProperties>;
  readonly inferred?: Partial<InferredSqsBehaviour>;
  /** Of the queue, in seconds. Default 30. */
  readonly visibilityTimeout?: number;
  readonly maxReceiveCount?: number;
  /** One message a letter, or each body by itself. Default: one. */
  readonly messages?: string | readonly string[];
  readonly invoke: SqsFunction;
  /** When, in seconds, and with which messages. */
  readonly invocations: readonly (readonly [atSeconds: number, bodies: string])[];
  readonly deadLetters?: string;
  /** What is still in the queue. */
  readonly left?: string;
}

const report = { FunctionResponseTypes: ['ReportBatchItemFailures'] };
const succeeds: SqsFunction = () => ({ kind: 'ok', payload: 'null' });
const throws: SqsFunction = () => ({ kind: 'function_error', payload: '{"errorType":"Error"}' });
const returns =
  (value: unknown): SqsFunction =>
  () => ({ kind: 'ok', payload: JSON.stringify(value) });
const inTurn = (...results: readonly InvocationResult['kind'][]): SqsFunction => {
  let next = 0;
  return () => {
    const kind = results[next++] ?? 'ok';
    return kind === 'throttled' || kind === 'invoke_error' ? { kind } : { kind, payload: 'null' };
  };
};
/** Reports each message as failed as often as is said here. */
const failing = (times: Readonly<Record<string, number>>): SqsFunction => {
  const left = new Map(Object.entries(times));
  return (bodies) => {
    const failed = bodies.filter((body) => (left.get(body) ?? 0) > 0);
    for (const body of failed) left.set(body, (left.get(body) ?? 0) - 1);
    const batchItemFailures = failed.map((body) => ({ itemIdentifier: idOf(body) }));
    return { kind: 'ok', payload: JSON.stringify({ batchItemFailures }) };
  };
};
const letters = (count: number): string => 'abcdefghijklmnopqrstuvwxyzABCDEF'.slice(0, count);

const filtered = (name: string, body: unknown, matching: unknown, other: unknown): Vector => ({
  name: `test_sqs_event_filter[${name}]: what does not match is deleted`,
  source: 'recorded on AWS, after 2024-10-12',
  properties: {
    MaximumBatchingWindowInSeconds: 1,
    FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ body }) }] },
  },
  messages: [matching, other].map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
  invoke: succeeds,
  invocations: [[1, JSON.stringify(matching)]],
});

const vectors: readonly Vector[] = [
  {
    name: 'test_failing_lambda_retries_after_visibility_timeout',
    source: 'recorded on AWS, 2024-10-12',
    properties: { BatchSize: 1 },
    visibilityTimeout: 5,
    invoke: inTurn('function_error', 'ok'),
    invocations: [
      [0, 'a'],
      [5, 'a'],
    ],
  },
  {
    name: 'test_redrive_policy_with_failing_lambda',
    source: 'recorded on AWS, 2024-10-12',
    properties: { BatchSize: 1 },
    visibilityTimeout: 5,
    maxReceiveCount: 2,
    invoke: throws,
    invocations: [
      [0, 'a'],
      [5, 'a'],
    ],
    deadLetters: 'a',
  },
  {
    name: 'test_report_batch_item_failures (there of a FIFO queue)',
    source: 'recorded on AWS, 2024-10-12',
    properties: { ...report, BatchSize: 10, MaximumBatchingWindowInSeconds: 0 },
    visibilityTimeout: 8,
    maxReceiveCount: 2,
    messages: 'abcd',
    invoke: failing({ b: 1, c: 1, d: 2 }),
    invocations: [
      [0, 'abcd'],
      [8, 'bcd'],
    ],
    deadLetters: 'd',
  },
  {
    name: 'test_report_batch_item_failures_on_lambda_error: the good one goes with the bad one',
    source: 'recorded on AWS, 2024-10-12',
    properties: report,
    visibilityTimeout: 2,
    maxReceiveCount: 2,
    messages: 'ab',
    invoke: throws,
    invocations: [
      [0, 'ab'],
      [2, 'ab'],
    ],
    deadLetters: 'ab',
  },
  {
    name: 'test_report_batch_item_failures_invalid_result_json_batch_fails',
    source: 'recorded on AWS, 2024-10-12',
    properties: { ...report, BatchSize: 10, MaximumBatchingWindowInSeconds: 0 },
    visibilityTimeout: 4,
    maxReceiveCount: 2,
    invoke: returns({ batchItemFailures: [{ foo: 'notvalid' }] }),
    invocations: [
      [0, 'a'],
      [4, 'a'],
    ],
    deadLetters: 'a',
  },
  {
    name: 'test_report_batch_item_failures_empty_json_batch_succeeds',
    source: 'recorded on AWS, 2024-10-12',
    properties: { ...report, BatchSize: 10, MaximumBatchingWindowInSeconds: 0 },
    visibilityTimeout: 4,
    maxReceiveCount: 1,
    invoke: returns({}),
    invocations: [[0, 'a']],
  },
  {
    name: 'test_sqs_event_source_mapping: once, within the window, and then it is gone',
    source: 'recorded on AWS, 2024-10-12',
    properties: { MaximumBatchingWindowInSeconds: 1 },
    invoke: succeeds,
    invocations: [[1, 'a']],
  },
  ...[15, 100, 1_000, 10_000].map(
    (BatchSize): Vector => ({
      name: `test_sqs_event_source_mapping_batch_size[${BatchSize}]: 15 messages of two requests`,
      source: 'recorded on AWS, after 2024-10-12',
      properties: { BatchSize, MaximumBatchingWindowInSeconds: 10 },
      messages: letters(15),
      invoke: succeeds,
      // How AWS cuts them into batches was not recorded; here BatchSize and window decide.
      invocations: [[BatchSize === 15 ? 0 : 10, letters(15)]],
    }),
  ),
  {
    name: 'test_sqs_event_source_mapping_batching_reserved_concurrency: 30 messages, two batches',
    source: 'recorded on AWS, after 2024-10-12',
    properties: {
      BatchSize: 20,
      MaximumBatchingWindowInSeconds: 10,
      ScalingConfig: { MaximumConcurrency: 2 },
    },
    messages: letters(30),
    invoke: succeeds,
    invocations: [
      [0, letters(20)],
      [10, letters(30).slice(20)],
    ],
  },
  filtered('single', { k: ['v'] }, { k: 'v' }, { k: 'w' }),
  filtered('or', { k: ['v1', 'v2'] }, { k: 'v2' }, { k: 'w' }),
  filtered('and', { k: ['w', 'v'], l: ['v'] }, { k: 'v', l: 'v' }, { k: 'w-', l: 'v' }),
  filtered('exists', { k: [{ exists: true }] }, { k: 'v' }, { l: 'v' }),
  filtered('numeric-bigger', { n: [{ numeric: ['>', 100] }] }, { n: 101 }, { n: 100 }),
  filtered('numeric-smaller', { n: [{ numeric: ['<', 100] }] }, { n: 99 }, { n: 100 }),
  filtered('numeric-range', { n: [{ numeric: ['>=', 100, '<', 200] }] }, { n: 100 }, { n: 200 }),
  filtered('prefix', { k: [{ prefix: 'yes' }] }, { k: 'yes-v' }, { k: 'no-v' }),
  filtered('valid-json-filter', { k: ['v'] }, { k: 'v' }, 'plain-string'),
  {
    name: 'JSON under a pattern of plain text is dropped',
    source: `documented: ${filtering}`,
    properties: { FilterCriteria: { Filters: [{ Pattern: '{"body":["plain"]}' }] } },
    messages: ['plain', '{"plain":1}'],
    invoke: succeeds,
    invocations: [[0, 'plain']],
  },
  {
    name: 'without ReportBatchItemFailures the returned value says nothing',
    source: `documented: ${errorHandling}`,
    properties: {},
    messages: 'ab',
    invoke: failing({ a: 9 }),
    invocations: [[0, 'ab']],
  },
  {
    name: 'what was reported as failed comes again alone',
    source: `documented: ${errorHandling}`,
    properties: report,
    messages: 'abc',
    invoke: failing({ b: 1 }),
    invocations: [
      [0, 'abc'],
      [30, 'b'],
    ],
  },
  {
    name: 'a throttled batch is tried again until its messages are visible again',
    source: `documented: ${errorHandling}`,
    properties: { BatchSize: 1 },
    visibilityTimeout: 2,
    maxReceiveCount: 1,
    invoke: () => ({ kind: 'throttled' }),
    invocations: [
      [0, 'a'],
      [0.25, 'a'],
      [0.75, 'a'],
      [1.75, 'a'],
    ],
    deadLetters: 'a',
  },
  {
    name: 'a batch of ten without a window closes at once',
    source: `documented: ${batching}`,
    properties: {},
    messages: letters(12),
    invoke: succeeds,
    invocations: [
      [0, letters(10)],
      [0, 'kl'],
    ],
  },
  {
    name: 'a batch closes before its payload is too large',
    source: `documented: ${batching}`,
    properties: { MaximumBatchingWindowInSeconds: 5 },
    inferred: { maximumPayloadBytes: 700 },
    messages: 'abcd',
    invoke: succeeds,
    invocations: [
      [0, 'abc'],
      [5, 'd'],
    ],
  },
  {
    name: 'an id that is no message of the batch fails all of it (unknownItemIdentifier)',
    source: 'inferred',
    properties: report,
    visibilityTimeout: 5,
    maxReceiveCount: 1,
    messages: 'ab',
    invoke: returns({ batchItemFailures: [{ itemIdentifier: 'nobody' }] }),
    invocations: [[0, 'ab']],
    deadLetters: 'ab',
  },
  {
    name: 'the same, ignored',
    source: 'inferred',
    properties: report,
    inferred: { unknownItemIdentifier: 'success' },
    messages: 'ab',
    invoke: returns({ batchItemFailures: [{ itemIdentifier: 'nobody' }] }),
    invocations: [[0, 'ab']],
  },
  {
    name: 'a text is no report of failures (unexpectedReturnValue)',
    source: 'inferred',
    properties: report,
    invoke: returns('done'),
    invocations: [[0, 'a']],
  },
  {
    name: 'the same, as a failure of the batch',
    source: 'inferred',
    properties: report,
    inferred: { unexpectedReturnValue: 'whole_batch' },
    visibilityTimeout: 5,
    maxReceiveCount: 1,
    invoke: returns('done'),
    invocations: [[0, 'a']],
    deadLetters: 'a',
  },
];

for (const vector of vectors) {
  test(`${vector.source}: ${vector.name}`, () => {
    const { visibilityTimeout = 30, messages = 'a', deadLetters = '', left = '' } = vector;
    const outcome = runSqsMapping({ ...vector, visibilityTimeout, messages: Array.from(messages) });
    const invocations = outcome.invocations.map((one) => [one.atSeconds, one.bodies.join('')]);
    expect(invocations).toEqual(vector.invocations);
    expect(outcome.deadLetters.join('')).toBe(deadLetters);
    expect(outcome.left.join('')).toBe(left);
  });
}

test.each(['null', 'simple string', '{"eventSource":"aws:sqs"}', '{"eventSource":[]}'])(
  'recorded on AWS, 2024-10-12: test_sqs_invalid_event_filter[%s] is refused',
  (Pattern) => {
    expect(() => resolve(Pattern)).toThrow(/pattern/i);
  },
);

test('inferred: a filter of an empty list, which nothing can match, is refused', () => {
  expect(() => resolve('{"body":[]}')).toThrow(/pattern/i);
});

function resolve(Pattern: string): unknown {
  return resolveSqsSettings({
    EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:letters',
    FunctionName: 'dlq-handler',
    FilterCriteria: { Filters: [{ Pattern }] },
  });
}
