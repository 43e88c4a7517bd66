import { KinesisClient } from '@aws-sdk/client-kinesis';
import { createQuarantine } from '@clickstream/quarantine';
import { createDlqHandler } from './dlq-handler.ts';
import { createTelemetry } from './telemetry.ts';

const bucket = process.env.QUARANTINE_BUCKET;
if (bucket === undefined || bucket === '') {
  throw new Error('Set QUARANTINE_BUCKET to the name of the quarantine bucket.');
}

/** Empties the dead-letter queue into the quarantine bucket. */
export const handler = createDlqHandler({
  // s3:PutObject
  quarantine: createQuarantine({ bucket }),
  // kinesis:GetShardIterator, kinesis:GetRecords
  kinesis: new KinesisClient(),
  telemetry: createTelemetry(),
});
