import { aggregate, deaggregateSync, type EncodedRecord } from 'aws-kinesis-agg';
import type { UserRecord } from '../src/index.ts';

/** Our user records as one aggregated record of npm's `aws-kinesis-agg`. */
export async function aggregateByRival(records: readonly UserRecord[]): Promise<Buffer> {
  const encoded = await new Promise<EncodedRecord>((resolve, reject) => {
    aggregate(
      records.map(({ data, ...record }) => ({ ...record, data: Buffer.from(data) })),
      (record, done) => {
        resolve(record);
        done();
      },
      () => undefined,
      reject,
    );
  });
  return encoded.data;
}

/** What `aws-kinesis-agg` finds in an aggregated record, its checksum verified. */
export function deaggregateByRival(data: Uint8Array): readonly UserRecord[] {
  let found: readonly UserRecord[] = [];
  const payload = {
    kinesisSchemaVersion: '1.0',
    partitionKey: 'of the outer record',
    sequenceNumber: '1',
    data: Buffer.from(data).toString('base64'),
    approximateArrivalTimestamp: 0,
  };
  deaggregateSync(payload, true, (error: unknown, records) => {
    if (error instanceof Error) throw error;
    found = (records ?? []).map(({ partitionKey, explicitPartitionKey, data: base64 }) => ({
      partitionKey,
      ...(explicitPartitionKey !== undefined && { explicitHashKey: explicitPartitionKey }),
      data: Buffer.from(base64, 'base64'),
    }));
  });
  return found;
}
