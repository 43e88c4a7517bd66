import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { importRival } from '../../../rivals/import-rival.ts';
import type { Sender } from '../arms.ts';
import { BATCH } from '../batch-loop.ts';
import { type ArmSettings, STREAM } from '../protocol.ts';
import type { WorkEvent } from '../workload.ts';
import { createKinesisV2, type KinesisV2 } from './aws-sdk-v2.ts';

interface KinesisStream extends Writable {
  readonly flush: () => void;
}
interface AwsKinesisWritable {
  readonly default: new (options: {
    readonly streamName: string;
    readonly objectMode: true;
    readonly kinesis: KinesisV2;
    readonly partitionKey: (event: WorkEvent['event']) => string;
    readonly buffer: { readonly length: number };
  }) => KinesisStream;
}

/** Its longest wait before it tries again, and some. */
const RETRY_MS = 600;

/**
 * A stream of objects, 500 a request instead of its 10. It never asks its caller to wait, and its
 * `finish` comes before the last requests are answered. So that it is not cut short, a flush waits
 * until its client is idle, which its users cannot.
 */
export async function open(settings: ArmSettings): Promise<Sender> {
  const { default: Stream } = await importRival<AwsKinesisWritable>('aws-kinesis-writable');
  const client = await createKinesisV2(settings);
  let underway = 0;
  let lastErrorMs = -Infinity;
  let failed = 0;
  const stream = new Stream({
    streamName: STREAM,
    objectMode: true,
    kinesis: {
      putRecords(params, done) {
        underway += 1;
        return client.putRecords(params, (error, data) => {
          underway -= 1;
          if (error !== null) lastErrorMs = performance.now();
          done(error, data);
        });
      },
    },
    partitionKey: (event) => event.user_id,
    buffer: { length: BATCH },
  });
  stream.on('error', (error: { readonly records?: readonly unknown[] }) => {
    failed += error.records?.length ?? 0;
  });
  const isBusy = (): boolean => underway > 0 || performance.now() < lastErrorMs + RETRY_MS;
  const flush = async (): Promise<void> => {
    stream.flush();
    while (isBusy()) await sleep(2);
  };
  return {
    track: ({ event }) => stream.write(event),
    room: () => Promise.resolve(),
    flush,
    close: flush,
    failed: () => failed,
  };
}
