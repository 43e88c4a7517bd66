import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import type { IncompleteBatch } from './failures.ts';
import { assertKinesisEvent } from './kinesis-record.ts';
import { type KinesisHandlerOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { countFrom, firstUnfinished } from './progress.ts';
import { runBatch } from './run-batch.ts';
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
 * @returns the handler. It rejects only with a {@link ConsumerError} `not_kinesis`.
 * @throws ConsumerError `invalid_option`
 */
export function createKinesisHandler<Result>(
  options: KinesisHandlerOptions<Result>,
): KinesisHandler {
  const resolved = resolveOptions(options);
  return async (event, context) => {
    assertKinesisEvent(event);
    const incomplete = await processBatch(event, resolved, context);
    if (!incomplete) return { batchItemFailures: [] };
    report(incomplete, resolved);
    return { batchItemFailures: [{ itemIdentifier: incomplete.firstUnfinished }] };
  };
}

/** Undefined when every record is done. */
async function processBatch<Result>(
  { Records: batch }: KinesisStreamEvent,
  options: ResolvedOptions<Result>,
  context: InvocationContext,
): Promise<IncompleteBatch | undefined> {
  const remainingMs = (): number => context.getRemainingTimeInMillis();
  const records = userRecordsOf(batch);
  const { states, stoppedBy, failures } = await runBatch(records, options, remainingMs);
  // User records of one aggregate share a number, so it comes again whole if one is unfinished.
  const first = records[firstUnfinished(records.map(sequenceNumberOf), states) ?? records.length];
  if (!first) return undefined;
  const { streamArn, shardId, sequenceNumber, arrivedAtMs } = positionOf(first);
  return {
    reason: stoppedBy ?? 'failure',
    ...(context.awsRequestId && { requestId: context.awsRequestId }),
    streamArn,
    shardId,
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
