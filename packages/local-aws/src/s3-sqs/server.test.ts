import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { createS3SqsServer, type S3SqsFault } from './server.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const region = 'eu-west-1';
const ignore = () => undefined;
const silent = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

test('queue URLs lead to this server, also for a client with no other endpoint', async () => {
  const server = await createS3SqsServer();
  const setup = new SQSClient({ endpoint: server.endpoint, region, credentials });
  await setup.send(new CreateQueueCommand({ QueueName: 'letters' }));
  const { QueueUrl } = await setup.send(new GetQueueUrlCommand({ QueueName: 'letters' }));
  expect(QueueUrl).toBe(`${server.endpoint}/000000000000/letters`);

  // The SDK's default: the host of the queue's URL wins.
  const plain = new SQSClient({ region, credentials, logger: silent });
  await plain.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  const { Messages } = await plain.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages?.map(({ Body }) => Body)).toEqual(['hello']);
  setup.destroy();
  plain.destroy();
  await server.close();
});

test('objects come back as they were put', async () => {
  const server = await createS3SqsServer();
  const s3 = new S3Client({ endpoint: server.endpoint, region, credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'box' }));
  await s3.send(new PutObjectCommand({ Bucket: 'box', Key: 'a/b.json', Body: '{"é":1}' }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'box', Key: 'a/b.json' }));
  expect(await Body?.transformToString()).toBe('{"é":1}');
  s3.destroy();
  await server.close();
});

test('close ends a long poll, and a taken port is a clear error', async () => {
  const server = await createS3SqsServer();
  const port = Number(new URL(server.endpoint).port);
  await expect(createS3SqsServer({ port })).rejects.toMatchObject({ code: 'port_in_use' });

  const sqs = new SQSClient({ endpoint: server.endpoint, region, credentials, maxAttempts: 1 });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'empty' }));
  const poll = sqs
    .send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }))
    .catch(() => 'ended');
  await new Promise((resolve) => {
    setTimeout(resolve, 100);
  });
  await server.close();
  expect(await poll).toBe('ended');
  sqs.destroy();
});

test('faults: unavailable and reset do nothing, commit_then_reset does it without an answer', async () => {
  let fault: S3SqsFault | undefined;
  const asked: string[] = [];
  const server = await createS3SqsServer({
    faults: (service, operation) => {
      asked.push(`${service} ${operation}`);
      return fault;
    },
  });
  const common = { endpoint: server.endpoint, region, credentials, maxAttempts: 1 };
  const s3 = new S3Client({ ...common, forcePathStyle: true });
  const sqs = new SQSClient(common);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'letters' }));
  await s3.send(new CreateBucketCommand({ Bucket: 'box' }));

  const put = (text: string) =>
    Promise.allSettled([
      s3.send(new PutObjectCommand({ Bucket: 'box', Key: text, Body: text })),
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: text })),
    ]);
  for (const kind of ['unavailable', 'reset', 'commit_then_reset'] as const) {
    fault = { kind };
    expect((await put(kind)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  }
  fault = undefined;
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'box' }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(['commit_then_reset']);
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  expect(Messages?.map(({ Body }) => Body)).toEqual(['commit_then_reset']);
  expect(asked).toContain('s3 PUT');
  expect(asked).toContain('sqs SendMessage');
  s3.destroy();
  sqs.destroy();
  await server.close();
});
