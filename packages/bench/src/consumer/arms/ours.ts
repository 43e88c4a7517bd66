import { createKinesisHandler, type KinesisHandlerOptions } from '@clickstream/consumer';
import type { Consume } from '../arms.ts';

export function ours(options: Partial<KinesisHandlerOptions<void>>): Consume {
  let events = 0;
  const handle = (): void => {
    events += 1;
  };
  const handler = createKinesisHandler<void>({
    handlers: { pageView: handle, click: handle, purchase: handle },
    onPermanentFailure: async ({ message }) => {
      throw new Error(message);
    },
    ...options,
  });
  return async (batch) => {
    events = 0;
    await handler(batch, { getRemainingTimeInMillis: () => 60_000 });
    return events;
  };
}
