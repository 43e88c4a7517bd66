import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KinesisHandler } from '@clickstream/consumer';
import { clickSample } from '@clickstream/events';
import type { KinesisStreamRecord } from 'aws-lambda';
import { expect, test, vi } from 'vitest';

// Here, because the consumer itself knows nothing of Powertools.
const README = path.join(import.meta.dirname, '../../../packages/consumer/README.md');

async function loadSample(name: string): Promise<KinesisHandler> {
  const text = await readFile(README, 'utf8');
  const code = new RegExp(`\`\`\`ts ${name}\\n(.*?)\`\`\``, 's').exec(text)?.[1];
  if (code === undefined) throw new Error(`The README has no sample \`${name}\``);
  // Inside the workspace, so that its packages are found, and in an ignored folder.
  const ignored = path.join(import.meta.dirname, '../dist');
  await mkdir(ignored, { recursive: true });
  const folder = await mkdtemp(path.join(ignored, 'readme-'));
  try {
    const file = path.join(folder, `${name}.ts`);
    await writeFile(file, code);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the sample exports it
    return ((await import(file)) as { readonly handler: KinesisHandler }).handler;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function record(sequenceNumber: string, data: string): KinesisStreamRecord {
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: 'user-4711',
      sequenceNumber,
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: 1_764_000_000.125,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `shardId-000000000000:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::123456789012:role/processor',
    awsRegion: 'eu-central-1',
    eventSourceARN: 'arn:aws:kinesis:eu-central-1:123456789012:stream/clickstream',
  };
}

test("the consumer's sample of telemetry: metrics of events and batch, a line per poison record", async () => {
  const handler = await loadSample('telemetry');
  const printed: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  }
  const Records = [record('1', JSON.stringify(clickSample)), record('2', 'no event')];
  const answer = await handler({ Records }, { getRemainingTimeInMillis: () => 20_000 });
  vi.restoreAllMocks();
  expect(answer).toEqual({ batchItemFailures: [] });
  const lines = printed
    .filter((text) => text.startsWith('{'))
    .map((text): unknown => JSON.parse(text));
  expect(lines).toMatchObject([
    { level: 'WARN', reason: 'not_json', sequenceNumber: '2', service: 'page-counter' },
    {
      Events: 2,
      EventsFailed: 0,
      EventLatency: expect.any(Number) as unknown,
      _aws: { CloudWatchMetrics: [{ Namespace: 'Shop', Dimensions: [['service']] }] },
    },
  ]);
});
