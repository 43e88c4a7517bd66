import { setTimeout as sleep } from 'node:timers/promises';
import {
  KinesisClient,
  PutRecordsCommand,
  type PutRecordsRequestEntry,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Sender } from '../arms.ts';
import { createBatchLoop, IN_FLIGHT } from '../batch-loop.ts';
import { type ArmSettings, REGION, STREAM } from '../protocol.ts';

/** The SDK as it comes: what a first version of everybody's producer looks like. */
export function openDefault({ endpoint }: ArmSettings): Promise<Sender> {
  const client = new KinesisClient({ region: REGION, endpoint });
  return Promise.resolve(
    senderOf(client, async (records) => {
      await client.send(new PutRecordsCommand({ StreamName: STREAM, Records: records }));
      return 0;
    }),
  );
}

/** What a good engineer writes in an afternoon: the honest rival. */
export function openKeepAlive({ endpoint, deadlineMs }: ArmSettings): Promise<Sender> {
  const agent = { keepAlive: true, maxSockets: IN_FLIGHT };
  const client = new KinesisClient({
    region: REGION,
    endpoint,
    requestHandler: new NodeHttpHandler({
      httpsAgent: agent,
      requestTimeout: 6_000,
      throwOnRequestTimeout: true,
    }),
  });
  return Promise.resolve(senderOf(client, (records) => putWithRetry(client, records, deadlineMs)));
}

/** Sends the failed records again, with full jitter, until the deadline. */
async function putWithRetry(
  client: KinesisClient,
  records: PutRecordsRequestEntry[],
  deadlineMs: number,
): Promise<number> {
  const endsAt = performance.now() + deadlineMs;
  let left = records;
  for (let attempt = 0; left.length > 0 && performance.now() < endsAt; attempt += 1) {
    if (attempt > 0) await sleep(Math.random() * Math.min(2_000, 50 * 2 ** (attempt - 1)));
    const sent = left;
    try {
      const command = new PutRecordsCommand({ StreamName: STREAM, Records: sent });
      const { Records: results = [] } = await client.send(command);
      left = sent.filter((_, index) => results[index]?.ErrorCode !== undefined);
    } catch {
      left = sent; // the request failed as a whole
    }
  }
  return left.length;
}

function senderOf(
  client: KinesisClient,
  send: (records: PutRecordsRequestEntry[]) => Promise<number>,
): Sender {
  const loop = createBatchLoop<PutRecordsRequestEntry>((batch) => send([...batch]));
  return {
    track: ({ userId, event }) =>
      loop.add({ PartitionKey: userId, Data: Buffer.from(JSON.stringify(event)) }),
    room: loop.room,
    flush: loop.flush,
    async close() {
      await loop.flush();
      client.destroy();
    },
    failed: loop.failed,
  };
}
