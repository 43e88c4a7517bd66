import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeServer, listen } from './listen.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

// A small pipeline of its own, in the shape that `cdk synth` gives it: a stream whose good records
// go into a table and whose bad ones into a queue, and from there into a bucket.

let dir: string;
let running: LocalAws | undefined;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'assembly-'));
  await writeAsset('processor', processorCode);
  await writeAsset('keeper', keeperCode);
});

afterEach(async () => {
  await running?.close();
  running = undefined;
});

afterAll(() => rm(dir, { recursive: true }));

const processorCode = `
  import { DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
  import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
  const dynamodb = new DynamoDBClient({});
  const sqs = new SQSClient({});
  const { TABLE, QUEUE_URL, STAGE } = process.env;
  export const handler = async ({ Records }) => {
    console.log(STAGE + ' ' + Records.length);
    for (const { kinesis } of Records) {
      const data = Buffer.from(kinesis.data, 'base64').toString();
      if (data === 'poison')
        await sqs.send(new SendMessageCommand({ QueueUrl: QUEUE_URL, MessageBody: kinesis.sequenceNumber }));
      else
        await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [
          { Put: { TableName: TABLE, Item: { id: { S: kinesis.sequenceNumber }, data: { S: data } } } },
        ] }));
    }
    return { batchItemFailures: [] };
  };`;

const keeperCode = `
  import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
  const s3 = new S3Client({});
  export const handler = async ({ Records }) => {
    for (const { body } of Records)
      await s3.send(new PutObjectCommand({ Bucket: process.env.BUCKET, Key: body, Body: body }));
  };`;

async function writeAsset(name: string, contents: string): Promise<void> {
  await mkdir(join(dir, `asset.${name}`));
  await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: join(dir, `asset.${name}`, 'index.mjs'),
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}

type Resource = Readonly<Record<string, unknown>>;

function lambdaFunction(asset: string, variables: Resource): Resource {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::Region}' }, S3Key: `${asset}.zip` },
      Environment: { Variables: variables },
      Handler: 'index.handler',
      MemorySize: 256,
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Runtime: 'nodejs24.x',
      Timeout: 10,
    },
    DependsOn: ['Role'],
  };
}

const key = (name: string) => [{ AttributeName: name, KeyType: 'HASH' }];
const deadToKeeper = {
  EventSourceArn: { 'Fn::GetAtt': ['Dead', 'Arn'] },
  FunctionName: { Ref: 'Keeper' },
};
const baseResources: Readonly<Record<string, Resource>> = {
  ProcessorMapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      BatchSize: 20,
      BisectBatchOnFunctionError: true,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Dead', 'Arn'] } } },
      EventSourceArn: { 'Fn::GetAtt': ['Stream', 'Arn'] },
      FunctionName: { Ref: 'ProcessorLive' },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumBatchingWindowInSeconds: 0,
      ParallelizationFactor: 2,
      StartingPosition: 'TRIM_HORIZON',
    },
  },
  ProcessorLive: {
    Type: 'AWS::Lambda::Alias',
    Properties: { FunctionName: { Ref: 'Processor' }, FunctionVersion: '1', Name: 'live' },
  },
  KeeperMapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { BatchSize: 10, ...deadToKeeper },
  },
  Processor: lambdaFunction('processor', {
    TABLE: { Ref: 'Table' },
    QUEUE_URL: { Ref: 'Dead' },
    STAGE: { 'Fn::If': ['IsProd', 'prod', { 'Fn::Sub': '${Stage}-${AWS::Region}' }] },
  }),
  Keeper: lambdaFunction('keeper', { BUCKET: { Ref: 'Bucket' } }),
  Stream: {
    Type: 'AWS::Kinesis::Stream',
    Properties: { ShardCount: 2, RetentionPeriodHours: 48 },
  },
  Table: {
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: {
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: key('id'),
      Replicas: [{ Region: { Ref: 'AWS::Region' } }],
    },
  },
  Dead: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      VisibilityTimeout: 60,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': ['Parked', 'Arn'] },
        maxReceiveCount: 3,
      },
    },
  },
  Parked: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1_209_600 } },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
  Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: { 'Fn::Join': ['-', ['a', 'b']] } } },
  OnlyInProd: { Type: 'AWS::SQS::Queue', Condition: 'IsProd', Properties: {} },
};

const write = (file: string, content: unknown) =>
  writeFile(join(dir, file), JSON.stringify(content));

const asset = (name: string) => ({
  source: { path: `asset.${name}`, packaging: 'zip' },
  destinations: { here: { bucketName: 'assets', objectKey: `${name}.zip` } },
});

async function writeAssembly(resources: Readonly<Record<string, Resource>> = {}): Promise<void> {
  await write('manifest.json', {
    artifacts: {
      Tree: { type: 'cdk:tree' },
      'Test.assets': { type: 'cdk:asset-manifest', properties: { file: 'Test.assets.json' } },
      Test: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/eu-central-1',
        properties: { templateFile: 'Test.template.json' },
        dependencies: ['Test.assets'],
      },
    },
  });
  await write('Test.assets.json', { files: { a: asset('processor'), b: asset('keeper') } });
  await write('Test.template.json', {
    Parameters: {
      Stage: { Type: 'String', Default: 'test' },
      LookedUp: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/a/name' },
    },
    Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } },
    Resources: { ...baseResources, ...resources },
    Outputs: {
      StreamName: { Value: { Ref: 'Stream' } },
      TableName: { Value: { Ref: 'Table' } },
      QueueUrl: { Value: { Ref: 'Dead' } },
      ParkedUrl: { Value: { Ref: 'Parked' } },
      BucketName: { Value: { Ref: 'Bucket' } },
      ProdQueue: { Condition: 'IsProd', Value: { Ref: 'OnlyInProd' } },
    },
  });
}

const start = (options: Partial<Parameters<typeof startLocalAws>[0]> = {}) =>
  startLocalAws({ assemblyDir: dir, stackName: 'Test', ...options });

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a stack on a directory goes on where it was: no record is delivered again, none is missed', async () => {
  await writeAssembly();
  const dataDir = await mkdtemp(join(tmpdir(), 'kept-stack-'));
  const runOnce = async (text: string): Promise<Record<string, number | undefined>> => {
    running = await start({ dataDir });
    const { region, endpoints, outputs } = running;
    const settings = { region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
    const kinesis = new KinesisClient({ ...settings, endpoint: endpoints.kinesis });
    const dynamodb = new DynamoDBClient({ ...settings, endpoint: endpoints.dynamodb });
    const s3 = new S3Client({ ...settings, endpoint: endpoints.s3, forcePathStyle: true });
    const Records = [text, 'poison'].map((data) => ({
      PartitionKey: data,
      Data: Buffer.from(data),
    }));
    await kinesis.send(new PutRecordsCommand({ StreamName: outputs['StreamName'], Records }));
    expect(await running.drained({ timeoutMs: 20_000 })).toBe(true);
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: 'Test-Table' }));
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'test-bucket' }));
    for (const client of [kinesis, dynamodb, s3]) client.destroy();
    await running.close();
    const invoked = running.mappings.find(({ kind }) => kind === 'kinesis')?.counters().Invoked;
    return { items: Items.length, objects: Contents.length, invoked };
  };
  expect(await runOnce('first')).toEqual({ items: 1, objects: 1, invoked: 2 });
  expect(await runOnce('second')).toEqual({ items: 2, objects: 2, invoked: 2 });
  await rm(dataDir, { recursive: true });
});

test('a stack runs: records reach the table, poison the bucket, also when a function is killed', async () => {
  await writeAssembly();
  const lines: string[] = [];
  const aws = await start({ onLog: (source, line) => lines.push(`${source}: ${line}`) });
  running = aws;
  expect(aws.region).toBe('eu-central-1');
  expect(aws.outputs).toEqual({
    StreamName: 'Test-Stream',
    TableName: 'Test-Table',
    QueueUrl: `${aws.endpoints.sqs}/000000000000/Test-Dead`,
    ParkedUrl: `${aws.endpoints.sqs}/000000000000/Test-Parked`,
    BucketName: 'test-bucket',
  });
  expect(aws.skipped).toEqual([{ logicalId: 'Role', type: 'AWS::IAM::Role' }]);

  const settings = {
    region: aws.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const kinesis = new KinesisClient({ ...settings, endpoint: aws.endpoints.kinesis });
  const dynamodb = new DynamoDBClient({ ...settings, endpoint: aws.endpoints.dynamodb });
  const sqs = new SQSClient({ ...settings, endpoint: aws.endpoints.sqs });
  const s3 = new S3Client({ ...settings, endpoint: aws.endpoints.s3, forcePathStyle: true });
  const send = async (from: number) => {
    const Records = Array.from({ length: 100 }, (_, i) => ({
      PartitionKey: `user-${i % 9}`,
      Data: Buffer.from(i % 25 === 0 ? 'poison' : `record-${from + i}`),
    }));
    await kinesis.send(new PutRecordsCommand({ StreamName: aws.outputs['StreamName'], Records }));
  };

  await send(0);
  const processor = () => aws.functions().find(({ logicalId }) => logicalId === 'Processor');
  let victim: number | undefined;
  while (victim === undefined) {
    victim = processor()?.environments.find(({ isBusy }) => isBusy)?.pid;
    await new Promise(setImmediate);
  }
  process.kill(victim, 'SIGKILL');
  await send(100);
  expect(await aws.drained({ timeoutMs: 20_000 })).toBe(true);

  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: 'Test-Table' }));
  expect(new Set(Items.map(({ data }) => data?.S)).size).toBe(192);
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'test-bucket' }));
  expect(Contents).toHaveLength(8);
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: aws.outputs['QueueUrl'], AttributeNames: ['All'] }),
  );
  expect(Attributes).toMatchObject({ VisibilityTimeout: '60', ApproximateNumberOfMessages: '0' });
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  expect(QueueUrls.toSorted((a, b) => a.length - b.length)).toEqual([
    aws.outputs['QueueUrl'],
    aws.outputs['ParkedUrl'],
  ]);
  expect(lines).toContainEqual(expect.stringMatching(/^Test-Processor: test-eu-central-1 \d+$/));
  const names = aws.mappings.map(({ kind, functionName }) => `${kind} ${functionName}`);
  expect(new Set(names)).toEqual(new Set(['kinesis Test-Processor', 'sqs Test-Keeper']));

  const pids = aws.functions().flatMap(({ environments }) => environments.map(({ pid }) => pid));
  expect(pids.length).toBeGreaterThan(1);
  for (const client of [kinesis, dynamodb, sqs, s3]) client.destroy();
  await aws.close();
  expect(pids.filter(isAlive)).toEqual([]);
  await expect(fetch(aws.endpoints.dynamodb)).rejects.toThrow('fetch failed');
});

test.each<[string, Record<string, Resource>, { code: string; message: string }]>([
  [
    'a mapping setting out of range',
    {
      KeeperMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          ...deadToKeeper,
          BatchSize: 0,
        },
      },
    },
    { code: 'invalid_template', message: 'KeeperMapping' },
  ],
  [
    'a source that is not emulated',
    {
      KeeperMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: 'arn:aws:kafka:x:0:cluster/a',
          FunctionName: { Ref: 'Keeper' },
        },
      },
    },
    { code: 'invalid_template', message: 'Resources.KeeperMapping.EventSourceArn' },
  ],
  [
    'a missing asset',
    { Keeper: lambdaFunction('gone', {}) },
    { code: 'invalid_template', message: 'Resources.Keeper.Code.S3Key' },
  ],
  [
    'a reference to nothing',
    { Keeper: lambdaFunction('keeper', { BUCKET: { Ref: 'Nowhere' } }) },
    { code: 'invalid_template', message: 'Nowhere' },
  ],
  [
    'a parameter that is looked up',
    { Keeper: lambdaFunction('keeper', { BUCKET: { Ref: 'LookedUp' } }) },
    { code: 'invalid_template', message: 'Parameters.LookedUp is looked up in SSM' },
  ],
  [
    'a property that the service refuses',
    { Stream: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: -1 } } },
    { code: 'resource_failed', message: 'Resources.Stream' },
  ],
])('%s is a clear error and leaves nothing behind', async (_what, resources, expected) => {
  await writeAssembly(resources);
  const blocker = createServer();
  const port = Number(new URL(await listen(blocker, 0, 'test')).port);
  await closeServer(blocker);
  const error: unknown = await start({ ports: { kinesis: port } }).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ name: 'LocalAwsError', code: expected.code });
  expect(error).toHaveProperty('message', expect.stringContaining(expected.message));
  await listen(blocker, port, 'test');
  await closeServer(blocker);
});

test('what cannot be found or opened says what to do', async () => {
  await writeAssembly();
  await expect(start({ assemblyDir: join(dir, 'none') })).rejects.toMatchObject({
    code: 'assembly_not_found',
  });
  await expect(start({ stackName: 'Other' })).rejects.toThrow(
    `There is no stack Other in ${dir}, which has Test.`,
  );
  const blocker = createServer();
  const port = Number(new URL(await listen(blocker, 0, 'test')).port);
  await expect(start({ ports: { dynamodb: port } })).rejects.toMatchObject({ code: 'port_in_use' });
  await closeServer(blocker);
});

test('a resource of an unknown kind is reported, and an error once it is referred to', async () => {
  const Api = { Type: 'AWS::ApiGatewayV2::Api', Properties: {} };
  const lines: string[] = [];
  await writeAssembly({ Api });
  running = await start({ onLog: (source, line) => lines.push(`${source}: ${line}`) });
  expect(lines).toEqual(['local-aws: Api (AWS::ApiGatewayV2::Api) is not run locally.']);
  await writeAssembly({ Api, Keeper: lambdaFunction('keeper', { API: { Ref: 'Api' } }) });
  await expect(start()).rejects.toThrow('The template refers to Api');
});
