import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import {
  createSqsMapping,
  type InferredSqsBehaviour,
  resolveSqsSettings,
  type SqsCommand,
  type SqsInput,
  type SqsMappingStatus,
  type SqsMessage,
  type SqsMessageAttribute,
  sqsEvent,
} from '@clickstream/event-source-mapping';
import { createDriver } from './driver.ts';
import {
  defaultCloseTimeoutMs,
  defaultDrainTimeoutMs,
  invokeSafely,
  type Poller,
  type PollerOptions,
} from './poller.ts';
import { createQueueUrls } from './queue-urls.ts';

/** Options of {@link startSqsPoller}. */
export interface SqsPollerOptions extends PollerOptions {
  /** How to reach the queue, one attempt a request. It stays open when the poller is closed. */
  readonly clients: { readonly sqs: SQSClient };
  /** What AWS leaves undocumented, and the queue's `visibilityTimeoutMs`. Default: the state machine's defaults. */
  readonly inferred?: Partial<InferredSqsBehaviour>;
  /**
   * After how many seconds messages are visible again whose invocation failed as a whole, 0 to
   * 43,200. Default: the queue's visibility timeout, as on AWS, which is minutes for a function
   * that may run for one.
   */
  readonly redeliverAfterSeconds?: number;
}

/** A running SQS mapping; drained means that the queue is empty, messages in flight included. */
export type SqsPoller = Poller<SqsMappingStatus>;

/** How often a drain looks at the queue's counts. */
const drainCheckMs = 200;

/** SQS takes no more messages in one request. */
const maxEntriesPerRequest = 10;

/**
 * Runs an SQS event source mapping until it is closed.
 * @throws EventSourceMappingError for a property that is wrong or not supported.
 */
export function startSqsPoller(options: SqsPollerOptions): SqsPoller {
  const settings = resolveSqsSettings(options.properties, options.inferred);
  const region = options.region ?? settings.region;
  const mapping = createSqsMapping(settings);
  const { sqs } = options.clients;
  const now = options.now ?? Date.now;
  const queueUrl = createQueueUrls(sqs);
  const receiving = new AbortController();

  const driver = createDriver<SqsInput, Exclude<SqsCommand, { type: 'wake' }>>(
    mapping,
    (command, work) => {
      switch (command.type) {
        case 'receive':
          return void receive(command);
        case 'invoke':
          return work(invoke(command));
        case 'delete':
          return work(remove(command));
      }
    },
    now,
  );

  async function receive(command: Extract<SqsCommand, { type: 'receive' }>): Promise<void> {
    const { receiveId } = command;
    let received: readonly Message[];
    try {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: await queueUrl(settings.queueArn),
          MaxNumberOfMessages: command.maximumMessages,
          WaitTimeSeconds: command.waitTimeSeconds,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
        { abortSignal: receiving.signal },
      );
      received = Messages;
    } catch (cause) {
      if (driver.closed()) return;
      options.onProblem?.({ doing: 'receive', cause });
      driver.tell({ type: 'receive_failed', receiveId });
      return;
    }
    driver.tell({ type: 'messages', receiveId, messages: received.map(sqsMessage) });
  }

  async function invoke(command: Extract<SqsCommand, { type: 'invoke' }>): Promise<void> {
    const event = sqsEvent(command.messages, { queueArn: settings.queueArn, region });
    const result = await invokeSafely(options, event);
    if (result.kind === 'function_error' && options.redeliverAfterSeconds !== undefined) {
      await redeliver(command.messages, options.redeliverAfterSeconds);
    }
    driver.tell({ type: 'invocation', invocationId: command.invocationId, result });
  }

  async function remove(command: Extract<SqsCommand, { type: 'delete' }>): Promise<void> {
    let failed = command.messages.length;
    try {
      const answer = await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: await queueUrl(settings.queueArn),
          Entries: command.messages.map(({ receiptHandle }, i) => ({
            Id: String(i),
            ReceiptHandle: receiptHandle,
          })),
        }),
      );
      failed = answer.Failed?.length ?? 0;
      if (failed > 0) options.onProblem?.({ doing: 'delete', cause: answer.Failed });
    } catch (cause) {
      options.onProblem?.({ doing: 'delete', cause });
    }
    driver.tell({ type: 'deleted', deleteId: command.deleteId, failed });
  }

  async function redeliver(messages: readonly SqsMessage[], afterSeconds: number): Promise<void> {
    try {
      for (let start = 0; start < messages.length; start += maxEntriesPerRequest) {
        const some = messages.slice(start, start + maxEntriesPerRequest);
        await sqs.send(
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl: await queueUrl(settings.queueArn),
            Entries: some.map(({ receiptHandle }, i) => ({
              Id: String(i),
              ReceiptHandle: receiptHandle,
              VisibilityTimeout: afterSeconds,
            })),
          }),
        );
      }
    } catch (cause) {
      options.onProblem?.({ doing: 'redeliver', cause });
    }
  }

  async function isQueueEmpty(): Promise<boolean> {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: await queueUrl(settings.queueArn),
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    return Object.values(Attributes).every((count) => count === '0');
  }

  driver.tell({ type: 'tick' });
  return {
    status: mapping.status,
    counters: mapping.counters,
    async drained({ timeoutMs = defaultDrainTimeoutMs } = {}) {
      const limitMs = now() + timeoutMs;
      const leftMs = (): number => Math.max(0, limitMs - now());
      while (await driver.until(() => mapping.status().idle, leftMs())) {
        if ((await isQueueEmpty()) && mapping.status().idle) return true;
        // The queue does not tell when it changes: look again after a pause that only a close cuts short.
        await driver.until(() => false, Math.min(drainCheckMs, leftMs()));
      }
      return false;
    },
    async close({ timeoutMs = defaultCloseTimeoutMs } = {}) {
      const closed = driver.close(timeoutMs);
      receiving.abort();
      await closed;
    },
  };
}

function sqsMessage(message: Message): SqsMessage {
  const messageAttributes: Record<string, SqsMessageAttribute> = {};
  for (const [name, value] of Object.entries(message.MessageAttributes ?? {})) {
    messageAttributes[name] = {
      ...(value.StringValue !== undefined && { stringValue: value.StringValue }),
      ...(value.BinaryValue !== undefined && {
        binaryValue: Buffer.from(value.BinaryValue).toString('base64'),
      }),
      stringListValues: [],
      binaryListValues: [],
      dataType: value.DataType ?? 'String',
    };
  }
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    md5OfBody: message.MD5OfBody ?? '',
    attributes: { ...message.Attributes },
    messageAttributes,
    ...(message.MD5OfMessageAttributes !== undefined && {
      md5OfMessageAttributes: message.MD5OfMessageAttributes,
    }),
  };
}
