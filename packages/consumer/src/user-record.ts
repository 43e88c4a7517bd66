import { atob } from 'node:buffer'; // the global one is looked up anew for every record
import { deaggregate } from '@clickstream/aggregation';
import type { KinesisStreamRecord } from 'aws-lambda';
import { assertKinesisRecord } from './kinesis-record.ts';
import type { RecordContext, RecordPosition } from './record-context.ts';

/** Only if a record was aggregated. */
interface Part {
  readonly subsequenceNumber: number;
  readonly data: Uint8Array;
}

/**
 * What one event came in: a Kinesis record, or one of those that were aggregated into it.
 *
 * No literal: of literals V8 learns that thousands survive with their batch, and from then on
 * allocates them in the old generation, where they keep the batch alive until a major collection.
 */
export class UserRecord {
  /** The record as Lambda handed it over. */
  readonly outer: KinesisStreamRecord;
  readonly partitionKey: string;
  readonly part: Part | undefined;

  constructor(outer: KinesisStreamRecord, partitionKey: string, part?: Part) {
    this.outer = outer;
    this.partitionKey = partitionKey;
    this.part = part;
  }
}

/**
 * The user records of a batch, in the order of the stream. A record that begins like an aggregated
 * one but is none stays as it is.
 * @throws ConsumerError `not_kinesis`
 */
export function userRecordsOf(batch: readonly KinesisStreamRecord[]): readonly UserRecord[] {
  const [first] = batch;
  // A mapping reads one source, so the others are like it: to look at each of 10,000 is a twentieth
  // of what they cost.
  if (first !== undefined) assertKinesisRecord(first);
  const records: UserRecord[] = [];
  for (const outer of batch) {
    const { data: base64, partitionKey } = outer.kinesis;
    const parts = mayBeAggregated(base64) ? deaggregate(Buffer.from(base64, 'base64')) : undefined;
    if (parts === undefined) {
      records.push(new UserRecord(outer, partitionKey));
      continue;
    }
    for (const [subsequenceNumber, { partitionKey: key, data }] of parts.entries()) {
      records.push(new UserRecord(outer, key, { subsequenceNumber, data }));
    }
  }
  return records;
}

/** What the magic number looks like in base64; its last two bits are in the next character. */
const MAGIC_IN_BASE64 = '84maw';

/** Spares a record that is not aggregated from being decoded twice. */
function mayBeAggregated(base64: string): boolean {
  return base64.startsWith(MAGIC_IN_BASE64);
}

/** Where the record lies. */
export function positionOf(record: UserRecord): RecordPosition {
  const { outer, partitionKey, part } = record;
  const { eventSourceARN: streamArn, kinesis } = outer;
  const { sequenceNumber } = kinesis;
  const shardId = shardIdOf(outer);
  const arrivedAtMs = arrivedAtMsOf(outer);
  if (!part) return { streamArn, shardId, sequenceNumber, partitionKey, arrivedAtMs };
  const { subsequenceNumber } = part;
  return { streamArn, shardId, sequenceNumber, subsequenceNumber, partitionKey, arrivedAtMs };
}

/** What the handler is told. Field by field: it is made for every event. */
export function contextOf(
  record: UserRecord,
  schemaVersion: string,
  signal: AbortSignal,
): RecordContext {
  const { outer, partitionKey, part } = record;
  if (part) return { ...positionOf(record), schemaVersion, signal };
  return {
    streamArn: outer.eventSourceARN,
    shardId: shardIdOf(outer),
    sequenceNumber: outer.kinesis.sequenceNumber,
    partitionKey,
    arrivedAtMs: arrivedAtMsOf(outer),
    schemaVersion,
    signal,
  };
}

/** The `eventID` is `<shard id>:<sequence number>`. */
function shardIdOf({ eventID, kinesis }: KinesisStreamRecord): string {
  return eventID.slice(0, -1 - kinesis.sequenceNumber.length);
}

function arrivedAtMsOf({ kinesis }: KinesisStreamRecord): number {
  return Math.round(kinesis.approximateArrivalTimestamp * 1000);
}

/** The payload, byte for byte. */
export function payloadOf({ outer, part }: UserRecord): Uint8Array {
  return part?.data ?? Buffer.from(outer.kinesis.data, 'base64');
}

/**
 * The payload as text if it is ASCII, which most JSON is: one step from base64 to text then, where
 * bytes and UTF-8 take two. Undefined if it is not, or not known to be.
 */
export function asciiOf({ outer, part }: UserRecord): string | undefined {
  if (part) return undefined;
  try {
    // One character per byte; a character beyond ASCII takes two bytes of UTF-8, so it would show.
    const text = atob(outer.kinesis.data);
    return Buffer.byteLength(text) === text.length ? text : undefined;
  } catch {
    return undefined; // no proper base64: Buffer makes of it what it can
  }
}
