import { deaggregate } from '@clickstream/aggregation';
import type { KinesisStreamRecord } from 'aws-lambda';
import type { RecordPosition } from './record-context.ts';

/** What one event came in: a Kinesis record, or one of those that were aggregated into it. */
export interface UserRecord {
  /** The record as Lambda handed it over. */
  readonly outer: KinesisStreamRecord;
  readonly partitionKey: string;
  /** Only if it was aggregated. */
  readonly part?: { readonly subsequenceNumber: number; readonly data: Uint8Array };
}

/**
 * The user records of a batch, in the order of the stream. A record that begins like an aggregated
 * one but is none stays as it is.
 */
export function userRecordsOf(batch: readonly KinesisStreamRecord[]): readonly UserRecord[] {
  return batch.flatMap((outer): UserRecord | readonly UserRecord[] => {
    const { data: base64, partitionKey } = outer.kinesis;
    const parts = mayBeAggregated(base64) ? deaggregate(Buffer.from(base64, 'base64')) : undefined;
    if (parts === undefined) return { outer, partitionKey };
    return parts.map(({ partitionKey: key, data }, subsequenceNumber) => ({
      outer,
      partitionKey: key,
      part: { subsequenceNumber, data },
    }));
  });
}

/** What the magic number looks like in base64; its last two bits are in the next character. */
const MAGIC_IN_BASE64 = '84maw';

/** Spares a record that is not aggregated from being decoded twice. */
function mayBeAggregated(base64: string): boolean {
  return base64.startsWith(MAGIC_IN_BASE64);
}

/** Where the record lies; the `eventID` is `<shard id>:<sequence number>`. */
export function positionOf({ outer, partitionKey, part }: UserRecord): RecordPosition {
  const { eventID, eventSourceARN, kinesis } = outer;
  return {
    streamArn: eventSourceARN,
    shardId: eventID.slice(0, eventID.lastIndexOf(':')),
    sequenceNumber: kinesis.sequenceNumber,
    ...(part && { subsequenceNumber: part.subsequenceNumber }),
    partitionKey,
    arrivedAtMs: Math.round(kinesis.approximateArrivalTimestamp * 1000),
  };
}

/** The payload, byte for byte. */
export function payloadOf({ outer, part }: UserRecord): Uint8Array {
  return part?.data ?? Buffer.from(outer.kinesis.data, 'base64');
}
