import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startLocalAws } from '@clickstream/local-aws';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { isObject, parseObject } from '../src/parse-object.ts';
import { synthesize } from '../src/synthesize.ts';

let assemblyDir: string;
beforeAll(async () => {
  assemblyDir = await mkdtemp(join(tmpdir(), 'clickstream-alarms-'));
  await synthesize(assemblyDir, new AbortController().signal);
});
afterAll(() => rm(assemblyDir, { recursive: true, force: true }));

/** Namespace, name and dimensions of a metric. */
type Watched = readonly [namespace: unknown, name: unknown, dimensions: Record<string, unknown>];

it('the alarms on metrics of our own watch what the functions write', async () => {
  const alarms = await ownAlarms();
  expect(alarms.length).toBeGreaterThan(0);
  const emitted: Watched[] = [];
  await using aws = await startLocalAws({
    assemblyDir,
    stackName: 'Clickstream',
    onLog: (_, line) => emitted.push(...metricsIn(line)),
  });
  const sqs = new SQSClient({
    region: aws.region,
    endpoint: aws.endpoints.sqs,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: aws.outputs['DeadLetterQueueUrl'],
      MessageBody: pointerToNothing(
        String(aws.mappings.find(({ kind }) => kind === 'kinesis')?.sourceArn),
      ),
    }),
  );
  sqs.destroy();
  await vi.waitFor(() => expect(emitted).toEqual(expect.arrayContaining(alarms)), {
    timeout: 40_000,
  });
});

async function ownAlarms(): Promise<Watched[]> {
  const name = (await readdir(assemblyDir)).find((file) => file.endsWith('.template.json')) ?? '';
  const { Resources: resources } = parseObject(await readFile(join(assemblyDir, name), 'utf8'));
  return Object.values(isObject(resources) ? resources : {}).flatMap((resource): Watched[] => {
    const { Type: type, Properties: properties } = isObject(resource) ? resource : {};
    if (type !== 'AWS::CloudWatch::Alarm' || !isObject(properties)) return [];
    const { Namespace: namespace, MetricName: metricName, Dimensions: dimensions } = properties;
    if (String(namespace).startsWith('AWS/')) return [];
    const pairs = (Array.isArray(dimensions) ? dimensions : []).filter(isObject);
    return [
      [namespace, metricName, Object.fromEntries(pairs.map(({ Name, Value }) => [Name, Value]))],
    ];
  });
}

/** The metrics of a line in CloudWatch's embedded metric format, by each set of dimensions. */
function metricsIn(line: string): Watched[] {
  if (!line.startsWith('{') || !line.includes('"_aws"')) return [];
  const fields = parseObject(line);
  const { CloudWatchMetrics: sets } = isObject(fields['_aws']) ? fields['_aws'] : {};
  return (Array.isArray(sets) ? sets : []).filter(isObject).flatMap((set) => {
    const { Namespace: namespace, Dimensions: dimensions, Metrics: metrics } = set;
    if (!Array.isArray(dimensions) || !Array.isArray(metrics)) return [];
    return dimensions.flatMap((names: unknown) =>
      metrics.filter(isObject).map(({ Name: name }): Watched => {
        const keys = Array.isArray(names) ? names.map(String) : [];
        return [namespace, name, Object.fromEntries(keys.map((key) => [key, fields[key]]))];
      }),
    );
  });
}

/** What the mapping leaves when it gives up; the stream has never held these records. */
function pointerToNothing(streamArn: string): string {
  return JSON.stringify({
    requestContext: {
      requestId: '2f1e8a6b-0000-4000-8000-000000000000',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:processor',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 4,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-11-23T10:00:00.000Z',
    KinesisBatchInfo: {
      shardId: 'shardId-000000000000',
      startSequenceNumber: '1',
      endSequenceNumber: '2',
      approximateArrivalOfFirstRecord: '2026-11-23T10:00:00Z',
      approximateArrivalOfLastRecord: '2026-11-23T10:00:00Z',
      batchSize: 2,
      streamArn,
    },
  });
}
