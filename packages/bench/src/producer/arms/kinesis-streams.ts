import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { importRival } from '../../../rivals/import-rival.ts';
import type { Sender } from '../arms.ts';
import { BATCH } from '../batch-loop.ts';
import { type ArmSettings, STREAM } from '../protocol.ts';
import type { WorkEvent } from '../workload.ts';
import { createKinesisV2, type KinesisV2 } from './aws-sdk-v2.ts';

interface KinesisWritable extends Writable {
  getPartitionKey: (event: WorkEvent['event']) => string;
  readonly queue: readonly unknown[];
}
interface KinesisStreams {
  readonly default: {
    readonly KinesisWritable: new (
      client: KinesisV2,
      streamName: string,
      options: { readonly highWaterMark: number },
    ) => KinesisWritable;
  };
}

/**
 * A stream of objects, 500 a request instead of its 16. A stream is flushed by its end, so every
 * flush begins another one; so does an error, which ends a stream of Node.
 */
export async function open(settings: ArmSettings): Promise<Sender> {
  const module = await importRival<KinesisStreams>('kinesis-streams');
  const client = await createKinesisV2(settings);
  let failed = 0;
  let full = false;

  const begin = (): KinesisWritable => {
    const stream = new module.default.KinesisWritable(client, STREAM, { highWaterMark: BATCH });
    stream.getPartitionKey = (event) => event.user_id;
    stream.on('error', () => {
      failed += stream.queue.length;
      if (stream === current) current = begin();
    });
    return stream;
  };
  let current = begin();

  const flush = async (): Promise<void> => {
    const stream = current;
    current = begin();
    stream.end();
    // Its `finish` comes when everything was sent; an error has been counted.
    if (!stream.destroyed) await once(stream, 'finish').catch(() => undefined);
  };
  return {
    track({ event }) {
      full = !current.write(event);
    },
    async room() {
      if (full && current.writableNeedDrain) await once(current, 'drain').catch(() => undefined);
      full = false;
    },
    flush,
    close: flush,
    failed: () => failed,
  };
}
