import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Caller, createLink, type Service } from './link.ts';
import type { World } from './world.ts';

/** How a client reaches its service. */
export interface Route {
  readonly world: World;
  readonly service: Service;
  readonly caller: Caller;
  /** As the shipped client's HTTP handler has it. */
  readonly timeoutMs: number;
  /** As the shipped client has it. Default: the SDK's. */
  readonly maxAttempts?: number;
}

function settings({ maxAttempts, ...link }: Route) {
  return {
    region: 'us-east-1',
    credentials: { accessKeyId: 'simulated', secretAccessKey: 'simulated' },
    // Nobody here checks signatures, and they would be a tenth of the work.
    signer: { sign: <Request>(request: Request) => Promise.resolve(request) },
    requestHandler: createLink(link),
    ...(maxAttempts !== undefined && { maxAttempts }),
  };
}

export const kinesisClient = (route: Route): KinesisClient => new KinesisClient(settings(route));
export const dynamoDbClient = (route: Route): DynamoDBClient => new DynamoDBClient(settings(route));
export const s3Client = (route: Route): S3Client =>
  new S3Client({ ...settings(route), forcePathStyle: true });
export const sqsClient = (route: Route): SQSClient =>
  new SQSClient({ ...settings(route), useQueueUrlAsEndpoint: false });
