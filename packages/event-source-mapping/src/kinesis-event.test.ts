import { check, property, string, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { emptyEventBytes, eventRecordBytes, kinesisEvent } from './kinesis-event.ts';
import { type OnFailureDocument, onFailureObject } from './on-failure.ts';

const context = {
  shardId: 'shardId-000000000006',
  streamArn: 'arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream',
  region: 'us-east-2',
  roleArn: 'arn:aws:iam::123456789012:role/lambda-role',
};

test('a record as the function sees it', () => {
  // Recorded on AWS, 2024-12-13: test_create_kinesis_event_source_mapping of the file that
  // vectors.test.ts names; the timestamp as in
  // https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
  const record = {
    sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
    partitionKey: '1',
    data: Buffer.from('Hello, this is a test.'),
    arrivedAtMs: 1_545_084_650_987,
  };
  expect(kinesisEvent([record], context)).toEqual({
    Records: [
      {
        kinesis: {
          kinesisSchemaVersion: '1.0',
          partitionKey: '1',
          sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
          data: 'SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==',
          approximateArrivalTimestamp: 1_545_084_650.987,
        },
        eventSource: 'aws:kinesis',
        eventVersion: '1.0',
        eventID: 'shardId-000000000006:49590338271490256608559692538361571095921575989136588898',
        eventName: 'aws:kinesis:record',
        invokeIdentityArn: 'arn:aws:iam::123456789012:role/lambda-role',
        awsRegion: 'us-east-2',
        eventSourceARN: 'arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream',
      },
    ],
  });
});

test('law: the size of a record is what it adds to the payload, to the byte', () => {
  const details = check(
    property(uint8Array({ maxLength: 50 }), string({ unit: 'binary' }), (data, partitionKey) => {
      const record = { sequenceNumber: '7', partitionKey, data, arrivedAtMs: 1_234 };
      const payload = JSON.stringify(kinesisEvent([record, record], context));
      const added = 2 * eventRecordBytes(record, context) - 1; // one comma between two
      return Buffer.byteLength(payload) === emptyEventBytes + added;
    }),
  );
  expect(details.counterexample).toBeNull();
});

test('law: a view into a larger buffer is encoded alone', () => {
  const data = new Uint8Array(Buffer.from('xxabcxx').buffer.slice(0)).subarray(2, 5);
  const event = kinesisEvent(
    [{ sequenceNumber: '1', partitionKey: 'k', data, arrivedAtMs: 0 }],
    context,
  );
  const encoded = Buffer.from(data).toString('base64');
  expect(event.Records[0]?.kinesis.data).toBe(encoded);
});

test('the object for an S3 destination holds the whole event under a key of shard and time', () => {
  // Key recorded on AWS, 2025-01-03: the file that vectors.test.ts names,
  // test_kinesis_event_source_mapping_with_s3_on_failure_destination; the payload is escaped JSON in
  // https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
  const document: OnFailureDocument = {
    requestContext: {
      requestId: 'r',
      functionArn: 'f',
      condition: 'RecordAgeExceeded',
      approximateInvokeCount: 1,
    },
    version: '1.0',
    timestamp: '2026-01-02T03:04:05.678Z',
    KinesisBatchInfo: {
      shardId: 'shardId-000000000000',
      startSequenceNumber: '1',
      endSequenceNumber: '1',
      approximateArrivalOfFirstRecord: '2026-01-02T03:04:05.000Z',
      approximateArrivalOfLastRecord: '2026-01-02T03:04:05.000Z',
      batchSize: 1,
      streamArn: context.streamArn,
    },
  };
  const event = kinesisEvent([], context);
  const { key, body } = onFailureObject(document, event, { mappingId: 'm', objectId: 'o' });
  expect(key).toBe('aws/lambda/m/shardId-000000000000/2026/01/02/2026-01-02T03.04.05-o');
  expect(JSON.parse(body)).toEqual({ ...document, payload: '{"Records":[]}' });
});
