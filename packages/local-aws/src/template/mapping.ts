import { randomUUID } from 'node:crypto';
import type { EventSourceMappingProperties } from '@clickstream/event-source-mapping';
import type { CreateResource } from './resource.ts';

/** `AWS::Lambda::EventSourceMapping` for a Kinesis stream or an SQS queue. */
export const createMapping: CreateResource = (properties, context) => {
  const source = properties.string('EventSourceArn');
  const kind = source.split(':')[2];
  if (kind !== 'kinesis' && kind !== 'sqs')
    return properties.fail('EventSourceArn', `${source} is neither a Kinesis stream nor a queue`);
  const functionName = nameOf(properties.string('FunctionName'));
  if (!context.hasFunction(functionName))
    return properties.fail(
      'FunctionName',
      `there is no function ${functionName} that runs locally`,
    );
  const uuid = randomUUID();
  return {
    ref: uuid,
    attributes: { Id: uuid },
    mapping: {
      logicalId: context.logicalId,
      kind,
      functionName,
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the mapping checks each of them
      properties: properties.values as unknown as EventSourceMappingProperties,
    },
  };
};

/** A function's name from its name or ARN, with or without a version or an alias. */
function nameOf(nameOrArn: string): string {
  return /^(?:.*:function:)?([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
}
