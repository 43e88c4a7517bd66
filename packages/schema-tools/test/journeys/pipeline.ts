import type { RepositoryCopy } from '../repository-copy.ts';

/** An event as JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** The record that the producer of the copy, as it is now, puts on the stream. */
export async function sendPurchase(copy: RepositoryCopy, payload: Json): Promise<Json> {
  return runScript(copy, 'packages/producer/journey.ts', SEND, payload);
}

const SEND = `
import { createProducer } from './src/index.ts';
const transport = {
  putRecords: async (records: readonly { data: Uint8Array }[]) => {
    for (const { data } of records) console.log(new TextDecoder().decode(data));
    return records.map(() => ({ ok: true as const, shardId: 'shard', sequenceNumber: '1' }));
  },
};
await using producer = createProducer({ streamName: 'clickstream', transport });
await producer.purchase(JSON.parse(process.argv[2] ?? ''));
`;

/**
 * Puts records on the stream of the copy's stack, on this machine: from there on everything is what
 * would be deployed.
 *
 * @returns the events that are `stored`, in the order of the stream; the `counters`; what is
 *   `quarantined`, each with its `reason` and its `record`.
 */
export async function runPipeline(copy: RepositoryCopy, records: readonly Json[]): Promise<Json> {
  return runScript(copy, 'apps/demo/journey.ts', PIPELINE, records);
}

const PIPELINE = `
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import { startLocalAws } from '@clickstream/local-aws';
import { connect, settledRecords } from './src/pipeline.ts';
import { synthesize } from './src/synthesize.ts';

await using resources = new AsyncDisposableStack();
const assemblyDir = await mkdtemp(join(tmpdir(), 'journey-stack-'));
resources.defer(() => rm(assemblyDir, { recursive: true, force: true }));
const { signal } = new AbortController();
await synthesize(assemblyDir, signal);
const aws = await startLocalAws({ assemblyDir, stackName: 'Clickstream', redeliverAfterSeconds: 1 });
resources.defer(() => aws.close());
const pipeline = connect({ ...aws, settled: () => settledRecords(aws) });
resources.defer(() => pipeline.close());

const records: { user_id: string }[] = JSON.parse(process.argv[2] ?? '');
for (const record of records) {
  await pipeline.kinesis.send(new PutRecordCommand({
    StreamName: pipeline.streamName,
    PartitionKey: record.user_id,
    Data: Buffer.from(JSON.stringify(record)),
  }));
}
await pipeline.drain(signal);

const { counters, quarantined } = await pipeline.evidence([], []);
const dynamodb = new DynamoDBClient({
  region: aws.region,
  endpoint: aws.endpoints.dynamodb,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
resources.defer(() => dynamodb.destroy());
const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: aws.outputs['EventsTableName'], ConsistentRead: true }));
const position = (item: (typeof Items)[number]) => BigInt(item['sequence_number']?.S ?? '');
console.log(JSON.stringify({
  stored: Items.toSorted((a, b) => (position(a) < position(b) ? -1 : 1)).map(({ event }) => JSON.parse(event?.S ?? '')),
  counters: Object.fromEntries(counters),
  quarantined: quarantined.map(({ reason, payload }) => ({ reason, record: JSON.parse(atob(payload)) })),
}));
`;

/** What the events package of the copy, as it is now, makes of a record. */
export async function parseRecord(copy: RepositoryCopy, record: Json): Promise<Json> {
  return runScript(copy, 'packages/events/journey.ts', PARSE, record);
}

const PARSE = `
import { parseEvent } from './src/index.ts';
console.log(JSON.stringify(parseEvent(new TextEncoder().encode(process.argv[2] ?? ''))));
`;

/** Runs a script in the copy that prints a JSON object, and takes it away again. */
async function runScript(
  copy: RepositoryCopy,
  file: string,
  script: string,
  input: unknown,
): Promise<Json> {
  await copy.write(file, script);
  const { code, out, err } = await copy.node(file, JSON.stringify(input));
  await copy.remove(file);
  if (code !== 0 || err !== '') throw new Error(`${file} ended with ${code}:\n${err}${out}`);
  const printed: unknown = JSON.parse(out);
  if (typeof printed !== 'object' || printed === null) throw new Error(`${file} printed ${out}`);
  return { ...printed };
}
