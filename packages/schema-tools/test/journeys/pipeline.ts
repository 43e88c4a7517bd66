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
 * Hands records to the stream processor of the copy, with a local DynamoDB behind it.
 *
 * @returns the `response`; what is `stored`, in the order of the records; the versions that were
 *   `seen` beside the events; what was `refused` for good; the `counters`, in ten-thousandths.
 */
export async function applyRecords(copy: RepositoryCopy, records: readonly Json[]): Promise<Json> {
  return runScript(copy, 'apps/stream-processor/journey.ts', APPLY, records);
}

const APPLY = `
import { createKinesisHandler } from '@clickstream/consumer';
import { createDynamoDbStore } from './src/dynamodb-store.ts';
import { createHandlers } from './src/handlers.ts';
import { MAX_EVENT_BYTES } from './src/transaction.ts';
import { startTables } from './test/tables.ts';

const tables = await startTables();
const store = createDynamoDbStore({ client: tables.connect(), ...tables });
const seen: string[] = [];
const refused: unknown[] = [];
const handler = createKinesisHandler({
  handlers: createHandlers(MAX_EVENT_BYTES),
  commit: async (outcomes, { signal }) => {
    seen.push(...outcomes.map(({ record }) => record.schemaVersion));
    await store.apply(outcomes.map(({ result }) => result), { signal });
  },
  onPermanentFailure: async ({ reason, message }) => void refused.push({ reason, message }),
});
const payloads: unknown[] = JSON.parse(process.argv[2] ?? '');
const Records = payloads.map((payload, at) => ({
  kinesis: {
    kinesisSchemaVersion: '1.0',
    partitionKey: 'user-1',
    sequenceNumber: String(at + 1),
    data: Buffer.from(JSON.stringify(payload)).toString('base64'),
    approximateArrivalTimestamp: 1_764_000_000.125,
  },
  eventSource: 'aws:kinesis',
  eventVersion: '1.0',
  eventID: 'shardId-000000000000:' + (at + 1),
  eventName: 'aws:kinesis:record',
  invokeIdentityArn: 'arn:aws:iam::123456789012:role/processor',
  awsRegion: 'us-east-1',
  eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/clickstream',
}));
const response = await handler({ Records }, { getRemainingTimeInMillis: () => 30_000 });
const items = await tables.events();
const order = (item: (typeof items)[number]) => Number(item.sequence_number?.S);
const stored: unknown[] = items
  .toSorted((one, other) => order(one) - order(other))
  .map(({ event }) => JSON.parse(event?.S ?? ''));
const counters = Object.fromEntries(Array.from(await tables.counters(), ([name, sum]) => [name, String(sum)]));
console.log(JSON.stringify({ response, stored, seen, refused, counters }));
await tables.close();
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
