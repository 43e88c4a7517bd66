export {
  createDynamoDbServer,
  type DynamoDbFault,
  type DynamoDbServer,
  type DynamoDbServerOptions,
} from './dynamodb/server.ts';
export {
  createKinesisServer,
  type KinesisServer,
  type KinesisServerOptions,
} from './kinesis/index.ts';
export { LocalAwsError, type LocalAwsErrorCode } from './local-aws-error.ts';
export { createS3SqsServer, type S3SqsServer, type S3SqsServerOptions } from './s3-sqs/server.ts';
