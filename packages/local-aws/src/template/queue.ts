import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { CreateResource } from './resource.ts';

const plain = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
] as const satisfies readonly QueueAttributeName[];

// Objects in a template, JSON text in the API.
const policies = [
  'RedrivePolicy',
  'RedriveAllowPolicy',
] as const satisfies readonly QueueAttributeName[];

/** `AWS::SQS::Queue`; encryption has no local counterpart. */
export const createQueue: CreateResource = async (
  properties,
  { defaultName, mayExist, services },
) => {
  const isFifo = properties.optionalString('FifoQueue') === 'true';
  const QueueName = properties.optionalString('QueueName') ?? defaultName + (isFifo ? '.fifo' : '');
  const Attributes: Partial<Record<QueueAttributeName, string>> = {};
  for (const name of plain) {
    const value = properties.optionalString(name);
    if (value !== undefined) Attributes[name] = value;
  }
  for (const name of policies) {
    const policy = properties.optionalObject(name);
    if (policy) Attributes[name] = JSON.stringify(policy.values);
  }
  const { QueueUrl = '' } = await services.sqs
    .send(new CreateQueueCommand({ QueueName, Attributes }))
    .catch(async (error: unknown) => {
      if (!(mayExist && isQueueThere(error))) throw error;
      const existing = await services.sqs.send(new GetQueueUrlCommand({ QueueName }));
      await services.sqs.send(
        new SetQueueAttributesCommand({ QueueUrl: existing.QueueUrl, Attributes }),
      );
      return existing;
    });
  const { Attributes: created } = await services.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return { ref: QueueUrl, attributes: { Arn: created?.QueueArn ?? '', QueueName, QueueUrl } };
};

/** The SDK goes by the code of the old query protocol where a service sends both. */
function isQueueThere(error: unknown): boolean {
  return error instanceof Error && /(^|\.)Queue(NameExists|AlreadyExists)$/.test(error.name);
}
