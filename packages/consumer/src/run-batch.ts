import { type AnyEvent, parseEvent } from '@clickstream/events';
import type { BatchWatch } from './batch-watch.ts';
import { createCommitter } from './committer.ts';
import { startDeadline } from './deadline.ts';
import { ConsumerError, PermanentError } from './errors.ts';
import type { IncompleteBatch, PermanentFailure, TransientFailure } from './failures.ts';
import { dispatch } from './gen/handlers.ts';
import { runLanes } from './lanes.ts';
import type { Outcome, ResolvedOptions } from './options.ts';
import type { RecordState } from './progress.ts';
import type { RecordContext } from './record-context.ts';
import { asciiOf, contextOf, payloadOf, positionOf, type UserRecord } from './user-record.ts';

/** What became of a batch. */
export interface BatchResult {
  /** One per record. */
  readonly states: readonly RecordState[];
  /** Why the batch was not worked through to its end, if it was not. */
  readonly stoppedBy: IncompleteBatch['reason'] | undefined;
  readonly failures: readonly TransientFailure[];
}

/** A record at work. */
interface Task {
  readonly index: number;
  readonly record: UserRecord;
  /** As `performance.now()` says it; 0 if nobody wants to know. */
  readonly startedAtMs: number;
  /** What it is doing now. */
  stage: TransientFailure['stage'];
  event: AnyEvent | undefined;
}

interface Finished<Result> {
  readonly task: Task;
  readonly outcome: Outcome<Result>;
}

/**
 * Works through a batch as far as it gets: every record decoded, validated, handled and committed,
 * until all are done, or something transient has failed and the rest has settled, or time is up.
 * Never rejects.
 */
export async function runBatch<Result>(
  records: readonly UserRecord[],
  options: ResolvedOptions<Result>,
  remainingMs: () => number,
  watch?: BatchWatch,
): Promise<BatchResult> {
  const { handlers, commit, onPermanentFailure } = options;
  const states = records.map((): RecordState => 'waiting');
  const failures: TransientFailure[] = [];
  const atWork = new Set<Task>();
  const handling = new AbortController();
  const { signal } = handling;
  const storing = new AbortController();
  let stoppedBy: BatchResult['stoppedBy'];
  /** Once the result is out, what settles late changes nothing. */
  let isOver = false;

  const fail = (task: Task, stage: TransientFailure['stage'], error: unknown): void => {
    if (isOver) return;
    stoppedBy ??= 'failure';
    states[task.index] = 'failed';
    const failure = describe(task, stage, error);
    failures.push(failure);
    watch?.failed(failure, task.startedAtMs);
  };

  const done = (task: Task, event: AnyEvent): void => {
    states[task.index] = 'done';
    watch?.handled(task.record, event, task.startedAtMs);
  };

  const committer =
    commit &&
    createCommitter<Finished<Result>>({
      size: options.commitSize,
      commit: (chunk) =>
        commit(
          chunk.map(({ outcome }) => outcome),
          { signal: storing.signal },
        ),
      onCommitted: ({ task, outcome: { event } }) => {
        if (!isOver) done(task, event);
      },
      onFailed: (first, error) => first && fail(first.task, 'commit', error),
    });

  const succeed = (task: Task, event: AnyEvent, record: RecordContext, result: Result): void => {
    if (isOver) return;
    if (!committer) return done(task, event);
    states[task.index] = 'finished';
    committer.finish(task.index, { task, outcome: { record, event, result } });
  };

  const reject = async (task: Task, failure: Omit<PermanentFailure, 'record'>): Promise<void> => {
    if (isOver) return;
    task.stage = 'permanent_failure';
    const record = { ...positionOf(task.record), data: payloadOf(task.record) };
    const whole: PermanentFailure = { ...failure, record };
    try {
      await onPermanentFailure(whole, { signal: storing.signal });
    } catch (error) {
      return fail(task, 'permanent_failure', error);
    }
    if (isOver) return;
    states[task.index] = 'done';
    watch?.rejected(whole, task.startedAtMs);
    committer?.finish(task.index, undefined);
  };

  const handlerFailed = (task: Task, error: unknown): Promise<void> | undefined => {
    if (!(error instanceof PermanentError)) {
      fail(task, 'handler', error);
      return undefined;
    }
    const { event_id: eventId, event_type: eventType } = task.event ?? {};
    const event = { ...(eventId && { eventId }), ...(eventType && { eventType }) };
    const { message } = error;
    return reject(task, { reason: 'rejected', message, issues: [], ...event, cause: error });
  };

  /** Undefined when the task was over at once. */
  const work = (task: Task): Promise<void> | undefined => {
    let event: AnyEvent;
    let record: RecordContext;
    let result: Result | Promise<Result>;
    try {
      const parsed = parseEvent(asciiOf(task.record) ?? payloadOf(task.record));
      if (!parsed.ok) {
        const { ok: _, ...failure } = parsed;
        return reject(task, failure);
      }
      event = parsed.event;
      task.event = event;
      watch?.read(event);
      record = contextOf(task.record, parsed.originalVersion, signal);
      result = dispatch(handlers, event, record);
    } catch (error) {
      return handlerFailed(task, error);
    }
    if (isPromise(result)) {
      return Promise.resolve(result).then(
        (value) => succeed(task, event, record, value),
        (error: unknown) => handlerFailed(task, error),
      );
    }
    succeed(task, event, record, result);
    return undefined;
  };

  const run = (record: UserRecord, index: number): Promise<void> | undefined => {
    states[index] = 'running';
    const startedAtMs = watch ? performance.now() : 0;
    const task: Task = { index, record, startedAtMs, stage: 'handler', event: undefined };
    const pending = work(task);
    if (!pending) return undefined;
    atWork.add(task);
    return pending.finally(() => atWork.delete(task));
  };

  const onNear = (): void => {
    stoppedBy ??= 'deadline';
    handling.abort(outOfTime('The invocation is about to run out of time'));
    committer?.hurry();
  };
  const deadline = startDeadline(remainingMs, options.deadlineMarginMs, onNear);
  const mayStart = (): boolean => {
    if (!stoppedBy && deadline.isNear()) onNear();
    return !stoppedBy;
  };

  const worked = runLanes({
    tasks: records,
    keyOf: ({ partitionKey }) => partitionKey,
    concurrency: options.concurrency,
    mayStart,
    run,
  })
    .then(() => committer?.drain())
    .then(() => true);
  const settled = await Promise.race([worked, deadline.reached.then(() => false)]);
  deadline.clear();
  if (!settled) {
    const error = outOfTime('Not settled when the invocation had to return');
    for (const task of atWork) fail(task, task.stage, error);
    const stuck = committer?.stop();
    if (stuck) fail(stuck.task, 'commit', error);
    storing.abort(error);
  }
  isOver = true;
  return { states, stoppedBy, failures };
}

const outOfTime = (what: string): ConsumerError =>
  new ConsumerError('deadline', `${what}; the event will be delivered again`);

function isPromise(value: unknown): value is Promise<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return 'then' in value && typeof value.then === 'function';
}

function describe(
  { record, event }: Task,
  stage: TransientFailure['stage'],
  error: unknown,
): TransientFailure {
  return {
    stage,
    error,
    record: positionOf(record),
    ...(event && { eventId: event.event_id, eventType: event.event_type }),
  };
}
