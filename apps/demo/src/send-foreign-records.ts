import { setTimeout as delay } from 'node:timers/promises';
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { DemoError } from './demo-error.ts';
import type { ForeignRecord } from './foreign-records.ts';
import type { ForeignReceipt } from './ledger.ts';

interface SendOptions {
  readonly streamName: string;
  readonly signal: AbortSignal;
  /** Called with the number of records that have just arrived in the stream. */
  readonly onProgress: (records: number) => void;
}

const recordsPerRequest = 20;
const pauseMs = 100;
const maxAttempts = 200;

/**
 * Puts the records onto the stream as somebody else's program would, a few at a time, again where
 * the shard refuses them, and answers where each of them lies.
 */
export async function sendForeignRecords(
  kinesis: KinesisClient,
  records: readonly ForeignRecord[],
  { streamName, signal, onProgress }: SendOptions,
): Promise<ForeignReceipt[]> {
  const receipts: ForeignReceipt[] = [];
  let waiting = [...records];
  let failure: unknown;
  for (let attempt = 0; waiting.length > 0 && attempt < maxAttempts + records.length; attempt++) {
    const batch = waiting.slice(0, recordsPerRequest);
    const command = new PutRecordsCommand({
      StreamName: streamName,
      Records: batch.map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: data })),
    });
    const entries = await kinesis.send(command, { abortSignal: signal }).then(
      ({ Records = [] }) => Records,
      (error: unknown) => {
        signal.throwIfAborted();
        // Sent again, even if they are there already.
        failure = error;
        return [];
      },
    );
    const refused = batch.filter((_, index) => entries[index]?.SequenceNumber === undefined);
    batch.forEach(({ data }, index) => {
      const { ShardId: shardId, SequenceNumber: sequenceNumber } = entries[index] ?? {};
      if (!shardId || !sequenceNumber) return;
      const payload = Buffer.from(data).toString('base64');
      receipts.push({ position: { shardId, sequenceNumber }, payload });
    });
    onProgress(batch.length - refused.length);
    waiting = [...refused, ...waiting.slice(recordsPerRequest)];
    await delay(pauseMs, undefined, { signal });
  }
  if (waiting.length > 0) {
    throw new DemoError(
      'stream_refused',
      `The stream kept refusing ${waiting.length} foreign records; run the demo with a smaller --poison.`,
      { cause: failure },
    );
  }
  return receipts;
}
