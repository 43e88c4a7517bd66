import {
  createSqsMapping,
  type EventSourceMappingProperties,
  type InferredSqsBehaviour,
  type InvocationResult,
  resolveSqsSettings,
  type SqsCommand,
  type SqsInput,
  type SqsMessage,
} from '../src/index.ts';

/** What the function does with the bodies that it is handed. */
export type SqsFunction = (bodies: readonly string[]) => InvocationResult;

export interface SqsWorldOptions {
  readonly properties: Partial<EventSourceMappingProperties>;
  readonly inferred?: Partial<InferredSqsBehaviour>;
  /** Of the queue, in seconds. */
  readonly visibilityTimeout: number;
  /** Of its redrive policy. Default: it has none. */
  readonly maxReceiveCount?: number;
  readonly messages: readonly string[];
  readonly invoke: SqsFunction;
}

/** What became of the messages, by their bodies. */
export interface SqsOutcome {
  readonly invocations: readonly { readonly atSeconds: number; readonly bodies: string[] }[];
  readonly deadLetters: readonly string[];
  /** Still in the queue at the end. */
  readonly left: readonly string[];
}

interface Queued {
  readonly message: SqsMessage;
  visibleAtMs: number;
  receives: number;
}

const limitMs = 600_000;

/** Id of a message with this body; what is reported as failed. */
export const idOf = (body: string): string => `id of ${body}`;

/**
 * Runs a mapping on a queue that keeps to its visibility timeout and its redrive policy, in virtual
 * time, until nothing happens any more. Requests and invocations take no time.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export function runSqsMapping(options: SqsWorldOptions): SqsOutcome {
  const visibilityTimeoutMs = options.visibilityTimeout * 1_000;
  const mapping = createSqsMapping(
    resolveSqsSettings(
      {
        EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:letters',
        FunctionName: 'dlq-handler',
        ...options.properties,
      },
      { receivers: 1, visibilityTimeoutMs, ...options.inferred },
    ),
  );
  let queue = options.messages.map((body): Queued => {
    const message = { messageId: idOf(body), receiptHandle: body, body, md5OfBody: '' };
    return {
      message: { ...message, attributes: {}, messageAttributes: {} },
      visibleAtMs: 0,
      receives: 0,
    };
  });
  const invocations: { atSeconds: number; bodies: string[] }[] = [];
  const deadLetters: string[] = [];
  let polls: Extract<SqsCommand, { type: 'receive' }>[] = [];
  let wakeAtMs = Infinity;
  let nowMs = 0;

  function tell(input: SqsInput): void {
    wakeAtMs = Infinity;
    for (const command of mapping.step(input, nowMs)) carryOut(command);
  }

  function carryOut(command: SqsCommand): void {
    if (command.type === 'receive') polls.push(command);
    if (command.type === 'wake') wakeAtMs = command.atMs;
    if (command.type === 'invoke') {
      const bodies = command.messages.map(({ body }) => body);
      invocations.push({ atSeconds: nowMs / 1_000, bodies });
      const { invocationId } = command;
      const result = options.invoke(bodies);
      answers.push({ type: 'invocation', invocationId, result });
    }
    if (command.type === 'delete') {
      queue = queue.filter(({ message }) => !command.messages.includes(message));
      answers.push({ type: 'deleted', deleteId: command.deleteId, failed: 0 });
    }
  }

  /** A message that has been received too often moves on when it would be received again. */
  function receive(maximum: number): SqsMessage[] {
    const visible = queue.filter(({ visibleAtMs }) => visibleAtMs <= nowMs);
    const spent = visible.filter(({ receives }) => receives === options.maxReceiveCount);
    deadLetters.push(...spent.map(({ message }) => message.body));
    queue = queue.filter((one) => !spent.includes(one));
    const handed = visible.filter((one) => !spent.includes(one)).slice(0, maximum);
    for (const one of handed) {
      one.receives += 1;
      one.visibleAtMs = nowMs + visibilityTimeoutMs;
    }
    return handed.map(({ message }) => message);
  }

  const answers: SqsInput[] = [];
  tell({ type: 'tick' });
  while (nowMs < limitMs) {
    const open = polls;
    polls = [];
    for (const poll of open) {
      const messages = receive(poll.maximumMessages);
      if (messages.length === 0) polls.push(poll);
      else answers.push({ type: 'messages', receiveId: poll.receiveId, messages });
    }
    const answer = answers.shift();
    if (answer !== undefined) {
      tell(answer);
      continue;
    }
    const visible = polls.length === 0 ? [] : queue.map(({ visibleAtMs }) => visibleAtMs);
    nowMs = Math.min(limitMs, wakeAtMs, ...visible);
    if (wakeAtMs <= nowMs) tell({ type: 'tick' });
  }
  return { invocations, deadLetters, left: queue.map(({ message }) => message.body) };
}
