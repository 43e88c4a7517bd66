import { importRival } from '../../../rivals/import-rival.ts';
import type { Sender } from '../arms.ts';
import { createBatchLoop } from '../batch-loop.ts';
import { type ArmSettings, STREAM } from '../protocol.ts';
import { optionsV2 } from './aws-sdk-v2.ts';

interface LifionKinesis {
  readonly default: new (
    options: object,
  ) => {
    readonly putRecords: (params: { readonly records: readonly object[] }) => Promise<unknown>;
  };
}

/**
 * lifion-kinesis has no queue: `putRecords` sends one batch, and sends again what failed. So it is
 * given the same loop of batches as the SDK.
 */
export async function open(settings: ArmSettings): Promise<Sender> {
  const { default: Kinesis } = await importRival<LifionKinesis>('lifion-kinesis');
  const kinesis = new Kinesis({
    ...optionsV2(settings),
    streamName: STREAM,
    createStreamIfNeeded: false,
  });
  const loop = createBatchLoop<object>(async (records) => {
    await kinesis.putRecords({ records });
    return 0;
  });
  return {
    track: ({ userId, event }) => loop.add({ data: event, partitionKey: userId }),
    room: loop.room,
    flush: loop.flush,
    close: loop.flush,
    failed: loop.failed,
  };
}
