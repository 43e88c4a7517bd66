import { Agent } from 'node:http';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Every local service accepts any credentials. */
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** One attempt a request: when to try again is the mapping's decision. */
function common(endpoint: string, region: string) {
  return {
    endpoint,
    region,
    credentials,
    maxAttempts: 1,
    // Kept-alive HTTP/1.1; the Kinesis client's own default opens an HTTP/2 session for each call.
    requestHandler: new NodeHttpHandler({
      httpAgent: new Agent({ keepAlive: true, maxSockets: 256 }),
    }),
  };
}

export function kinesisClient(endpoint: string, region: string): KinesisClient {
  return new KinesisClient(common(endpoint, region));
}

export function sqsClient(endpoint: string, region: string): SQSClient {
  // The host in a queue's URL may be AWS's.
  return new SQSClient({ ...common(endpoint, region), useQueueUrlAsEndpoint: false });
}

export function s3Client(endpoint: string, region: string): S3Client {
  return new S3Client({ ...common(endpoint, region), forcePathStyle: true });
}
