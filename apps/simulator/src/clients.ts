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

/** What only tells others of a request. The logger alone copies what is sent and received. */
const idleMiddleware = [
  'loggerMiddleware',
  'getUserAgentMiddleware',
  'recursionDetectionMiddleware',
  'hostHeaderMiddleware',
] as const;

interface Client {
  readonly middlewareStack: { readonly remove: (name: string) => boolean };
}

function lighten<C extends Client>(client: C): C {
  for (const name of idleMiddleware) client.middlewareStack.remove(name);
  return client;
}

/**
 * The SDK's defaults are written out where it would search the environment and files for them:
 * for each new client, of which every start of a function has some, and an endpoint even for each
 * request. How often it tries again stays its own affair.
 */
function settings({ maxAttempts, ...link }: Route) {
  return {
    region: 'us-east-1',
    credentials: { accessKeyId: 'simulated', secretAccessKey: 'simulated' },
    // Nobody here checks signatures, and they would be a tenth of the work.
    signer: { sign: <Request>(request: Request) => Promise.resolve(request) },
    requestHandler: createLink(link),
    ...(maxAttempts !== undefined && { maxAttempts }),
    defaultsMode: 'legacy' as const,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    ignoreConfiguredEndpointUrls: true,
    userAgentAppId: () => Promise.resolve(undefined),
  };
}

export const kinesisClient = (route: Route): KinesisClient =>
  lighten(new KinesisClient(settings(route)));
export const dynamoDbClient = (route: Route): DynamoDBClient =>
  lighten(
    new DynamoDBClient({
      ...settings(route),
      accountIdEndpointMode: 'preferred',
      endpointDiscoveryEnabled: undefined,
    }),
  );
export const s3Client = (route: Route): S3Client =>
  lighten(
    new S3Client({
      ...settings(route),
      forcePathStyle: true,
      useArnRegion: false,
      disableMultiregionAccessPoints: false,
      disableS3ExpressSessionAuth: false,
      requestChecksumCalculation: 'WHEN_SUPPORTED',
      responseChecksumValidation: 'WHEN_SUPPORTED',
    }),
  );
export const sqsClient = (route: Route): SQSClient =>
  lighten(new SQSClient({ ...settings(route), useQueueUrlAsEndpoint: false }));
