import type {
  Context,
  KinesisStreamBatchResponse,
  KinesisStreamEvent,
  KinesisStreamRecord,
} from 'aws-lambda';
import { startBatchSpan } from './batch-span.ts';
import { watchBatch } from './batch-watch.ts';
import type { IncompleteBatch } from './failures.ts';
import { recordsIn } from './kinesis-record.ts';
import { type KinesisHandlerOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { countFrom, firstUnfinished } from './progress.ts';
import { type BatchResult, runBatch } from './run-batch.ts';
import { positionOf, type UserRecord, userRecordsOf } from './user-record.ts';

type InvocationContext = Pick<Context, 'getRemainingTimeInMillis'> &
  Partial<Pick<Context, 'awsRequestId'>>;

/** What the Lambda runtime calls. Of the context it needs the remaining time only. */
export type KinesisHandler = (
  event: KinesisStreamEvent,
  context: InvocationContext,
) => Promise<KinesisStreamBatchResponse>;

/**
 * A Lambda handler for the records of a Kinesis stream that hands each event, validated and typed,
 * to your code: one after the other per partition key, several keys at a time.
 *
 * - A record that can never be processed (no known event, or rejected by its handler) goes to
 *   `onPermanentFailure` and no longer stands in the way of those behind it.
 * - On the first transient failure nothing new is started, what is underway settles, and the
 *   response names the lowest unfinished sequence number: Lambda delivers the shard again from
 *   there. Events beyond it that were done are delivered again too, so be idempotent.
 * - Records that a producer has aggregated (the KPL's format) are taken apart, so that each event
 *   counts for itself in all of this, under its own partition key. Lambda knows the outer record
 *   only: it comes again whole until all of its events are done.
 * - The response comes in time, also when a handler never settles (but not when one never lets go
 *   of the thread).
 *
 * The event source mapping must have `ReportBatchItemFailures`, see
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html.
 *
 * @returns the handler. It rejects only with a {@link ConsumerError} `not_kinesis`: when there is no
 * list of records, or the first one is none of Kinesis.
 * @throws ConsumerError `invalid_option`
 */
export function createKinesisHandler<Result>(
  options: KinesisHandlerOptions<Result>,
): KinesisHandler {
  const resolved = resolveOptions(options);
  return async (event, context) => {
    const incomplete = await processBatch(recordsIn(event), resolved, context);
    if (!incomplete) return { batchItemFailures: [] };
    report(incomplete, resolved);
    return { batchItemFailures: [{ itemIdentifier: incomplete.firstUnfinished }] };
  };
}

/** Undefined when every record is done. */
async function processBatch<Result>(
  batch: readonly KinesisStreamRecord[],
  options: ResolvedOptions<Result>,
  context: InvocationContext,
): Promise<IncompleteBatch | undefined> {
  const startedAtMs = performance.now();
  const remainingMs = (): number => context.getRemainingTimeInMillis();
  const records = userRecordsOf(batch);
  const [oldest] = records;
  if (!oldest) return undefined;
  const { streamArn, shardId, arrivedAtMs } = positionOf(oldest);
  const { awsRequestId } = context;
  const invocation = { ...(awsRequestId && { requestId: awsRequestId }), streamArn, shardId };

  const span = startBatchSpan(invocation, records.length);
  const watch = watchBatch(options.observer, span);
  const work = (): Promise<BatchResult> => runBatch(records, options, remainingMs, watch);
  const result = await (span ? span.run(work) : work());
  const incomplete = describeIncomplete(batch, records, result, invocation);
  if (watch) {
    const { stoppedBy, states } = result;
    watch.settled({
      ...invocation,
      records: batch.length,
      aggregatedRecords: new Set(records.filter(({ part }) => part).map(({ outer }) => outer)).size,
      events: records.length,
      unfinished: states.filter((state) => state !== 'done' && state !== 'failed').length,
      ...(stoppedBy && { stoppedBy }),
      redelivered: incomplete?.redelivered ?? 0,
      durationMs: performance.now() - startedAtMs,
      remainingMs: remainingMs(),
      arrivalAgeMs: Date.now() - arrivedAtMs,
    });
  }
  return incomplete;
}

function describeIncomplete(
  batch: readonly KinesisStreamRecord[],
  records: readonly UserRecord[],
  { states, stoppedBy, failures }: BatchResult,
  invocation: Pick<IncompleteBatch, 'requestId' | 'streamArn' | 'shardId'>,
): IncompleteBatch | undefined {
  if (states.every((state) => state === 'done')) return undefined;
  // User records of one aggregate share a number, so it comes again whole if one is unfinished.
  const first = records[firstUnfinished(records.map(sequenceNumberOf), states) ?? records.length];
  if (!first) return undefined;
  const { sequenceNumber, arrivedAtMs } = positionOf(first);
  return {
    reason: stoppedBy ?? 'failure',
    ...invocation,
    firstUnfinished: sequenceNumber,
    batchSize: batch.length,
    redelivered: countFrom(
      batch.map(({ kinesis }) => kinesis.sequenceNumber),
      sequenceNumber,
    ),
    oldestArrivedAtMs: arrivedAtMs,
    failures,
  };
}

const sequenceNumberOf = ({ outer }: UserRecord): string => outer.kinesis.sequenceNumber;

function report<Result>(batch: IncompleteBatch, { onIncomplete }: ResolvedOptions<Result>): void {
  try {
    onIncomplete(batch);
  } catch (error) {
    console.error('onIncomplete threw', error);
  }
}
