import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
} from '@aws-sdk/client-kinesis';
import { createKinesisServer, type KinesisServer } from '@clickstream/local-aws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const readme = join(import.meta.dirname, '../../../README.md');
const streamName = 'clickstream';
const shardId = 'shardId-000000000000';

let folder: string;
let kinesis: KinesisServer;
let client: KinesisClient;
let environment: NodeJS.ProcessEnv;

/** Writes the README's sample of that name to a file that can import the packages. */
async function sample(name: string): Promise<string> {
  const text = await readFile(readme, 'utf8');
  const code = new RegExp(`\`\`\`ts ${name}\\n(.*?)\`\`\``, 's').exec(text)?.[1];
  if (!code) throw new Error(`README.md has no sample \`${name}\``);
  const file = join(folder, `${name}.ts`);
  await writeFile(file, code);
  return file;
}

async function node(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['--conditions=@clickstream/source', ...args], {
    env: environment,
    timeout: 20_000,
  });
  return stdout;
}

beforeAll(async () => {
  // Inside the workspace, so that its packages are found; in an ignored folder, so that no other
  // test takes the samples for part of the repository.
  const ignored = join(import.meta.dirname, '../dist');
  await mkdir(ignored, { recursive: true });
  folder = await mkdtemp(join(ignored, 'readme-'));
  kinesis = await createKinesisServer();
  const keys = {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'eu-central-1',
  };
  environment = {
    ...process.env,
    ...keys,
    AWS_ENDPOINT_URL_KINESIS: kinesis.endpoint,
    STREAM_NAME: streamName,
  };
  client = new KinesisClient({
    endpoint: kinesis.endpoint,
    region: keys.AWS_REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await client.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: 1 }));
});

afterAll(async () => {
  client.destroy();
  await kinesis.close();
  await rm(folder, { recursive: true });
});

describe('the samples of the README', () => {
  it('define an event', async () => {
    const file = await sample('define');
    const script = `import { addToCart } from ${JSON.stringify(file)}; console.log(addToCart.type, Object.keys(addToCart.payload).join())`;
    expect(await node('--input-type=module', '--eval', script)).toBe(
      'add_to_cart product_id,quantity\n',
    );
  });

  it('produce a record and consume it', async () => {
    const [eventId, shard, sequenceNumber] = (await node(await sample('produce')))
      .trim()
      .split(' ');
    expect(shard).toBe(shardId);
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamName: streamName,
        ShardId: shardId,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const { Records: records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
    expect(records.map((record) => record.SequenceNumber)).toEqual([sequenceNumber]);
    const data = Buffer.from(records[0]?.Data ?? []);
    expect(JSON.parse(data.toString())).toMatchObject({
      event_id: eventId,
      event_type: 'page_view',
    });

    const event = {
      Records: [
        {
          eventID: `${shardId}:${sequenceNumber}`,
          eventSource: 'aws:kinesis',
          eventSourceARN: `arn:aws:kinesis:eu-central-1:000000000000:stream/${streamName}`,
          kinesis: {
            data: data.toString('base64'),
            partitionKey: records[0]?.PartitionKey,
            sequenceNumber,
            approximateArrivalTimestamp: Date.now() / 1000,
          },
        },
      ],
    };
    const script = `
      import { handler } from ${JSON.stringify(await sample('consume'))};
      const context = { getRemainingTimeInMillis: () => 10_000 };
      console.log(JSON.stringify(await handler(${JSON.stringify(event)}, context)));`;
    expect(await node('--input-type=module', '--eval', script)).toBe(
      'user-1 viewed https://shop.example/\n{"batchItemFailures":[]}\n',
    );
  });

  it('pass the type checker', async () => {
    await Promise.all(['define', 'produce', 'consume'].map(sample));
    const tsconfig = join(folder, 'tsconfig.json');
    const base = join(import.meta.dirname, '../../../tsconfig.base.json');
    await writeFile(tsconfig, JSON.stringify({ extends: base, include: ['*.ts'] }));
    await expect(run('tsc', ['-p', tsconfig])).resolves.toMatchObject({ stdout: '' });
  });
});
