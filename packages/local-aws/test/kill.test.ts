import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  CreateTableCommand,
  DynamoDBClient,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isObject } from '../src/kinesis/input.ts';

let dataDir: string;
let services: ChildProcess | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kept-'));
});

afterEach(async () => {
  await kill();
  await rm(dataDir, { recursive: true });
});

async function kill(): Promise<void> {
  if (services?.exitCode !== null || services.signalCode !== null) return;
  const exited = once(services, 'exit');
  services.kill('SIGKILL');
  await exited;
}

async function start() {
  const entry = fileURLToPath(new URL('keep.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--conditions=@clickstream/source', '--no-warnings', entry, dataDir],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  services = child;
  const lines: unknown[] = await once(createInterface({ input: child.stdout }), 'line');
  const endpoints: unknown = JSON.parse(String(lines[0]));
  const endpoint = (service: string): string => {
    if (isObject(endpoints)) return String(endpoints[service]);
    throw new Error(`The services printed ${String(lines[0])}`);
  };
  const common = {
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  return {
    kinesis: new KinesisClient({
      ...common,
      endpoint: endpoint('kinesis'),
      requestHandler: new NodeHttpHandler(),
    }),
    dynamodb: new DynamoDBClient({ ...common, endpoint: endpoint('dynamodb') }),
    sqs: new SQSClient({ ...common, endpoint: endpoint('s3Sqs') }),
    s3: new S3Client({ ...common, endpoint: endpoint('s3Sqs'), forcePathStyle: true }),
  };
}

test('what a service has answered survives that the service is killed', {
  timeout: 60_000,
}, async () => {
  const StreamName = 'clicks';
  const TableName = 'events';
  const confirmed: Record<'kinesis' | 'dynamodb' | 'sqs' | 's3', string[]> = {
    kinesis: [],
    dynamodb: [],
    sqs: [],
    s3: [],
  };
  const before = await start();
  await before.kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  await before.dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  await before.s3.send(new CreateBucketCommand({ Bucket: 'box' }));
  const queue = new CreateQueueCommand({ QueueName: 'letters' });
  const { QueueUrl } = await before.sqs.send(queue);

  const write = {
    kinesis: (id: string) => {
      const Records = [{ PartitionKey: id, Data: Buffer.from(id) }];
      return before.kinesis.send(new PutRecordsCommand({ StreamName, Records }));
    },
    dynamodb: (id: string) => {
      const Put = { TableName, Item: { id: { S: id } } };
      return before.dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] }));
    },
    sqs: (id: string) => before.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: id })),
    s3: (id: string) => before.s3.send(new PutObjectCommand({ Bucket: 'box', Key: id, Body: id })),
  };
  // All four are written to until the process dies under them.
  const killed = new AbortController();
  const writers = (['kinesis', 'dynamodb', 'sqs', 's3'] as const).map(async (service) => {
    for (let id = 0; !killed.signal.aborted; id += 1) {
      const done = await write[service](String(id)).then(
        () => true,
        () => false,
      );
      if (done) confirmed[service].push(String(id));
    }
  });
  await expect
    .poll(() => Math.min(...Object.values(confirmed).map(({ length }) => length)), {
      timeout: 20_000,
    })
    .toBeGreaterThan(20);
  await kill();
  killed.abort();
  await Promise.all(writers);

  const after = await start();
  const from = { ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' } as const;
  const { ShardIterator } = await after.kinesis.send(
    new GetShardIteratorCommand({ StreamName, ...from }),
  );
  const { Records = [] } = await after.kinesis.send(new GetRecordsCommand({ ShardIterator }));
  const { Items = [] } = await after.dynamodb.send(new ScanCommand({ TableName }));
  const { Contents = [] } = await after.s3.send(new ListObjectsV2Command({ Bucket: 'box' }));
  const letters: string[] = [];
  const { QueueUrl: again } = await after.sqs.send(queue);
  for (let page = 1; page > 0; ) {
    const { Messages = [] } = await after.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: again, MaxNumberOfMessages: 10 }),
    );
    letters.push(...Messages.map(({ Body = '' }) => Body));
    page = Messages.length;
  }
  const kept = {
    kinesis: Records.map(({ Data }) => Buffer.from(Data ?? []).toString()),
    dynamodb: Items.map(({ id }) => id?.S ?? ''),
    sqs: letters,
    s3: Contents.map(({ Key = '' }) => Key),
  };
  for (const service of ['kinesis', 'dynamodb', 'sqs', 's3'] as const) {
    const lost = confirmed[service].filter((id) => !kept[service].includes(id));
    // The write that was under way may be there too.
    const unconfirmed = kept[service].length - confirmed[service].length;
    expect({ service, lost, unconfirmed: Math.max(1, unconfirmed) }).toEqual({
      service,
      lost: [],
      unconfirmed: 1,
    });
  }
  expect(kept.kinesis.slice(0, confirmed.kinesis.length)).toEqual(confirmed.kinesis);
});
