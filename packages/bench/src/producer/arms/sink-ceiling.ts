import type { Sender } from '../arms.ts';
import { BATCH, createBatchLoop } from '../batch-loop.ts';
import type { ArmSettings } from '../protocol.ts';
import { createBareClient } from '../signed-request.ts';
import { createWorkload } from '../workload.ts';
import { writeBody, writeRecord } from './bare-https.ts';

/**
 * Sends bodies that were written before the clock runs, so that the sink is kept as busy as one
 * process can.
 */
export function open(settings: ArmSettings): Promise<Sender> {
  const client = createBareClient(settings.endpoint);
  const records = createWorkload(settings).map(({ userId, event }) => writeRecord(userId, event));
  const bodies = Array.from({ length: Math.ceil(records.length / BATCH) }, (_, index) =>
    writeBody(records.slice(index * BATCH, (index + 1) * BATCH)),
  );
  let next = 0;
  const loop = createBatchLoop<undefined>(async () => {
    const body = bodies[next % bodies.length];
    next += 1;
    if (body !== undefined) await client.put(body);
    return 0;
  });
  return Promise.resolve({
    track: () => loop.add(undefined),
    room: loop.room,
    async flush() {
      await loop.flush();
      next = 0;
    },
    async close() {
      await loop.flush();
      client.destroy();
    },
    failed: loop.failed,
  });
}
