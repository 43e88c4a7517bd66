import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { OnFailureDocument, Quarantine, QuarantineDocument } from '@clickstream/quarantine';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { forEachConcurrently } from './concurrency.ts';
import { quarantineRange } from './quarantine-range.ts';
import { readMessage } from './read-message.ts';
import type { Telemetry } from './telemetry.ts';

export interface DlqHandlerOptions {
  readonly quarantine: Quarantine;
  readonly kinesis: KinesisClient;
  /**
   * How long before the function's timeout to stop and report the rest as failed, in
   * milliseconds. Default 2,000: enough to answer even on a slow machine.
   */
  readonly marginMs?: number;
  readonly telemetry: Telemetry;
}

/** Requests to S3 at once; the SDK's client opens at most 50 connections. */
const CONCURRENCY = 32;

/**
 * Makes the Lambda handler of the dead-letter queue. Each message stands for itself: what cannot
 * be stored now is reported as failed, with its reason in the log, and comes again later. Every
 * step may be repeated, since a record's place in the bucket depends on the record alone.
 */
export function createDlqHandler({
  quarantine,
  kinesis,
  marginMs = 2_000,
  telemetry,
}: DlqHandlerOptions) {
  return async (
    event: SQSEvent,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    const timeMs = context.getRemainingTimeInMillis() - marginMs;
    const signal = timeMs > 0 ? AbortSignal.timeout(timeMs) : AbortSignal.abort();
    const failed = new Set<string>();
    const { log, count } = telemetry;

    const attempt = async (messageId: string, task: () => Promise<unknown>): Promise<void> => {
      try {
        await task();
      } catch (error) {
        failed.add(messageId);
        const why = error instanceof Error ? error.message : String(error);
        log({
          level: 'ERROR',
          message: 'A message stays in the queue',
          messageId,
          error: signal.aborted ? 'The time of this invocation is over.' : why,
        });
      }
    };

    const documents: [messageId: string, document: QuarantineDocument][] = [];
    const ranges: [messageId: string, range: OnFailureDocument][] = [];
    for (const { messageId, body } of event.Records) {
      const message = readMessage(messageId, body);
      if (message.kind === 'range') ranges.push([messageId, message.range]);
      else documents.push([messageId, message.document]);
    }

    let stored = 0;
    await forEachConcurrently(documents, CONCURRENCY, ([messageId, document]) =>
      attempt(messageId, async () => {
        const key = await quarantine.put(document, { signal });
        stored += 1;
        if (document.kind === 'unreadable') {
          const { message: error } = document;
          log({ level: 'ERROR', message: 'An unreadable message', messageId, key, error });
        }
      }),
    );
    if (stored > 0) count('StoredLetters', stored);
    // One after the other: a range alone keeps all connections busy.
    for (const [messageId, range] of ranges) {
      await attempt(messageId, () =>
        quarantineRange(range, {
          quarantine,
          kinesis,
          telemetry,
          signal,
          concurrency: CONCURRENCY,
        }),
      );
    }
    if (failed.size > 0) count('FailedMessages', failed.size);
    return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
