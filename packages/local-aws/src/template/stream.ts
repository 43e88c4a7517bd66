import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  IncreaseStreamRetentionPeriodCommand,
  ResourceInUseException,
} from '@aws-sdk/client-kinesis';
import type { CreateResource } from './resource.ts';

const defaultRetentionHours = 24;

/** `AWS::Kinesis::Stream`; encryption and shard-level metrics have no local counterpart. */
export const createStream: CreateResource = async (
  properties,
  { defaultName, mayExist, services },
) => {
  const StreamName = properties.optionalString('Name') ?? defaultName;
  const shardCount = properties.optionalNumber('ShardCount');
  const recordKiB = properties.optionalNumber('MaxRecordSizeInKiB');
  const mode = properties
    .optionalObject('StreamModeDetails')
    ?.oneOf('StreamMode', ['PROVISIONED', 'ON_DEMAND']);
  try {
    await services.kinesis.send(
      new CreateStreamCommand({
        StreamName,
        ...(mode && { StreamModeDetails: { StreamMode: mode } }),
        // CloudFormation's default for a provisioned stream; the service itself demands a number.
        ...(mode !== 'ON_DEMAND' && { ShardCount: shardCount ?? 1 }),
        ...(recordKiB !== undefined && { MaxRecordSizeInKiB: recordKiB }),
      }),
    );
  } catch (error) {
    if (!(mayExist && error instanceof ResourceInUseException)) throw error;
  }
  const hours = properties.optionalNumber('RetentionPeriodHours') ?? defaultRetentionHours;
  if (hours > defaultRetentionHours)
    await services.kinesis.send(
      new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: hours }),
    );
  const { StreamDescriptionSummary } = await services.kinesis.send(
    new DescribeStreamSummaryCommand({ StreamName }),
  );
  return { ref: StreamName, attributes: { Arn: StreamDescriptionSummary?.StreamARN ?? '' } };
};
