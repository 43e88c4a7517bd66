import { type Fields, type Parsed, parseJson } from './fields.ts';

/**
 * Why the event source mapping gave a batch up. The documentation names these two; another one is
 * kept as it is, since the batch must be rescued all the same.
 */
export type OnFailureCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded' | (string & {});

/**
 * What Lambda sends to the on-failure destination of a Kinesis event source mapping: where the
 * batch lies in the stream, not what was in it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export interface OnFailureDocument {
  readonly streamArn: string;
  readonly shardId: string;
  /** First and last record of the batch, both part of it. */
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  /**
   * How many records the batch had; 0 when the document does not say. With a parallelization
   * factor above 1 the range holds at least as many, because the records of other lanes lie
   * between them.
   */
  readonly batchSize: number;
  readonly condition: OnFailureCondition;
  /** How often the batch was tried. */
  readonly approximateInvokeCount?: number | undefined;
  /** With the alias or version that was invoked. */
  readonly functionArn?: string | undefined;
  /** When the mapping gave up; ISO 8601, UTC. */
  readonly failedAt?: string | undefined;
  /** Arrival of the first and last record; ISO 8601, UTC. */
  readonly firstArrivedAt?: string | undefined;
  readonly lastArrivedAt?: string | undefined;
}

/**
 * Reads an on-failure document. Only the place in the stream is required, because it is all that
 * the rescue needs. The variety that goes to S3 (with the records in `payload`) is read too; its
 * payload is left alone.
 */
export function parseOnFailureDocument(text: string): Parsed<OnFailureDocument> {
  return parseJson(text, (fields) => {
    const batch = fields.object('KinesisBatchInfo');
    const request = fields.has('requestContext') ? fields.object('requestContext') : undefined;
    return {
      ...readRange(batch),
      condition: request?.textIfAny('condition') ?? 'unknown',

      approximateInvokeCount: request?.countIfAny('approximateInvokeCount'),
      functionArn: request?.textIfAny('functionArn'),
      failedAt: fields.instantIfAny('timestamp'),
      firstArrivedAt: batch.instantIfAny('approximateArrivalOfFirstRecord'),
      lastArrivedAt: batch.instantIfAny('approximateArrivalOfLastRecord'),
    };
  });
}

/** Reads back what {@link parseOnFailureDocument} made, as part of another document. */
export function readOnFailureFields(fields: Fields): OnFailureDocument {
  return {
    ...readRange(fields),
    condition: fields.text('condition'),

    approximateInvokeCount: fields.countIfAny('approximateInvokeCount'),
    functionArn: fields.textIfAny('functionArn'),
    failedAt: fields.instantIfAny('failedAt'),
    firstArrivedAt: fields.instantIfAny('firstArrivedAt'),
    lastArrivedAt: fields.instantIfAny('lastArrivedAt'),
  };
}

function readRange(fields: Fields) {
  const startSequenceNumber = fields.sequenceNumber('startSequenceNumber');
  const endSequenceNumber = fields.sequenceNumber('endSequenceNumber');
  if (BigInt(startSequenceNumber) > BigInt(endSequenceNumber)) {
    fields.fail('endSequenceNumber', 'at or after the start');
  }
  return {
    streamArn: fields.text('streamArn'),
    shardId: fields.shardId('shardId'),
    startSequenceNumber,
    endSequenceNumber,
    batchSize: fields.countIfAny('batchSize') ?? 0,
  };
}
