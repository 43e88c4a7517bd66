import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import { ConsumerError } from './errors.ts';

/**
 * The records of a batch, if they are in one: a mapping of another source must fail, not look like an
 * empty success.
 * @throws ConsumerError `not_kinesis`
 */
export function recordsIn(event: KinesisStreamEvent): readonly KinesisStreamRecord[] {
  const records: unknown = (event as Partial<KinesisStreamEvent> | null)?.Records;
  if (Array.isArray(records)) return event.Records;
  throw notKinesis();
}

/** @throws ConsumerError `not_kinesis` */
export function assertKinesisRecord(record: Partial<KinesisStreamRecord> | null): void {
  if (!isKinesisRecord(record)) throw notKinesis();
}

function notKinesis(): ConsumerError {
  return new ConsumerError(
    'not_kinesis',
    'The function was not invoked with Kinesis records: connect it to a stream by an event source mapping of Kinesis',
  );
}

function isKinesisRecord(record: Partial<KinesisStreamRecord> | null): boolean {
  const { approximateArrivalTimestamp, data, partitionKey, sequenceNumber } = record?.kinesis ?? {};
  return (
    Number.isFinite(approximateArrivalTimestamp) &&
    typeof data === 'string' &&
    typeof partitionKey === 'string' &&
    typeof sequenceNumber === 'string' &&
    /^\d+$/.test(sequenceNumber) &&
    typeof record?.eventID === 'string'
  );
}
