import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createDynamoDbServer, type DynamoDbServerOptions } from './dynamodb/server.ts';
import { createKinesisServer, type KinesisServerOptions } from './kinesis/index.ts';
import { createLambda, type FunctionStatus, type LambdaOptions } from './lambda/lambda.ts';
import { type LocalMapping, startMapping } from './mappings.ts';
import { createS3SqsServer, type S3SqsServerOptions } from './s3-sqs/server.ts';
import { readStack } from './template/assembly.ts';
import { createResources, type SkippedResource } from './template/create-resources.ts';
import type { Services } from './template/resource.ts';

/** Options of {@link startLocalAws}. */
export interface LocalAwsOptions {
  /** The directory that `cdk synth` wrote, such as `infra/cdk.out`. */
  readonly assemblyDir: string;
  /** The stack to run. */
  readonly stackName: string;
  /** Default: the region that the stack was synthesized for, else `us-east-1`. */
  readonly region?: string;
  /** Fixed ports on 127.0.0.1. Default: free ones. */
  readonly ports?: {
    readonly kinesis?: number;
    readonly dynamodb?: number;
    readonly s3Sqs?: number;
  };
  /** Kinesis' limits, each of which can be changed or switched off. Default: those of AWS. */
  readonly limits?: KinesisServerOptions['limits'];
  /** Faults of the services, for tests. Default: none. */
  readonly faults?: {
    readonly kinesis?: KinesisServerOptions['faults'];
    readonly dynamodb?: DynamoDbServerOptions['faults'];
    readonly s3Sqs?: S3SqsServerOptions['faults'];
  };
  /**
   * After how many seconds the messages of a failed SQS invocation are delivered again. Default: the
   * queue's visibility timeout, as on AWS: minutes in which whoever waits here sees nothing happen.
   */
  readonly redeliverAfterSeconds?: number;
  /**
   * A directory that keeps streams with their records, tables, queues, objects and the checkpoints of
   * Kinesis mappings: a later start on it goes on from there, also when this process is killed, but
   * not when the machine loses power. Resources that the template no longer names, or names with
   * other properties, stay as they are. Delete it to begin anew. Default: memory.
   */
  readonly dataDir?: string;
  /** Arguments of Node.js for every function's process, such as `--import`. Default: none. */
  readonly nodeArguments?: LambdaOptions['nodeArguments'];
  /** Processes of one function at most, unless it reserves its own number. Default 10. */
  readonly maxConcurrency?: LambdaOptions['maxConcurrency'];
  /**
   * Told each line that a function writes, with the function's name, and with the source
   * `local-aws` what is not run as on AWS or went wrong outside the functions. Default: nobody.
   */
  readonly onLog?: (source: string, line: string) => void;
}

/** A function of the stack and the processes that run it now. */
export interface LocalFunction extends FunctionStatus {
  readonly logicalId: string;
}

/** A stack that runs on this machine. */
export interface LocalAws extends AsyncDisposable {
  readonly region: string;
  /** `http://127.0.0.1:<port>` each. */
  readonly endpoints: Readonly<Record<'kinesis' | 'dynamodb' | 'sqs' | 's3', string>>;
  /** The stack's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
  /** For child processes: region, dummy credentials and `AWS_ENDPOINT_URL_<SERVICE>`. */
  readonly env: Readonly<Record<string, string>>;
  readonly mappings: readonly LocalMapping[];
  readonly functions: () => readonly LocalFunction[];
  /** Resources of the template that do not exist here. */
  readonly skipped: readonly SkippedResource[];
  /**
   * Resolves to true once everything that was in the sources of all mappings when the call was made
   * is settled, and to false when `timeoutMs` (default 60,000) passes before that.
   */
  readonly drained: (options?: { readonly timeoutMs?: number }) => Promise<boolean>;
  /** Ends the mappings, the functions' processes and the services, in this order. */
  readonly close: () => Promise<void>;
}

// The one account of all local services.
const accountId = '000000000000';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
// What a function is given to finish when everything is closed.
const closeTimeoutMs = 2000;

/**
 * Runs a synthesized CDK stack on this machine: its streams, tables, queues and buckets in local
 * services on 127.0.0.1, its functions in processes of their own, its event source mappings with the
 * template's own settings.
 *
 * @example
 * await using aws = await startLocalAws({ assemblyDir: 'infra/cdk.out', stackName: 'Clickstream' });
 *
 * @throws LocalAwsError `assembly_not_found`, `invalid_template`, `resource_failed`, `port_in_use`,
 *   `invalid_data_dir`;
 *   nothing is left running then
 */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const { assemblyDir, stackName, ports = {}, onLog, dataDir } = options;
  const kept = (name: string) => (dataDir === undefined ? {} : { dataDir: join(dataDir, name) });
  const report = (line: string) => onLog?.('local-aws', line);
  const stack = await readStack(assemblyDir, stackName);
  const region = options.region ?? stack.region ?? 'us-east-1';

  await using starting = new AsyncDisposableStack();
  const kinesis = await createKinesisServer({
    region,
    accountId,
    ...kept('kinesis'),
    ...(ports.kinesis !== undefined && { port: ports.kinesis }),
    ...(options.limits !== undefined && { limits: options.limits }),
    ...(options.faults?.kinesis && { faults: options.faults.kinesis }),
  });
  starting.defer(() => kinesis.close());
  const dynamodb = await createDynamoDbServer({
    region,
    ...kept('dynamodb'),
    ...(ports.dynamodb !== undefined && { port: ports.dynamodb }),
    ...(options.faults?.dynamodb && { faults: options.faults.dynamodb }),
  });
  starting.defer(() => dynamodb.close());
  const s3Sqs = await createS3SqsServer({
    region,
    ...kept('s3-sqs'),
    ...(ports.s3Sqs !== undefined && { port: ports.s3Sqs }),
    ...(options.faults?.s3Sqs && { faults: options.faults.s3Sqs }),
  });
  starting.defer(() => s3Sqs.close());
  const endpoints = {
    kinesis: kinesis.endpoint,
    dynamodb: dynamodb.endpoint,
    sqs: s3Sqs.endpoint,
    s3: s3Sqs.endpoint,
  };
  const env = environmentOf(region, endpoints);

  const lambda = createLambda({
    sharedVariables: env,
    ...(options.nodeArguments !== undefined && { nodeArguments: options.nodeArguments }),
    ...(options.maxConcurrency !== undefined && { maxConcurrency: options.maxConcurrency }),
    ...(onLog && { onLog }),
  });
  starting.defer(() => lambda.close());

  const clients = createClients(region, endpoints);
  const created = await createResources(stack, {
    services: { ...clients, lambda },
    region,
    accountId,
    mayExist: dataDir !== undefined,
    warn: report,
  }).finally(() => {
    for (const client of Object.values(clients)) client.destroy();
  });

  const mappings: LocalMapping[] = [];
  for (const definition of created.mappings) {
    const mapping = await startMapping(definition, {
      endpoints,
      region,
      invoke: lambda.invoke,
      report,
      redeliverAfterSeconds: options.redeliverAfterSeconds,
      checkpointsDir: dataDir && join(dataDir, 'mappings'),
    });
    starting.defer(() => mapping.close({ timeoutMs: closeTimeoutMs }));
    mappings.push(mapping.public);
  }

  const running = starting.move();
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= running.disposeAsync());
  return {
    region,
    endpoints,
    env,
    mappings,
    outputs: created.outputs,
    skipped: created.skipped,
    functions: () => {
      const statuses = new Map(lambda.functions().map((status) => [status.name, status]));
      return [...created.functions].flatMap(([logicalId, name]) => {
        const status = statuses.get(name);
        return status ? [{ ...status, logicalId }] : [];
      });
    },
    async drained({ timeoutMs = 60_000 } = {}) {
      const deadlineMs = Date.now() + timeoutMs;
      const drain = async (kind: LocalMapping['kind']) => {
        const ones = mappings.filter((mapping) => mapping.kind === kind);
        const left = Math.max(0, deadlineMs - Date.now());
        const results = await Promise.all(ones.map((one) => one.drained({ timeoutMs: left })));
        return results.every(Boolean);
      };
      // In this order: what is left of a stream's records goes to queues.
      return (await drain('kinesis')) && (await drain('sqs'));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function environmentOf(region: string, endpoints: LocalAws['endpoints']): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_KINESIS: endpoints.kinesis,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
  };
}

function createClients(region: string, endpoints: LocalAws['endpoints']): Omit<Services, 'lambda'> {
  const common = { region, credentials, maxAttempts: 1 };
  return {
    kinesis: new KinesisClient({
      ...common,
      endpoint: endpoints.kinesis,
      requestHandler: new NodeHttpHandler(),
    }),
    dynamodb: new DynamoDBClient({ ...common, endpoint: endpoints.dynamodb }),
    sqs: new SQSClient({ ...common, endpoint: endpoints.sqs }),
    s3: new S3Client({ ...common, endpoint: endpoints.s3, forcePathStyle: true }),
  };
}
