import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';

/** The S3 client that is used when the caller brings none. */
export function defaultS3Client(): S3Client {
  // A local S3 has no host name per bucket; on AWS no endpoint is set and nothing changes.
  const isLocal = (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL) !== undefined;
  return new S3Client({ forcePathStyle: isLocal });
}

/** The SQS client that is used when the caller brings none. */
export function defaultSqsClient(): SQSClient {
  // Otherwise the host in the queue's URL wins over AWS_ENDPOINT_URL_SQS.
  return new SQSClient({ useQueueUrlAsEndpoint: false });
}
