export {
  createDynamoDbServer,
  type DynamoDbFault,
  type DynamoDbServer,
  type DynamoDbServerOptions,
} from './dynamodb/server.ts';
export {
  createKinesisServer,
  type KinesisFault,
  type KinesisFaultHook,
  type KinesisLimitOptions,
  type KinesisLimits,
  type KinesisRequest,
  type KinesisServer,
  type KinesisServerOptions,
  type KinesisServerStats,
} from './kinesis/index.ts';
export {
  type LocalAws,
  type LocalAwsOptions,
  type LocalFunction,
  startLocalAws,
} from './local-aws.ts';
export { LocalAwsError, type LocalAwsErrorCode } from './local-aws-error.ts';
export type { LocalMapping } from './mappings.ts';
export {
  createS3SqsServer,
  type S3SqsFault,
  type S3SqsServer,
  type S3SqsServerOptions,
} from './s3-sqs/server.ts';
