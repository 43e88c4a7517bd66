import { describe, expect, test } from 'vitest';
import {
  createSqsMapping,
  type EventSourceMappingProperties,
  type InferredSqsBehaviour,
  type InvocationResult,
  resolveSqsSettings,
  type SqsCommand,
  type SqsMessage,
  sqsEvent,
} from './index.ts';

const queueArn = 'arn:aws:sqs:us-east-1:000000000000:letters';
const success: InvocationResult = { kind: 'ok', payload: 'null' };
const error: InvocationResult = { kind: 'function_error', payload: '{}' };
const partial = { FunctionResponseTypes: ['ReportBatchItemFailures'] };

type Of<Type extends SqsCommand['type']> = Extract<SqsCommand, { type: Type }>;

function mappingWith(
  properties: Partial<EventSourceMappingProperties> = {},
  inferred: Partial<InferredSqsBehaviour> = {},
) {
  const settings = resolveSqsSettings(
    { EventSourceArn: queueArn, FunctionName: 'dlq-handler', ...properties },
    { receivers: 1, ...inferred },
  );
  return createSqsMapping(settings);
}

function message(body: string): SqsMessage {
  return {
    messageId: `id-${body}`,
    receiptHandle: `handle-${body}`,
    body,
    md5OfBody: '',
    attributes: {},
    messageAttributes: {},
  };
}

function messages(count: number): SqsMessage[] {
  return Array.from({ length: count }, (_, i) => message(String(i)));
}

function only<Type extends SqsCommand['type']>(
  commands: readonly SqsCommand[],
  type: Type,
): Of<Type>[] {
  return commands.filter((command): command is Of<Type> => command.type === type);
}

/** Hands the messages over as answers to the open receives, and returns the invocations started. */
function receive(
  mapping: ReturnType<typeof mappingWith>,
  commands: readonly SqsCommand[],
  batch: readonly SqsMessage[],
  nowMs = 0,
): readonly SqsCommand[] {
  const [open] = only(commands, 'receive');
  return mapping.step(
    { type: 'messages', receiveId: open?.receiveId ?? -1, messages: batch },
    nowMs,
  );
}

function deletedBodies(commands: readonly SqsCommand[]): string[] {
  return only(commands, 'delete').flatMap(({ messages: some }) => some.map(({ body }) => body));
}

/** One batch of `a b c` that ends like this. */
function outcomeOf(result: InvocationResult, properties = {}) {
  const mapping = mappingWith(properties);
  const started = receive(mapping, mapping.step({ type: 'tick' }, 0), 'abc'.split('').map(message));
  const invocationId = only(started, 'invoke')[0]?.invocationId ?? -1;
  const commands = mapping.step({ type: 'invocation', invocationId, result }, 1);
  return { mapping, commands };
}

const guide = 'https://docs.aws.amazon.com/lambda/latest/dg';

describe(`after an invocation (documented: ${guide}/services-sqs-errorhandling.html)`, () => {
  test('success deletes the batch, a function error leaves it to the queue', () => {
    expect(deletedBodies(outcomeOf(success).commands)).toEqual(['a', 'b', 'c']);
    const failed = outcomeOf(error);
    expect(deletedBodies(failed.commands)).toEqual([]);
    expect(failed.mapping.status().idle).toBe(true);
    expect(failed.mapping.counters()).toMatchObject({ Polled: 3, Invoked: 3, FailedInvoke: 3 });
  });

  test.each([
    ['the reported ones stay', '{"batchItemFailures":[{"itemIdentifier":"id-b"}]}', ['a', 'c']],
    ['an empty list is success', '{"batchItemFailures":[]}', ['a', 'b', 'c']],
    ['a null list is success', '{"batchItemFailures":null}', ['a', 'b', 'c']],
    ['an empty response is success', '{}', ['a', 'b', 'c']],
    ['null is success', 'null', ['a', 'b', 'c']],
    ['an empty identifier fails all', '{"batchItemFailures":[{"itemIdentifier":""}]}', []],
    ['a null identifier fails all', '{"batchItemFailures":[{"itemIdentifier":null}]}', []],
    ['a wrong key fails all', '{"batchItemFailures":[{"id":"id-b"}]}', []],
    ['an unknown id fails all (inferred)', '{"batchItemFailures":[{"itemIdentifier":"id-z"}]}', []],
    ['invalid JSON fails all', '{"batchItemFailures', []],
  ])('%s', (_, payload, deleted) => {
    expect(deletedBodies(outcomeOf({ kind: 'ok', payload }, partial).commands)).toEqual(deleted);
  });

  test('a message that is twice in the batch stays twice when it is reported', () => {
    const mapping = mappingWith({ ...partial, BatchSize: 10 });
    const again = { ...message('a'), receiptHandle: 'another' };
    const started = receive(mapping, mapping.step({ type: 'tick' }, 0), [
      message('a'),
      again,
      message('b'),
    ]);
    const invocationId = only(started, 'invoke')[0]?.invocationId ?? -1;
    const payload = '{"batchItemFailures":[{"itemIdentifier":"id-a"}]}';
    const result = { kind: 'ok', payload } as const;
    const commands = mapping.step({ type: 'invocation', invocationId, result }, 1);
    expect(deletedBodies(commands)).toEqual(['b']);
    expect(mapping.counters()).toMatchObject({ FailedInvoke: 2 });
  });

  test('without ReportBatchItemFailures the response is not looked at', () => {
    const payload = '{"batchItemFailures":[{"itemIdentifier":"id-b"}]}';
    expect(deletedBodies(outcomeOf({ kind: 'ok', payload }).commands)).toEqual(['a', 'b', 'c']);
  });

  // How long it waits in between is inferred.
  test('a throttled batch is tried again until its messages would be visible again', () => {
    const mapping = mappingWith({}, { visibilityTimeoutMs: 1_000 });
    let commands = receive(mapping, mapping.step({ type: 'tick' }, 0), [message('a')]);
    const attempts: number[] = [];
    for (let nowMs = 0; nowMs < 3_000; nowMs += 10) {
      for (const { invocationId } of only(commands, 'invoke')) {
        attempts.push(nowMs);
        mapping.step({ type: 'invocation', invocationId, result: { kind: 'throttled' } }, nowMs);
      }
      commands = mapping.step({ type: 'tick' }, nowMs + 10);
    }
    expect(attempts).toEqual([0, 250, 750]);
    expect(mapping.status().idle).toBe(true);
    expect(mapping.counters()).toMatchObject({ Invoked: 0, FailedInvoke: 3, Deleted: 0 });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html
  test('deletes go out ten at a time, and what was not deleted is not counted', () => {
    const mapping = mappingWith({ BatchSize: 12, MaximumBatchingWindowInSeconds: 1 });
    let commands = receive(mapping, mapping.step({ type: 'tick' }, 0), messages(10));
    commands = receive(mapping, commands, messages(2));
    const invocationId = only(commands, 'invoke')[0]?.invocationId ?? -1;
    commands = mapping.step({ type: 'invocation', invocationId, result: success }, 1);
    const deletes = only(commands, 'delete');
    expect(deletes.map(({ messages: some }) => some.length)).toEqual([10, 2]);
    expect(mapping.status()).toMatchObject({ deleting: 12, idle: false });
    for (const { deleteId } of deletes) mapping.step({ type: 'deleted', deleteId, failed: 1 }, 2);
    expect(mapping.counters().Deleted).toBe(10);
    expect(mapping.status().idle).toBe(true);
  });
});

describe(`batches (documented: ${guide}/services-sqs-configure.html)`, () => {
  test('close at BatchSize, at the window, and at the payload limit', () => {
    const size = mappingWith({ BatchSize: 2 });
    const bySize = receive(size, size.step({ type: 'tick' }, 0), messages(5));
    expect(only(bySize, 'invoke').map((one) => one.messages.length)).toEqual([2, 2, 1]);

    const window = mappingWith({ MaximumBatchingWindowInSeconds: 5 });
    const waiting = receive(window, window.step({ type: 'tick' }, 0), messages(3));
    expect(only(waiting, 'invoke')).toEqual([]);
    expect(only(waiting, 'wake')).toEqual([{ type: 'wake', atMs: 5_000 }]);
    const due = window.step({ type: 'tick' }, 5_000);
    expect(only(due, 'invoke').map((one) => one.messages.length)).toEqual([3]);

    const context = { queueArn, region: 'us-east-1' };
    const maximumPayloadBytes = JSON.stringify(sqsEvent(messages(2), context)).length + 100;
    const payload = mappingWith({}, { maximumPayloadBytes });
    const byPayload = receive(payload, payload.step({ type: 'tick' }, 0), messages(3));
    expect(only(byPayload, 'invoke').map((one) => one.messages.length)).toEqual([2, 1]);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
  test('no more invocations at a time than the maximum concurrency, and no receives beyond', () => {
    const mapping = mappingWith({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
    const commands = receive(mapping, mapping.step({ type: 'tick' }, 0), messages(4));
    const running = only(commands, 'invoke');
    expect(running).toHaveLength(2);
    expect(only(commands, 'receive')).toHaveLength(0);
    const invocationId = running[0]?.invocationId ?? -1;
    const after = mapping.step({ type: 'invocation', invocationId, result: success }, 1);
    expect(only(after, 'invoke')).toHaveLength(1);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
  test('what no filter lets through is deleted without the function seeing it', () => {
    const mapping = mappingWith({
      FilterCriteria: { Filters: [{ Pattern: '{"body":{"a":[1]}}' }] },
    });
    const batch = [message('{"a":1}'), message('{"a":2}')];
    const commands = receive(mapping, mapping.step({ type: 'tick' }, 0), batch);
    expect(only(commands, 'invoke')[0]?.messages.map(({ body }) => body)).toEqual(['{"a":1}']);
    expect(deletedBodies(commands)).toEqual(['{"a":2}']);
    expect(mapping.counters()).toMatchObject({ Polled: 2, FilteredOut: 1 });
  });
});

// How this state machine is driven; of AWS only that it polls long:
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html.
describe('life (law)', () => {
  test('keeps its long polls open, and waits after one that failed', () => {
    const mapping = mappingWith({}, { receivers: 2 });
    const open = only(mapping.step({ type: 'tick' }, 0), 'receive');
    expect(open).toMatchObject([{ waitTimeSeconds: 20 }, { maximumMessages: 10 }]);
    const receiveId = open[0]?.receiveId ?? -1;
    const empty = mapping.step({ type: 'messages', receiveId, messages: [] }, 1);
    expect(only(empty, 'receive')).toHaveLength(1);
    const failedId = open[1]?.receiveId ?? -1;
    const failed = mapping.step({ type: 'receive_failed', receiveId: failedId }, 100);
    expect(failed).toEqual([{ type: 'wake', atMs: 350 }]);
    expect(only(mapping.step({ type: 'tick' }, 350), 'receive')).toHaveLength(1);
  });

  test('after a stop it starts nothing, but deletes what still succeeds', () => {
    const mapping = mappingWith();
    const started = receive(mapping, mapping.step({ type: 'tick' }, 0), [message('a')]);
    expect(mapping.step({ type: 'stop' }, 1)).toEqual([]);
    const invocationId = only(started, 'invoke')[0]?.invocationId ?? -1;
    const commands = mapping.step({ type: 'invocation', invocationId, result: success }, 2);
    expect(commands.map(({ type }) => type)).toEqual(['delete']);
  });

  test('a mapping that is not enabled does nothing', () => {
    expect(mappingWith({ Enabled: false }).step({ type: 'tick' }, 0)).toEqual([]);
  });
});
