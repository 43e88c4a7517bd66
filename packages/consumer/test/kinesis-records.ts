import { AggregateWriter } from '@clickstream/aggregation';
import { pageViewSample } from '@clickstream/events';
import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';

/** What a test says about a record; the rest is filled in. */
export interface RecordInput {
  readonly sequenceNumber: string;
  readonly partitionKey?: string;
  /** The payload. Default: a valid page view whose `event_id` ends in the sequence number. */
  readonly data?: string | Uint8Array;
}

/** A record as Lambda hands it to a function. */
export function kinesisRecord(input: RecordInput): KinesisStreamRecord {
  const { sequenceNumber, partitionKey = 'user-1' } = input;
  const data = input.data ?? JSON.stringify(pageView(sequenceNumber));
  const streamArn = 'arn:aws:kinesis:eu-central-1:123456789012:stream/clickstream';
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey,
      sequenceNumber,
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: 1_764_000_000.125,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `shardId-000000000001:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::123456789012:role/processor',
    awsRegion: 'eu-central-1',
    eventSourceARN: streamArn,
  };
}

export function kinesisEvent(...inputs: readonly RecordInput[]): KinesisStreamEvent {
  return { Records: inputs.map(kinesisRecord) };
}

/** What a test says about a record within a record. */
export interface UserRecordInput {
  readonly partitionKey: string;
  readonly data: string | Uint8Array;
}

/** The data of one record that holds these. */
export function aggregate(...records: readonly UserRecordInput[]): Uint8Array {
  const writer = new AggregateWriter();
  for (const { partitionKey, data } of records) writer.add(partitionKey, data);
  return writer.finish();
}

/** A page view that can be told by its number. */
export function pageView(number: string): typeof pageViewSample {
  const id = `019aaf3c-7a00-7c3e-9d5b-${number.slice(-12).padStart(12, '0')}`;
  return { ...pageViewSample, event_id: id };
}

/** So much time that no test runs out of it. */
export const plentyOfTime = { getRemainingTimeInMillis: (): number => 60_000 };
