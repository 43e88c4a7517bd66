import type { KinesisRecord } from './kinesis-record.ts';

/** What every record of an invocation has in common. */
export interface KinesisEventContext {
  readonly shardId: string;
  readonly streamArn: string;
  readonly region: string;
  /** The function's execution role, which does the reading. */
  readonly roleArn: string;
}

/** One record as the function sees it; names, order and types as recorded on AWS. */
export interface KinesisEventRecord {
  readonly kinesis: {
    readonly kinesisSchemaVersion: '1.0';
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    /** Base64. */
    readonly data: string;
    /** Seconds since the epoch, with milliseconds as the fraction. */
    readonly approximateArrivalTimestamp: number;
  };
  readonly eventSource: 'aws:kinesis';
  readonly eventVersion: '1.0';
  /** `<shardId>:<sequenceNumber>` */
  readonly eventID: string;
  readonly eventName: 'aws:kinesis:record';
  readonly invokeIdentityArn: string;
  readonly awsRegion: string;
  readonly eventSourceARN: string;
}

/** The payload of an invocation. */
export interface KinesisEvent {
  readonly Records: readonly KinesisEventRecord[];
}

/** The event that a Kinesis mapping invokes the function with. */
export function kinesisEvent(
  records: readonly KinesisRecord[],
  context: KinesisEventContext,
): KinesisEvent {
  return { Records: records.map((record) => eventRecord(record, base64(record.data), context)) };
}

/** Bytes of `{"Records":[]}`. */
export const emptyEventBytes = 14;

/** How many bytes one record adds to the JSON of the event, its comma included. */
export function eventRecordBytes(record: KinesisRecord, context: KinesisEventContext): number {
  const base64Length = 4 * Math.ceil(record.data.byteLength / 3);
  const metadata = JSON.stringify(eventRecord(record, '', context));
  return Buffer.byteLength(metadata) + base64Length + 1;
}

function eventRecord(
  record: KinesisRecord,
  data: string,
  context: KinesisEventContext,
): KinesisEventRecord {
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.partitionKey,
      sequenceNumber: record.sequenceNumber,
      data,
      approximateArrivalTimestamp: record.arrivedAtMs / 1_000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${context.shardId}:${record.sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: context.roleArn,
    awsRegion: context.region,
    eventSourceARN: context.streamArn,
  };
}

function base64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
}
