import { deaggregate } from '@clickstream/aggregation';
import type { StreamRecord } from './dead-letter.ts';

/**
 * The records that a producer has aggregated into this one, each with its own key and payload; the
 * record itself when it is not aggregated.
 */
export function userRecordsOf(record: StreamRecord): readonly StreamRecord[] {
  const parts = deaggregate(record.data);
  if (parts === undefined) return [record];
  return parts.map(({ partitionKey, data }, subsequenceNumber) => ({
    ...record,
    subsequenceNumber,
    partitionKey,
    data,
  }));
}
