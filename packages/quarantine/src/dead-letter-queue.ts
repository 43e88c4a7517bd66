import type { S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, type SQSClient, SQSServiceException } from '@aws-sdk/client-sqs';
import { defaultS3Client, defaultSqsClient } from './clients.ts';
import { type DeadLetter, placeOf } from './dead-letter.ts';
import { describe, QuarantineError } from './errors.ts';
import { type CallOptions, createQuarantine } from './quarantine.ts';

/**
 * The largest message that SQS takes, body and attributes together. It was 256 KiB until 2025.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const SQS_LIMIT_BYTES = 1_048_576;

export interface DeadLetterQueueOptions {
  readonly queueUrl: string;
  /** The quarantine bucket, for letters that SQS does not take. */
  readonly bucket: string;
  /** Default: a client with the settings of the environment. */
  readonly sqs?: SQSClient;
  /** Default: a client with the settings of the environment. */
  readonly s3?: S3Client;
  /**
   * A larger letter goes straight to the bucket. Default: 1 MiB, what SQS takes; lower it to the
   * queue's own MaximumMessageSize where that is less, to save a vain request.
   */
  readonly maxMessageBytes?: number;
}

/** Where a letter is now. */
export type DeadLetterReceipt =
  | { readonly destination: 'queue'; readonly messageId: string }
  | { readonly destination: 'bucket'; readonly key: string };

export interface DeadLetterQueue {
  /**
   * Sends a letter and resolves once it is stored safely: in the queue, or in the bucket when it
   * is too large for the queue or the queue refuses it. Needs `sqs:SendMessage` on the queue and
   * `s3:PutObject` on the bucket.
   * @throws {QuarantineError} `send_failed` or `store_failed`; the record must then be tried again
   */
  send(letter: DeadLetter, options?: CallOptions): Promise<DeadLetterReceipt>;
}

/**
 * Opens the dead-letter queue.
 * @throws {QuarantineError} `invalid_option`
 */
export function createDeadLetterQueue(options: DeadLetterQueueOptions): DeadLetterQueue {
  const { queueUrl, sqs, s3, bucket, maxMessageBytes } = resolve(options);
  const quarantine = createQuarantine({ bucket, client: s3 });

  return {
    async send(letter, { signal } = {}) {
      const toBucket = async (): Promise<DeadLetterReceipt> => ({
        destination: 'bucket',
        key: await quarantine.put(letter, { signal }),
      });
      const body = asciiJson(letter);
      if (body.length > maxMessageBytes) return await toBucket();
      try {
        const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body });
        // The client compares SQS's MD5 of the body with its own before it resolves.
        const { MessageId: messageId } = await sqs.send(
          command,
          signal === undefined ? {} : { abortSignal: signal },
        );
        if (messageId === undefined) throw new Error('the answer has no MessageId');
        return { destination: 'queue', messageId };
      } catch (error) {
        if (isRefused(error)) return await toBucket();
        throw new QuarantineError(
          'send_failed',
          `the dead-letter queue ${queueUrl} did not confirm record ${placeOf(letter)} of ${letter.shardId} (${describe(error)}); process the record again`,
          { cause: error },
        );
      }
    },
  };
}

function resolve(options: DeadLetterQueueOptions): Required<DeadLetterQueueOptions> {
  const resolved = {
    queueUrl: options.queueUrl,
    bucket: options.bucket,
    sqs: options.sqs ?? defaultSqsClient(),
    s3: options.s3 ?? defaultS3Client(),
    maxMessageBytes: options.maxMessageBytes ?? SQS_LIMIT_BYTES,
  };
  if (typeof resolved.queueUrl !== 'string' || !URL.canParse(resolved.queueUrl)) {
    throw new QuarantineError(
      'invalid_option',
      'queueUrl must be the URL of the dead-letter queue',
    );
  }
  const { maxMessageBytes } = resolved;
  if (
    !Number.isInteger(maxMessageBytes) ||
    maxMessageBytes < 1024 ||
    maxMessageBytes > SQS_LIMIT_BYTES
  ) {
    throw new QuarantineError(
      'invalid_option',
      `maxMessageBytes must be a whole number from 1024 to ${SQS_LIMIT_BYTES}, not ${maxMessageBytes}`,
    );
  }
  return resolved;
}

/**
 * JSON in ASCII alone, so that its length is its size in bytes. SQS takes only the characters of
 * XML 1.0 and, depending on the request, refuses or replaces the others (control characters, lone
 * surrogates, U+FFFE, U+FFFF); a partition key or a message may hold any of them.
 */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Does SQS refuse this very message, for its size or its content, so that another attempt would
 * meet the same answer? Then it must not stand in the way of the records behind it.
 */
function isRefused(error: unknown): boolean {
  if (!(error instanceof SQSServiceException)) return false;
  // The same error goes by two names: alone, or behind `AWS.SimpleQueueService.`.
  const name = error.name.split('.').at(-1) ?? '';
  return ['InvalidMessageContents', 'InvalidParameterValue'].includes(name);
}
