import type { Sender } from '../arms.ts';
import { createBatchLoop } from '../batch-loop.ts';
import { type ArmSettings, STREAM } from '../protocol.ts';
import { createBareClient } from '../signed-request.ts';

/** What one process can reach at all with JSON and base64: no validation, no order, no retry. */
export function open({ endpoint }: ArmSettings): Promise<Sender> {
  const client = createBareClient(endpoint);
  const loop = createBatchLoop<string>(async (batch) => {
    const answer = await client.put(writeBody(batch));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the sink wrote it
    return (JSON.parse(answer.toString()) as { FailedRecordCount: number }).FailedRecordCount;
  });
  return Promise.resolve({
    track: ({ userId, event }) => loop.add(writeRecord(userId, event)),
    room: loop.room,
    flush: loop.flush,
    async close() {
      await loop.flush();
      client.destroy();
    },
    failed: loop.failed,
  });
}

/** One entry of the body of PutRecords. */
export function writeRecord(userId: string, event: object): string {
  const data = Buffer.from(JSON.stringify(event)).toString('base64');
  return `{"Data":"${data}","PartitionKey":"${userId}"}`;
}

export function writeBody(records: readonly string[]): Buffer {
  return Buffer.from(`{"StreamName":"${STREAM}","Records":[${records.join(',')}]}`, 'latin1');
}
