import { createProducer, type Receipt } from '@clickstream/producer';
import type { Sender } from '../arms.ts';
import { type ArmSettings, REGION, STREAM } from '../protocol.ts';
import type { WorkEvent } from '../workload.ts';

/**
 * Bursts of 100 events whose last may be without a receipt: two rounds of four requests. Aggregated,
 * 80 records (20 buckets on 4 shards) of 160 events are filled at the same time: two of each.
 */
const MAX_OPEN_BURSTS = { plain: 40, aggregated: 250 };

/**
 * Our producer at its defaults. The caller keeps the promise of the last event of every burst, as a
 * request handler would, and goes on as long as not too many are open.
 */
export function open({ endpoint, deadlineMs }: ArmSettings, aggregation: boolean): Promise<Sender> {
  const maxOpenBursts = aggregation ? MAX_OPEN_BURSTS.aggregated : MAX_OPEN_BURSTS.plain;
  let failed = 0;
  const producer = createProducer({
    streamName: STREAM,
    region: REGION,
    endpoint,
    aggregation,
    deliveryTimeoutMs: deadlineMs,
    onUndeliverable: () => (failed += 1),
  });
  const openBursts: Promise<unknown>[] = [];
  let last: Promise<Receipt> | undefined;

  const track = (event: WorkEvent): void => {
    switch (event.method) {
      case 'pageView':
        last = producer.pageView(event.input);
        break;
      case 'click':
        last = producer.click(event.input);
        break;
      case 'purchase':
        last = producer.purchase(event.input);
        break;
    }
  };
  return Promise.resolve({
    track,
    async room() {
      if (last !== undefined) openBursts.push(last.catch(() => undefined)); // counted above
      last = undefined;
      if (openBursts.length >= maxOpenBursts) await openBursts.shift();
    },
    async flush() {
      await producer.flush();
      openBursts.length = 0;
    },
    close: async () => void (await producer.close()),
    failed: () => failed,
  });
}
