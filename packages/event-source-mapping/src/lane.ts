import {
  type BatchLimits,
  type BufferedRecord,
  batchDueAtMs,
  createRecordQueue,
  type RecordQueue,
} from './batching.ts';
import type { MutableCounters } from './counters.ts';
import type { InvocationResult } from './invocation.ts';
import type { KinesisEventContext } from './kinesis-event.ts';
import type { KinesisCommand } from './kinesis-protocol.ts';
import type { KinesisSettings } from './kinesis-settings.ts';
import { type DiscardReason, onFailureDocument } from './on-failure.ts';
import { readBatchResponse } from './response.ts';
import { bisect, isExhausted, newPiece, type Piece, retryDelayMs, splitByAge } from './retry.ts';

/** One of a shard's concurrent batches: a serial worker for a range of partition keys. */
export interface Lane {
  readonly index: number;
  readonly queue: RecordQueue;
  /** What is left of the open batch after the piece at work; the next one is last. */
  readonly pieces: Piece[];
  activity: LaneActivity;
}

export type LaneActivity =
  | { readonly kind: 'idle' }
  | { readonly kind: 'invoking'; readonly piece: Piece; readonly invocationId: string }
  | { readonly kind: 'backing_off'; readonly piece: Piece; readonly untilMs: number }
  | { readonly kind: 'reporting'; readonly piece: Piece; readonly report: Report }
  | {
      readonly kind: 'report_backing_off';
      readonly piece: Piece;
      readonly report: Report;
      readonly untilMs: number;
    };

type SendOnFailure = Extract<KinesisCommand, { type: 'send_on_failure' }>;

interface Report {
  readonly command: SendOnFailure;
  readonly failures: number;
}

/** What a lane needs from its shard and mapping during one step. */
export interface LaneContext {
  readonly settings: KinesisSettings;
  readonly limits: BatchLimits;
  readonly event: KinesisEventContext;
  readonly counters: MutableCounters;
  readonly nowMs: number;
  readonly emit: (command: KinesisCommand) => void;
  readonly settle: (records: readonly BufferedRecord[]) => void;
  readonly newId: () => string;
}

export function createLane(index: number): Lane {
  return { index, queue: createRecordQueue(), pieces: [], activity: { kind: 'idle' } };
}

/** Starts what is due: a batch, a retry, a report. */
export function advanceLane(lane: Lane, context: LaneContext): void {
  const { activity } = lane;
  switch (activity.kind) {
    case 'invoking':
    case 'reporting':
      return;
    case 'report_backing_off':
      if (activity.untilMs <= context.nowMs) send(lane, activity.piece, activity.report, context);
      return;
    case 'backing_off':
      if (activity.untilMs > context.nowMs) return;
      lane.pieces.push(activity.piece);
      lane.activity = { kind: 'idle' };
      break;
    case 'idle':
      break;
  }
  while (lane.activity.kind === 'idle') {
    const piece = lane.pieces.pop() ?? nextBatch(lane, context);
    if (piece === undefined) return;
    start(lane, piece, context);
  }
}

/** When {@link advanceLane} will have something to do if nothing else happens; `Infinity` for never. */
export function laneDueAtMs(lane: Lane, context: Pick<LaneContext, 'limits' | 'settings'>): number {
  const { activity } = lane;
  if (activity.kind === 'backing_off' || activity.kind === 'report_backing_off') {
    return activity.untilMs;
  }
  if (activity.kind !== 'idle') return Infinity;
  if (lane.pieces.length > 0) return -Infinity;
  return batchDueAtMs(lane.queue, context.limits, context.settings.windowMs);
}

/** Takes the answer to the lane's invocation. */
export function finishInvocation(lane: Lane, result: InvocationResult, context: LaneContext): void {
  if (lane.activity.kind !== 'invoking') return;
  const { piece } = lane.activity;
  const { settings, counters } = context;
  const { records } = piece;
  lane.activity = { kind: 'idle' };

  if (result.kind === 'throttled' || result.kind === 'invoke_error') {
    // Not an attempt: retried until the records expire (documented).
    counters.FailedInvoke += records.length;
    backOff(lane, piece, context);
    return;
  }

  counters.Invoked += records.length;
  if (result.kind === 'function_error') {
    counters.FailedInvoke += records.length;
    const failed: Piece = {
      ...piece,
      outcome: { requestId: result.requestId, functionError: 'Unhandled' },
    };
    if (settings.bisect && records.length > 1) halve(lane, failed, context);
    else charge(lane, failed, context);
    return;
  }

  const failedFrom = settings.partialResponses ? firstFailed(result.payload, piece, context) : -1;
  if (failedFrom === -1) {
    context.settle(records);
    return;
  }
  const failed: Piece = {
    ...piece,
    outcome: { requestId: result.requestId, functionError: null },
  };
  counters.FailedInvoke += records.length - failedFrom;
  if (failedFrom === 0) {
    // Nothing to cut at; and a reported failure is no function error.
    const halves = settings.bisect && settings.inferred.reportedFailureHalves;
    if (halves && records.length > 1) halve(lane, failed, context);
    else charge(lane, failed, context);
    return;
  }
  // Progress: the lowest returned record becomes the checkpoint, all from there on comes again, with
  // a fresh budget (recorded: BatchSize 3, the last record always fails, N = 3 → 1 + 4 invocations).
  context.settle(records.slice(0, failedFrom));
  lane.pieces.push({ ...failed, records: records.slice(failedFrom), attempts: 0, failures: 0 });
}

/** Takes the answer to the lane's report. */
export function finishReport(lane: Lane, delivered: boolean, context: LaneContext): void {
  if (lane.activity.kind !== 'reporting') return;
  const { piece, report } = lane.activity;
  if (delivered) {
    context.counters.OnFailureDestinationDelivered += piece.records.length;
    context.settle(piece.records);
    lane.activity = { kind: 'idle' };
    return;
  }
  if (context.settings.inferred.refusedDocument === 'drop') {
    drop(piece, context);
    lane.activity = { kind: 'idle' };
    return;
  }
  const failures = report.failures + 1;
  const untilMs = context.nowMs + retryDelayMs(failures, context.settings.inferred);
  lane.activity = {
    kind: 'report_backing_off',
    piece,
    report: { ...report, failures },
    untilMs,
  };
}

/** The oldest record that is not settled: nothing before it in this lane is. */
export function oldestUnsettled(lane: Lane): BufferedRecord | undefined {
  const atWork = lane.activity.kind === 'idle' ? undefined : lane.activity.piece;
  return (atWork ?? lane.pieces.at(-1))?.records[0] ?? lane.queue.first;
}

/** Whether the open batch has failed before. */
export function isFailing(lane: Lane): boolean {
  const { activity } = lane;
  if (activity.kind === 'reporting' || activity.kind === 'report_backing_off') return true;
  const piece = activity.kind === 'idle' ? lane.pieces.at(-1) : activity.piece;
  return piece !== undefined && (piece.attempts > 0 || piece.failures > 0);
}

function nextBatch(lane: Lane, { limits, settings, nowMs }: LaneContext): Piece | undefined {
  if (batchDueAtMs(lane.queue, limits, settings.windowMs) > nowMs) return undefined;
  return newPiece(lane.queue.take(lane.queue.fitting(limits)));
}

function start(lane: Lane, piece: Piece, context: LaneContext): void {
  const { limits, nowMs } = context;
  const maximumAgeMs = ageLimitMs(context.settings);
  const parts = splitByAge(piece, ({ record }) => nowMs - record.arrivedAtMs > maximumAgeMs);
  const [first, ...rest] = parts;
  if (first === undefined) return;
  lane.pieces.push(...rest.map((part) => part.piece).toReversed());

  if (first.expired) return discard(lane, first.piece, 'RecordAgeExceeded', context);
  const [record] = first.piece.records;
  if (record !== undefined && record.payloadBytes > limits.payloadBytes) {
    // It can never be invoked (documented).
    return discard(lane, first.piece, context.settings.inferred.oversizeCondition, context);
  }
  invoke(lane, first.piece, context);
}

function invoke(lane: Lane, piece: Piece, context: LaneContext): void {
  const invocationId = context.newId();
  lane.activity = { kind: 'invoking', piece, invocationId };
  context.emit({
    type: 'invoke',
    invocationId,
    lane: lane.index,
    records: piece.records.map(({ record }) => record),
    context: context.event,
  });
}

/** Position of the first record that has to come again; −1 when all are done. */
function firstFailed(payload: string, piece: Piece, { settings }: LaneContext): number {
  const positions = new Map(piece.records.map(({ record }, i) => [record.sequenceNumber, i]));
  const verdict = readBatchResponse(payload, positions, settings.inferred);
  if (verdict.kind === 'success') return -1;
  return verdict.kind === 'whole_batch' ? 0 : (verdict.failed[0] ?? 0);
}

function halve(lane: Lane, piece: Piece, context: LaneContext): void {
  const [left, right] = bisect(piece);
  if (context.settings.inferred.halvesWait) {
    lane.pieces.push(right);
    backOff(lane, left, context);
  } else {
    lane.pieces.push(right, left);
  }
}

/** One attempt of the budget is gone. */
function charge(lane: Lane, piece: Piece, context: LaneContext): void {
  const charged = { ...piece, attempts: piece.attempts + 1 };
  if (isExhausted(charged, context.settings.retries)) {
    discard(lane, charged, 'RetryAttemptsExhausted', context);
  } else {
    backOff(lane, charged, context);
  }
}

function backOff(lane: Lane, piece: Piece, { nowMs, settings }: LaneContext): void {
  const failures = piece.failures + 1;
  const untilMs = nowMs + retryDelayMs(failures, settings.inferred);
  lane.activity = { kind: 'backing_off', piece: { ...piece, failures }, untilMs };
}

function discard(lane: Lane, piece: Piece, condition: DiscardReason, context: LaneContext): void {
  const { settings, event } = context;
  if (settings.onFailure === undefined) return drop(piece, context);
  const document = onFailureDocument({
    ...piece,
    condition,
    shardId: event.shardId,
    streamArn: event.streamArn,
    functionArn: settings.functionArn,
    nowMs: context.nowMs,
    newId: context.newId,
  });
  const command: SendOnFailure = {
    type: 'send_on_failure',
    failureId: context.newId(),
    lane: lane.index,
    destination: settings.onFailure,
    document,
    records: piece.records.map(({ record }) => record),
    context: event,
  };
  send(lane, piece, { command, failures: 0 }, context);
}

function drop({ records }: Piece, { counters, settle }: LaneContext): void {
  counters.Dropped += records.length;
  settle(records);
}

function send(lane: Lane, piece: Piece, report: Report, context: LaneContext): void {
  lane.activity = { kind: 'reporting', piece, report };
  context.emit(report.command);
}

/** Retries without a limit of their own end with the stream's retention. */
function ageLimitMs({ maximumAgeMs, inferred }: KinesisSettings): number {
  return maximumAgeMs === -1 ? inferred.retentionMs : Math.min(maximumAgeMs, inferred.retentionMs);
}
