import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import { ConsumerError } from './errors.ts';

/**
 * Makes sure that this is a batch of Kinesis records: a mapping of another source must fail, not
 * look like an empty success.
 * @throws ConsumerError `not_kinesis`
 */
export function assertKinesisEvent(event: KinesisStreamEvent): void {
  const records: unknown = (event as Partial<KinesisStreamEvent> | null)?.Records;
  if (Array.isArray(records) && records.every(isKinesisRecord)) return;
  throw new ConsumerError(
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
