import { AggregateWriter } from '@clickstream/aggregation';
import type { Outgoing } from './outgoing.ts';
import type { ResolvedAggregation } from './resolve-options.ts';
import type { TrackedEvent } from './tracked-event.ts';
import type { TransportRecord } from './transport.ts';

/**
 * What an event adds to an aggregate at most, besides its data and partition key: tags, lengths and
 * the place of its key in the table.
 */
export const AGGREGATED_EVENT_OVERHEAD_BYTES = 16;
/** What an aggregate has at most besides its events: magic number, digest and partition key. */
export const AGGREGATE_OVERHEAD_BYTES = 64;

type Batch = readonly Outgoing<TrackedEvent>[];
type Records = readonly TransportRecord[];

/** Writes the records that carry the events of a request. */
export type WriteRecords = (batch: Batch) => Records | Promise<Records>;

/**
 * An aggregate goes to its shard by an explicit hash key. Its partition key names its bucket: Lambda
 * divides the records of a shard by it, so all events of a user must have one and the same.
 */
export function createRecordWriter(aggregation: ResolvedAggregation | undefined): WriteRecords {
  if (aggregation === undefined) return (batch) => batch.map(writePlain);
  const writer = new AggregateWriter();
  const writeAggregate: WriteRecord = ({ entries, queue, bucket }) => {
    for (const { value } of entries) {
      writer.add(value.partitionKey, value.data);
    }
    const record = { partitionKey: `bucket-${bucket}`, data: writer.finish() };
    const explicitHashKey = queue.shard?.hashKey;
    return explicitHashKey === undefined ? record : { ...record, explicitHashKey };
  };
  return async (batch) => {
    const records = batch.map(writeAggregate);
    // That took milliseconds for thousands of events, and to send them takes as long again.
    await new Promise((resolve) => setImmediate(resolve));
    return records;
  };
}

type WriteRecord = (outgoing: Outgoing<TrackedEvent>) => TransportRecord;

const writePlain: WriteRecord = ({ entries }) => {
  const event = entries[0]?.value;
  if (event === undefined) throw new Error('a record has no event');
  return new PlainRecord(event.partitionKey, event.data);
};

/** No literal, for the reason that `Outgoing` is none. */
class PlainRecord implements TransportRecord {
  readonly partitionKey: string;
  readonly data: Uint8Array;

  constructor(partitionKey: string, data: Uint8Array) {
    this.partitionKey = partitionKey;
    this.data = data;
  }
}
