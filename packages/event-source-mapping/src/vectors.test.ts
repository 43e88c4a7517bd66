import { expect, test } from 'vitest';
import { createWorld, type FunctionBehaviour, startMs, success } from '../test/kinesis-world.ts';
import type {
  EventSourceMappingProperties,
  InferredKinesisBehaviour,
  InvocationResult,
} from './index.ts';

// What a Kinesis mapping does, one row a case, to be held against what is known of AWS's.
//
// recorded on AWS: by the test of that name in
// https://github.com/localstack/localstack/blob/main/tests/aws/services/lambda_/event_source_mapping/test_lambda_integration_kinesis.py
// and its snapshot; the date is its `last_validated_date` in the .validation.json beside it.
// documented: the AWS page is in the row.
// inferred: nobody has published it; an option of `InferredKinesisBehaviour`, or said in its place.

const guide = 'https://docs.aws.amazon.com/lambda/latest/dg';
const parameters = `${guide}/services-kinesis-parameters.html`;
const failures = `${guide}/services-kinesis-batchfailurereporting.html`;
const errorHandling = `${guide}/kinesis-on-failure-destination.html`;

interface Vector {
  readonly name: string;
  readonly source: `recorded on AWS, ${string}` | `documented: ${string}` | 'inferred';
  readonly properties: Partial<EventSourceMappingProperties>;
  readonly inferred?: Partial<InferredKinesisBehaviour>;
  /** One record a letter. Default: one. */
  readonly records?: string;
  /** How old the first record is when it is read, in seconds. Default 0, as the others. */
  readonly firstAgeSeconds?: number;
  readonly invoke: FunctionBehaviour;
  /** The records of each invocation, in order. */
  readonly invocations: readonly string[];
  /** The on-failure documents: condition, functionError, approximateInvokeCount, batchSize. */
  readonly failures: readonly (readonly [
    'RetryAttemptsExhausted' | 'RecordAgeExceeded',
    'Unhandled' | null | 'no responseContext',
    count: number,
    batchSize: number,
  ])[];
}

const report = { FunctionResponseTypes: ['ReportBatchItemFailures'] };
const twice = { ...report, BatchSize: 1, MaximumRetryAttempts: 2 };
const error: InvocationResult = { kind: 'function_error', payload: '{"errorType":"Error"}' };
const throws: FunctionBehaviour = () => error;
const returns =
  (value: unknown): FunctionBehaviour =>
  () => ({ kind: 'ok', payload: JSON.stringify(value) });
const failsOn =
  (poison: string, how: (sequenceNumber: string) => InvocationResult): FunctionBehaviour =>
  ({ records }) => {
    const bad = records.find(({ data }) => Buffer.from(data).toString() === poison);
    return bad === undefined ? success : how(bad.sequenceNumber);
  };
const reports = (poison: string): FunctionBehaviour =>
  failsOn(poison, (itemIdentifier) => ({
    kind: 'ok',
    payload: JSON.stringify({ batchItemFailures: [{ itemIdentifier }] }),
  }));
const inTurn = (...results: readonly InvocationResult[]): FunctionBehaviour => {
  let next = 0;
  return () => results[next++] ?? success;
};

const wholeBatch = (name: string, value: unknown): Vector => ({
  name: `test_kinesis_report_batch_item_failure_scenarios[${name}]`,
  source: 'recorded on AWS, 2024-12-13',
  properties: twice,
  invoke: returns(value),
  invocations: ['a', 'a', 'a'],
  failures: [['RetryAttemptsExhausted', null, 3, 1]],
});
const accepted = (name: string, value: unknown): Vector => ({
  name: `test_kinesis_report_batch_item_success_scenarios[${name}]`,
  source: 'recorded on AWS, 2024-12-13',
  properties: twice,
  invoke: returns(value),
  invocations: ['a'],
  failures: [],
});

const vectors: readonly Vector[] = [
  {
    name: 'test_kinesis_report_batch_item_failure_scenarios[unhandled_exception_in_function]',
    source: 'recorded on AWS, 2024-12-13',
    properties: twice,
    invoke: throws,
    invocations: ['a', 'a', 'a'],
    failures: [['RetryAttemptsExhausted', 'Unhandled', 3, 1]],
  },
  wholeBatch('item_identifier_not_present_failure', {
    batchItemFailures: [{ itemIdentifier: 123 }],
  }),
  wholeBatch('empty_string_item_identifier_failure', {
    batchItemFailures: [{ itemIdentifier: '' }],
  }),
  wholeBatch('null_item_identifier_failure', { batchItemFailures: [{ itemIdentifier: null }] }),
  wholeBatch('invalid_key_foo_failure', { batchItemFailures: [{ foo: 123 }] }),
  wholeBatch('invalid_key_foo_null_value_failure', { batchItemFailures: [{ foo: null }] }),
  accepted('empty_string_success', ''),
  accepted('empty_list_success', []),
  accepted('null_success', null),
  accepted('empty_dict_success', {}),
  accepted('empty_batch_item_failure_success', { batchItemFailures: [] }),
  accepted('null_batch_item_failure_success', { batchItemFailures: null }),
  {
    name: 'test_kinesis_report_batch_item_failures: progress resets the budget',
    source: 'recorded on AWS, 2024-12-13',
    properties: { ...report, BatchSize: 3, MaximumRetryAttempts: 3 },
    records: 'abc',
    invoke: reports('c'),
    invocations: ['abc', 'c', 'c', 'c', 'c'],
    failures: [['RetryAttemptsExhausted', null, 4, 1]],
  },
  {
    name: 'test_kinesis_maximum_record_age_exceeded[expire-while-retrying]: about 8 invocations',
    source: 'recorded on AWS, 2025-04-13',
    properties: { BatchSize: 1, MaximumRetryAttempts: -1, MaximumRecordAgeInSeconds: 60 },
    invoke: throws,
    invocations: Array.from({ length: 8 }, () => 'a'),
    failures: [['RecordAgeExceeded', 'no responseContext', 8, 1]],
  },
  {
    name: 'test_kinesis_maximum_record_age_exceeded[expire-before-ingestion]: a count of 1',
    source: 'recorded on AWS, 2025-04-13',
    properties: { BatchSize: 1, MaximumRetryAttempts: 0, MaximumRecordAgeInSeconds: 60 },
    firstAgeSeconds: 61,
    invoke: () => success,
    invocations: [],
    failures: [['RecordAgeExceeded', 'no responseContext', 1, 1]],
  },
  {
    name: 'test_kinesis_maximum_record_age_exceeded_discard_records: one of six has expired',
    source: 'recorded on AWS, 2025-04-13',
    properties: {
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 1,
      MaximumRetryAttempts: 0,
      MaximumRecordAgeInSeconds: 60,
    },
    records: 'xabcde',
    firstAgeSeconds: 80,
    invoke: () => success,
    invocations: ['abcde'],
    failures: [['RecordAgeExceeded', 'no responseContext', 1, 1]],
  },
  {
    name: 'test_kinesis_empty_provided: a runtime that answers with nothing has succeeded',
    source: 'recorded on AWS, 2024-12-13',
    properties: { BatchSize: 1, MaximumRetryAttempts: 2 },
    invoke: () => ({ kind: 'ok', payload: '' }),
    invocations: ['a'],
    failures: [],
  },
  {
    name: 'what a partial response returns comes again, and all that follows it',
    source: `documented: ${failures}`,
    properties: { ...report, MaximumRetryAttempts: 0 },
    records: 'abcd',
    invoke: reports('b'),
    invocations: ['abcd', 'bcd'],
    failures: [['RetryAttemptsExhausted', null, 1, 3]],
  },
  {
    name: 'what follows a record that always fails comes again with it, and is discarded with it',
    source: `documented: ${failures}`,
    properties: { ...report, MaximumRetryAttempts: 1 },
    records: '678',
    invoke: reports('6'),
    invocations: ['678', '678'],
    failures: [['RetryAttemptsExhausted', null, 2, 3]],
  },
  {
    name: 'no retries are one invocation',
    source: `documented: ${parameters}`,
    properties: { MaximumRetryAttempts: 0 },
    invoke: throws,
    invocations: ['a'],
    failures: [['RetryAttemptsExhausted', 'Unhandled', 1, 1]],
  },
  {
    name: 'without bisect a function error fails the batch as a whole',
    source: `documented: ${parameters}`,
    properties: { MaximumRetryAttempts: 1 },
    records: 'abc',
    invoke: failsOn('b', () => error),
    invocations: ['abc', 'abc'],
    failures: [['RetryAttemptsExhausted', 'Unhandled', 2, 3]],
  },
  {
    name: 'with bisect it is halved, which does not use up the retries (left half first: inferred)',
    source: `documented: ${parameters}`,
    properties: { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1 },
    records: 'abcd',
    invoke: failsOn('c', () => error),
    invocations: ['abcd', 'ab', 'cd', 'c', 'c', 'd'],
    failures: [['RetryAttemptsExhausted', 'Unhandled', 2, 1]],
  },
  {
    name: 'a partial response bisects at the returned record instead of the middle',
    source: `documented: ${failures}`,
    properties: { ...report, BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1 },
    records: 'abcd',
    invoke: reports('d'),
    invocations: ['abcd', 'd', 'd'],
    failures: [['RetryAttemptsExhausted', null, 2, 1]],
  },
  {
    name: 'throttles and invoke errors use up no retries',
    source: `documented: ${errorHandling}`,
    properties: { MaximumRetryAttempts: 1 },
    invoke: inTurn({ kind: 'throttled' }, { kind: 'invoke_error' }, error, error),
    invocations: ['a', 'a', 'a', 'a'],
    failures: [['RetryAttemptsExhausted', 'Unhandled', 2, 1]],
  },
  {
    name: 'a string that is no sequence number of the batch fails all of it (unknownItemIdentifier)',
    source: 'inferred',
    properties: { ...report, MaximumRetryAttempts: 0 },
    records: 'ab',
    invoke: returns({ batchItemFailures: [{ itemIdentifier: '4711' }] }),
    invocations: ['ab'],
    failures: [['RetryAttemptsExhausted', null, 1, 2]],
  },
  {
    name: 'the same, ignored',
    source: 'inferred',
    properties: { ...report, MaximumRetryAttempts: 0 },
    inferred: { unknownItemIdentifier: 'success' },
    records: 'ab',
    invoke: returns({ batchItemFailures: [{ itemIdentifier: '4711' }] }),
    invocations: ['ab'],
    failures: [],
  },
  {
    name: 'a text is no report of failures (unexpectedReturnValue)',
    source: 'inferred',
    properties: { ...report, MaximumRetryAttempts: 0 },
    invoke: returns('done'),
    invocations: ['a'],
    failures: [],
  },
  {
    name: 'the same, as a failure of the batch',
    source: 'inferred',
    properties: { ...report, MaximumRetryAttempts: 0 },
    inferred: { unexpectedReturnValue: 'whole_batch' },
    invoke: returns('done'),
    invocations: ['a'],
    failures: [['RetryAttemptsExhausted', null, 1, 1]],
  },
  {
    name: 'retries without a limit end with the retention of the stream (retentionMs)',
    source: 'inferred',
    properties: { BatchSize: 1 },
    inferred: { retentionMs: 1_000 },
    invoke: throws,
    invocations: ['a', 'a', 'a'],
    failures: [['RecordAgeExceeded', 'no responseContext', 3, 1]],
  },
];

// A call each: vitest would cut the names of a table short.
for (const vector of vectors) {
  test(`${vector.source}: ${vector.name}`, () => {
    const { properties, inferred, invoke, records = 'a', firstAgeSeconds = 0 } = vector;
    const world = createWorld({ properties, invoke, ...(inferred && { inferred }) });
    for (const [i, text] of Array.from(records).entries()) {
      world.put(text, { arrivedAtMs: startMs - (i === 0 ? firstAgeSeconds * 1_000 : 0) });
    }
    world.drain();
    expect(
      world.invocations.map(({ invoke: { records: sent } }) =>
        sent.map(({ data }) => Buffer.from(data).toString()).join(''),
      ),
    ).toEqual(vector.invocations);
    expect(
      world.documents.map(({ requestContext, responseContext, KinesisBatchInfo }) => [
        requestContext.condition,
        responseContext === undefined ? 'no responseContext' : responseContext.functionError,
        requestContext.approximateInvokeCount,
        KinesisBatchInfo.batchSize,
      ]),
    ).toEqual(vector.failures);
  });
}
