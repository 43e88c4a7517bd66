import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { parseEvent } from '@clickstream/events';
import {
  type DeadLetter,
  deadLetter,
  expiredRange,
  type OnFailureDocument,
  type Quarantine,
  readRange,
  type SequenceRange,
  type StreamRecord,
  userRecordsOf,
} from '@clickstream/quarantine';
import { forEachConcurrently } from './concurrency.ts';
import type { Telemetry } from './telemetry.ts';

export interface QuarantineRangeOptions {
  readonly quarantine: Quarantine;
  readonly kinesis: KinesisClient;
  readonly telemetry: Telemetry;
  readonly signal: AbortSignal;
  /** Requests to S3 at once. */
  readonly concurrency: number;
}

/**
 * Reads a batch that the mapping gave up on from the stream again and stores each record, of an
 * aggregated one each user record. What is no longer there is stored as one document and counted in
 * the metric `ExpiredRanges`.
 */
export async function quarantineRange(
  batch: OnFailureDocument,
  { quarantine, kinesis, telemetry, signal, concurrency }: QuarantineRangeOptions,
): Promise<void> {
  const { log, count } = telemetry;
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber, batchSize } = batch;
  const range = { streamArn, shardId, startSequenceNumber, endSequenceNumber };
  const missing: SequenceRange[] = [];
  let recordsFound = 0;
  let letters = 0;

  for await (const part of readRange({ client: kinesis, ...range, signal })) {
    if (part.kind === 'expired') {
      missing.push(part.missing);
    } else {
      recordsFound += part.records.length;
      const records = part.records.flatMap(userRecordsOf);
      letters += records.length;
      await forEachConcurrently(records, concurrency, (record) =>
        quarantine.put(exhaustedLetter(record, batch), { signal }),
      );
    }
  }
  // A range never has fewer records than its batch, so some expired between two pages.
  if (missing.length === 0 && recordsFound < batchSize) {
    missing.push({ from: startSequenceNumber, to: endSequenceNumber });
  }
  if (letters > 0) count('StoredLetters', letters);
  const found = { ...range, batchSize, recordsFound, letters, condition: batch.condition };
  if (missing.length === 0) {
    log({
      level: 'WARN',
      message: 'A batch was given up; its records are in quarantine',
      ...found,
    });
    return;
  }
  const key = await quarantine.put(expiredRange(batch, missing, recordsFound), { signal });
  log({
    level: 'ERROR',
    message: 'A batch was given up and the stream no longer holds all of it',
    ...found,
    missing,
    key,
  });
  count('ExpiredRanges', 1);
}

/** The letter of a record whose batch was given up; what is wrong with the payload is said too. */
function exhaustedLetter(record: StreamRecord, batch: OnFailureDocument): DeadLetter {
  const parsed = parseEvent(record.data);
  const times = batch.approximateInvokeCount ?? 'unknown';
  const gaveUp = `The event source mapping gave up on the batch of this record (${batch.condition}, attempts: ${times}).`;
  return deadLetter({
    reason: 'exhausted',
    record,
    failedAtMs: batch.failedAt === undefined ? Date.now() : Date.parse(batch.failedAt),
    ...(parsed.ok
      ? { message: gaveUp, eventId: parsed.event.event_id, eventType: parsed.event.event_type }
      : {
          message: `${gaveUp} ${parsed.message}`,
          issues: parsed.issues,
          eventId: parsed.eventId,
          eventType: parsed.eventType,
        }),
  });
}
