import { type MappingCounters, newCounters } from './counters.ts';
import { passesFilters } from './filter.ts';
import type { InvocationResult } from './invocation.ts';
import { readBatchResponse } from './response.ts';
import { retryDelayMs } from './retry.ts';
import { type SqsMessage, sqsEvent } from './sqs-event.ts';
import type { SqsCommand, SqsInput } from './sqs-protocol.ts';
import type { SqsSettings } from './sqs-settings.ts';

/** Where an SQS mapping stands, as plain data. */
export interface SqsMappingStatus {
  /** Long polls open. */
  readonly receiving: number;
  /** Received, waiting for a batch. */
  readonly buffered: number;
  /** Messages in invocations under way, or to be invoked again after a throttle. */
  readonly inFlight: number;
  /** Messages being deleted. */
  readonly deleting: number;
  /** Nothing is in hand; the queue itself may still hold messages. */
  readonly idle: boolean;
}

/** A running SQS mapping. It does nothing by itself: it is told what happened, and says what to do. */
export interface SqsMapping {
  /**
   * @param nowMs ms since the epoch; must not go backwards.
   * @returns what to do now, in order; at most one `wake`, at the end.
   */
  readonly step: (input: SqsInput, nowMs: number) => readonly SqsCommand[];
  readonly status: () => SqsMappingStatus;
  readonly counters: () => MappingCounters;
}

interface Waiting {
  readonly message: SqsMessage;
  readonly payloadBytes: number;
  readonly receivedAtMs: number;
}

interface Batch {
  readonly messages: readonly SqsMessage[];
  /** Until when it is ours: then its messages show up in the queue again. */
  readonly visibleAtMs: number;
  readonly throttles: number;
}

/** ReceiveMessage and DeleteMessageBatch take at most this many. */
const maximumPerRequest = 10;

/**
 * The state machine of one SQS event source mapping.
 *
 * A message is deleted when the function has dealt with it. All else is left to the queue: what fails
 * becomes visible after the visibility timeout, and the redrive policy counts the receives.
 */
export function createSqsMapping(settings: SqsSettings): SqsMapping {
  const { inferred } = settings;
  const counters = newCounters();
  const receives = new Set<number>();
  const invocations = new Map<number, Batch>();
  const deletes = new Map<number, number>();
  const throttled: { readonly batch: Batch; readonly atMs: number }[] = [];
  let waiting: Waiting[] = [];
  let receiveFailures = 0;
  let receiveAtMs = -Infinity;
  let stopped = !settings.enabled;
  let nextId = 1;
  let commands: SqsCommand[] = [];

  function step(input: SqsInput, nowMs: number): readonly SqsCommand[] {
    commands = [];
    take(input, nowMs);
    if (stopped) return commands;
    startBatches(nowMs);
    startReceives(nowMs);
    const dueAtMs = nextDueAtMs(nowMs);
    if (dueAtMs !== Infinity) commands.push({ type: 'wake', atMs: Math.max(dueAtMs, nowMs) });
    return commands;
  }

  function take(input: SqsInput, nowMs: number): void {
    switch (input.type) {
      case 'tick':
        return;
      case 'stop':
        stopped = true;
        return;
      case 'messages':
        if (!receives.delete(input.receiveId) || stopped) return;
        receiveFailures = 0;
        takeMessages(input.messages, nowMs);
        return;
      case 'receive_failed':
        if (!receives.delete(input.receiveId)) return;
        receiveFailures += 1;
        receiveAtMs = nowMs + retryDelayMs(receiveFailures, inferred);
        return;
      case 'invocation': {
        const batch = invocations.get(input.invocationId);
        if (batch === undefined) return;
        invocations.delete(input.invocationId);
        takeResult(batch, input.result, nowMs);
        return;
      }
      case 'deleted':
        counters.Deleted += Math.max(0, (deletes.get(input.deleteId) ?? 0) - input.failed);
        deletes.delete(input.deleteId);
        return;
    }
  }

  function takeMessages(messages: readonly SqsMessage[], nowMs: number): void {
    counters.Polled += messages.length;
    // A message that no filter lets through is deleted, as on AWS.
    const passing = messages.filter(({ body }) => passesFilters(body, settings.filters));
    counters.FilteredOut += messages.length - passing.length;
    remove(messages.filter((message) => !passing.includes(message)));
    for (const message of passing) {
      const payloadBytes = Buffer.byteLength(JSON.stringify(sqsEvent([message], settings)));
      waiting.push({ message, payloadBytes, receivedAtMs: nowMs });
    }
  }

  function takeResult(batch: Batch, result: InvocationResult, nowMs: number): void {
    const { messages } = batch;
    if (result.kind === 'throttled' || result.kind === 'invoke_error') {
      counters.FailedInvoke += messages.length;
      const throttles = batch.throttles + 1;
      const atMs = Math.min(nowMs + retryDelayMs(throttles, inferred), batch.visibleAtMs);
      throttled.push({ batch: { ...batch, throttles }, atMs });
      return;
    }
    counters.Invoked += messages.length;
    const failed = failedMessages(messages, result);
    counters.FailedInvoke += failed.size;
    remove(messages.filter((message) => !failed.has(message)));
  }

  function failedMessages(
    messages: readonly SqsMessage[],
    result: Extract<InvocationResult, { payload: string }>,
  ): ReadonlySet<SqsMessage> {
    if (result.kind === 'function_error') return new Set(messages);
    if (!settings.partialResponses) return new Set();
    const positions = new Map(messages.map(({ messageId }, i) => [messageId, i]));
    const verdict = readBatchResponse(result.payload, positions, inferred);
    if (verdict.kind === 'success') return new Set();
    if (verdict.kind === 'whole_batch') return new Set(messages);
    // A queue hands a message out again when it was visible too early: both copies have failed.
    const failed = new Set(verdict.failed.map((i) => messages[i]?.messageId));
    return new Set(messages.filter(({ messageId }) => failed.has(messageId)));
  }

  function remove(messages: readonly SqsMessage[]): void {
    for (let i = 0; i < messages.length; i += maximumPerRequest) {
      const some = messages.slice(i, i + maximumPerRequest);
      const deleteId = nextId++;
      deletes.set(deleteId, some.length);
      commands.push({ type: 'delete', deleteId, messages: some });
    }
  }

  function startBatches(nowMs: number): void {
    for (const retry of throttled.splice(0)) {
      // From then on the queue hands its messages out again.
      if (retry.batch.visibleAtMs <= nowMs) continue;
      if (retry.atMs <= nowMs && invocations.size < settings.concurrency) invoke(retry.batch);
      else throttled.push(retry);
    }
    while (invocations.size < settings.concurrency && batchDueAtMs() <= nowMs) {
      const count = fitting();
      const taken = waiting.slice(0, count);
      waiting = waiting.slice(count);
      const receivedAtMs = taken[0]?.receivedAtMs ?? nowMs;
      invoke({
        messages: taken.map(({ message }) => message),
        visibleAtMs: receivedAtMs + inferred.visibilityTimeoutMs,
        throttles: 0,
      });
    }
  }

  function invoke(batch: Batch): void {
    const invocationId = nextId++;
    invocations.set(invocationId, batch);
    commands.push({ type: 'invoke', invocationId, messages: batch.messages });
  }

  /** Receives no more than one batch ahead of what may be invoked. */
  function startReceives(nowMs: number): void {
    if (receiveAtMs > nowMs || invocations.size + throttled.length >= settings.concurrency) return;
    while (
      receives.size < inferred.receivers &&
      waiting.length + receives.size * maximumPerRequest < settings.batchSize * settings.concurrency
    ) {
      const receiveId = nextId++;
      receives.add(receiveId);
      commands.push({
        type: 'receive',
        receiveId,
        maximumMessages: Math.min(maximumPerRequest, settings.batchSize),
        waitTimeSeconds: inferred.waitTimeSeconds,
      });
    }
  }

  /** How many of the waiting messages fit into one batch: 1 at least. */
  function fitting(): number {
    let bytes = 0;
    let count = 0;
    while (count < Math.min(settings.batchSize, waiting.length)) {
      bytes += waiting[count]?.payloadBytes ?? 0;
      if (bytes > inferred.maximumPayloadBytes && count > 0) break;
      count += 1;
    }
    return count;
  }

  function batchDueAtMs(): number {
    const first = waiting[0];
    if (first === undefined) return Infinity;
    const isFull = waiting.length >= settings.batchSize || fitting() < waiting.length;
    return isFull || settings.windowMs === 0 ? -Infinity : first.receivedAtMs + settings.windowMs;
  }

  function nextDueAtMs(nowMs: number): number {
    const mayInvoke = invocations.size < settings.concurrency;
    return Math.min(
      receiveAtMs > nowMs ? receiveAtMs : Infinity,
      mayInvoke ? batchDueAtMs() : Infinity,
      ...throttled.map(({ batch, atMs }) => (mayInvoke ? atMs : batch.visibleAtMs)),
    );
  }

  return {
    step,
    status() {
      const batches = [...invocations.values(), ...throttled.map(({ batch }) => batch)];
      const inFlight = batches.reduce((sum, { messages }) => sum + messages.length, 0);
      const deleting = [...deletes.values()].reduce((sum, count) => sum + count, 0);
      return {
        receiving: receives.size,
        buffered: waiting.length,
        inFlight,
        deleting,
        idle: waiting.length + inFlight + deleting === 0,
      };
    },
    counters: () => ({ ...counters }),
  };
}
