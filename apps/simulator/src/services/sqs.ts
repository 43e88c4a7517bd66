import { hash } from 'node:crypto';
import type { Answer, Service } from '../link.ts';
import type { Channel } from '../schedule.ts';
import type { World } from '../world.ts';
import { failure, inputOf, type Json, listOf, ok, operationOf, textOf } from './json.ts';

export const queueUrl = 'https://sqs.us-east-1.amazonaws.com/000000000000/dead-letters';
export const queueArn = 'arn:aws:sqs:us-east-1:000000000000:dead-letters';

interface Message {
  readonly id: string;
  readonly body: string;
  visibleAtMs: number;
  receives: number;
}

/** The dead-letter queue. */
export interface Sqs {
  /** As seen by one of its users, whose requests belong to these channels, by operation. */
  readonly serviceFor: (channelOf: Readonly<Record<string, Channel>>) => Service;
  /** How many messages are in it, those being worked on included. */
  readonly size: () => number;
}

/** A standard queue: at least once, in any order, invisible while somebody works on a message. */
export function createSqs(world: World): Sqs {
  const messages = new Map<string, Message>();
  const { visibilityTimeoutSeconds } = world.schedule.functions;
  let sent = 0;

  function send(input: Json): Answer {
    const body = textOf(input, 'MessageBody');
    if (Buffer.byteLength(body) > 1_048_576) return failure(400, 'InvalidParameterValue');
    sent += 1;
    const id = `message-${sent}`;
    messages.set(id, { id, body, visibleAtMs: world.nowMs(), receives: 0 });
    return ok({ MessageId: id, MD5OfMessageBody: hash('md5', body, 'hex') });
  }

  /** Answers as soon as there is a message, or when the wait is over. */
  async function receive(input: Json, isSharedWithOthers: boolean): Promise<Answer> {
    const max = Number(input['MaxNumberOfMessages'] ?? 1);
    const endMs = world.nowMs() + 1_000 * Number(input['WaitTimeSeconds'] ?? 0);
    for (;;) {
      const visible = [...messages.values()].filter(
        ({ visibleAtMs }) => visibleAtMs <= world.nowMs(),
      );
      if (visible.length > 0 || world.nowMs() >= endMs) {
        return ok({
          Messages: visible.slice(0, max).map((message) => hand(message, isSharedWithOthers)),
        });
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(pollMs, endMs - world.nowMs())));
    }
  }

  function hand(message: Message, isSharedWithOthers: boolean): object {
    message.receives += 1;
    if (message.receives > 1) world.happened('queue redelivery');
    if (!isSharedWithOthers) {
      message.visibleAtMs = world.nowMs() + visibilityTimeoutSeconds * 1_000;
    }
    return {
      MessageId: message.id,
      ReceiptHandle: `${message.id}/${message.receives}`,
      Body: message.body,
      MD5OfBody: hash('md5', message.body, 'hex'),
      Attributes: { ApproximateReceiveCount: String(message.receives) },
    };
  }

  function remove(input: Json): Answer {
    const entries = listOf(input, 'Entries');
    for (const entry of entries) {
      messages.delete(textOf(entry, 'ReceiptHandle').split('/')[0] ?? '');
    }
    return ok({ Successful: entries.map(({ Id }) => ({ Id })), Failed: [] });
  }

  return {
    size: () => messages.size,
    serviceFor: (channelOf) => ({
      channelOf: (request) => channelOf[operationOf(request)],
      refuse: (fault) =>
        fault === 'throttle' ? failure(400, 'RequestThrottled') : failure(500, 'InternalFailure'),
      serve(request, fault) {
        const input = inputOf(request);
        switch (operationOf(request)) {
          case 'GetQueueUrl':
            return ok({ QueueUrl: queueUrl });
          case 'SendMessage':
            return send(input);
          case 'ReceiveMessage':
            return receive(input, fault === 'redeliver');
          case 'DeleteMessageBatch':
            return remove(input);
          default:
            throw new Error(`The simulated SQS does not know ${operationOf(request)}.`);
        }
      },
    }),
  };
}

/** How often an open long poll looks at the queue. */
const pollMs = 500;
