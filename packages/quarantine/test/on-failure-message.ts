interface Place {
  readonly streamArn?: string | undefined;
  readonly shardId?: string | undefined;
  readonly startSequenceNumber?: string | undefined;
  readonly endSequenceNumber?: string | undefined;
  readonly batchSize?: number | undefined;
}

/** What the event source mapping sends, in the shape that AWS was seen to send. */
export function onFailureMessage(place: Place, condition = 'RetryAttemptsExhausted') {
  return {
    requestContext: {
      requestId: '5d3a3a1c-7a0d-4f9e-8a4b-1f6f3f1d2c3b',
      functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:processor:live',
      condition,
      approximateInvokeCount: 4,
    },
    responseContext: { statusCode: 200, executedVersion: '7', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-02-01T00:00:09.000Z',
    KinesisBatchInfo: {
      approximateArrivalOfFirstRecord: '2026-01-31T23:59:59.100Z',
      approximateArrivalOfLastRecord: '2026-01-31T23:59:59.900Z',
      ...place,
    },
  };
}
