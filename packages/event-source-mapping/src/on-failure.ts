import type { BufferedRecord } from './batching.ts';
import type { KinesisEvent } from './kinesis-event.ts';

/** Why a mapping gave up. */
export type DiscardReason = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/** How the last invocation of a batch ended. */
export interface FunctionOutcome {
  readonly requestId: string | undefined;
  /** `Unhandled` when the function threw or timed out, null when it reported the failure itself. */
  readonly functionError: 'Unhandled' | null;
}

/**
 * What a Kinesis mapping sends to its on-failure queue or topic: metadata only, never the records.
 * Field by field as recorded on AWS; `responseContext` is absent from `RecordAgeExceeded`.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export interface OnFailureDocument {
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: DiscardReason;
    readonly approximateInvokeCount: number;
  };
  readonly responseContext?: {
    readonly statusCode: 200;
    readonly executedVersion: string;
    readonly functionError: 'Unhandled' | null;
  };
  readonly version: '1.0';
  readonly timestamp: string;
  readonly KinesisBatchInfo: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    readonly approximateArrivalOfFirstRecord: string;
    readonly approximateArrivalOfLastRecord: string;
    readonly batchSize: number;
    readonly streamArn: string;
  };
}

/** What the document is made of. */
export interface Discarded {
  readonly records: readonly BufferedRecord[];
  readonly condition: DiscardReason;
  readonly attempts: number;
  readonly outcome: FunctionOutcome | undefined;
  readonly shardId: string;
  readonly streamArn: string;
  /** With its version or alias, such as `…:function:name:$LATEST`. */
  readonly functionArn: string;
  readonly nowMs: number;
  /** Stands in for the request id when the function was never reached. */
  readonly newId: () => string;
}

export function onFailureDocument(discarded: Discarded): OnFailureDocument {
  const { records, outcome } = discarded;
  const first = records[0];
  const last = records.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('nothing was discarded');
  return {
    requestContext: {
      requestId: outcome?.requestId ?? discarded.newId(),
      functionArn: discarded.functionArn,
      condition: discarded.condition,
      // 1 was recorded for a record that had expired before its first invocation.
      approximateInvokeCount: Math.max(1, discarded.attempts),
    },
    ...(discarded.condition === 'RetryAttemptsExhausted' && {
      responseContext: {
        statusCode: 200 as const,
        executedVersion: discarded.functionArn.split(':')[7] ?? '$LATEST',
        functionError: outcome?.functionError ?? null,
      },
    }),
    version: '1.0',
    timestamp: iso(discarded.nowMs),
    KinesisBatchInfo: {
      shardId: discarded.shardId,
      startSequenceNumber: first.record.sequenceNumber,
      endSequenceNumber: last.record.sequenceNumber,
      approximateArrivalOfFirstRecord: iso(first.record.arrivedAtMs),
      approximateArrivalOfLastRecord: iso(last.record.arrivedAtMs),
      batchSize: records.length,
      streamArn: discarded.streamArn,
    },
  };
}

/**
 * The object that an S3 destination receives: the same document with the whole invocation event as
 * escaped JSON in `payload`, under the key that was recorded on AWS.
 */
export function onFailureObject(
  document: OnFailureDocument,
  event: KinesisEvent,
  names: { readonly mappingId: string; readonly objectId: string },
): { readonly key: string; readonly body: string } {
  const [date = '', time = ''] = document.timestamp.slice(0, 19).split('T');
  const prefix = `aws/lambda/${names.mappingId}/${document.KinesisBatchInfo.shardId}`;
  return {
    key: `${prefix}/${date.replaceAll('-', '/')}/${date}T${time.replaceAll(':', '.')}-${names.objectId}`,
    body: JSON.stringify({ ...document, payload: JSON.stringify(event) }),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
