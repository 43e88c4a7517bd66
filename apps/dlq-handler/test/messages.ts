import type { SQSEvent } from 'aws-lambda';

/** The event of a batch, from message ids to bodies. */
export function sqsEvent(messages: Readonly<Record<string, string>>): SQSEvent {
  return {
    Records: Object.entries(messages).map(([messageId, body]) => ({
      messageId,
      body,
      receiptHandle: `receipt of ${messageId}`,
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1767225600000',
        SenderId: 'AIDA',
        ApproximateFirstReceiveTimestamp: '1767225600001',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:letters',
      awsRegion: 'us-east-1',
    })),
  };
}

/** What the event source mapping sends about a batch that it gave up. */
export function onFailureMessage(
  streamArn: string,
  startSequenceNumber: string,
  endSequenceNumber: string,
  batchSize: number,
): string {
  return JSON.stringify({
    requestContext: {
      requestId: '5d3a3a1c-7a0d-4f9e-8a4b-1f6f3f1d2c3b',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:processor',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 4,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: null },
    version: '1.0',
    timestamp: '2026-02-01T00:00:09.000Z',
    KinesisBatchInfo: {
      shardId: 'shardId-000000000000',
      startSequenceNumber,
      endSequenceNumber,
      approximateArrivalOfFirstRecord: '2026-01-31T23:59:59.100Z',
      approximateArrivalOfLastRecord: '2026-01-31T23:59:59.900Z',
      batchSize,
      streamArn,
    },
  });
}
