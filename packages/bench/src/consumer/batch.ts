import { createWorkload } from '../producer/workload.ts';

/** A batch as Lambda hands it over, as text: every run parses its own, as the runtime does. */
export function batchText(records: number, users: number): string {
  const work = createWorkload({ seed: 'consumer', events: records, users });
  return JSON.stringify({
    Records: work.map(({ userId, event }, index) => {
      const sequenceNumber = `4964${String(index).padStart(52, '0')}`;
      return {
        kinesis: {
          kinesisSchemaVersion: '1.0',
          partitionKey: userId,
          sequenceNumber,
          data: Buffer.from(JSON.stringify(event)).toString('base64'),
          approximateArrivalTimestamp: 1_764_000_000.125,
        },
        eventSource: 'aws:kinesis',
        eventVersion: '1.0',
        eventID: `shardId-000000000001:${sequenceNumber}`,
        eventName: 'aws:kinesis:record',
        invokeIdentityArn: 'arn:aws:iam::123456789012:role/processor',
        awsRegion: 'eu-central-1',
        eventSourceARN: 'arn:aws:kinesis:eu-central-1:123456789012:stream/clickstream',
      };
    }),
  });
}
