import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';

/** The SDK by default waits for ever; a request without an answer is better sent again. */
const requestHandler = {
  connectionTimeout: 1_000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
};

/** The S3 client that is used when the caller brings none. */
export function defaultS3Client(): S3Client {
  // A local S3 has no host name per bucket; on AWS no endpoint is set and nothing changes.
  const isLocal = (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL) !== undefined;
  return new S3Client({ forcePathStyle: isLocal, requestHandler });
}

/** The SQS client that is used when the caller brings none. */
export function defaultSqsClient(): SQSClient {
  // Otherwise the host in the queue's URL wins over AWS_ENDPOINT_URL_SQS.
  return new SQSClient({ useQueueUrlAsEndpoint: false, requestHandler });
}
