import type { Producer } from '@clickstream/producer';
import { Big } from 'big.js';
import { randomFor } from './random.ts';
import type { Schedule } from './schedule.ts';
import { startMs } from './virtual-time.ts';

/** An event to be tracked, and what must become of it. */
export interface PlannedEvent {
  /** Its number: a later one of the same user is tracked later. */
  readonly index: number;
  readonly atMs: number;
  readonly userId: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly track: (producer: Producer) => ReturnType<Producer['click']>;
  /**
   * `applied`; `rejected`: valid, but nothing that the stream-processor can apply; `refused`: not
   * even valid.
   */
  readonly fate: 'applied' | 'rejected' | 'refused';
  /** Of a purchase: what it is worth, exactly. */
  readonly amount?: Big;
}

/** A record that did not come through the SDK and that no consumer can apply. */
export interface ForeignRecord {
  readonly index: number;
  readonly atMs: number;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  readonly reason: 'not_json' | 'unknown_event' | 'unknown_version' | 'invalid';
}

/** Where an event carries its number, so that it can be told whatever happens to its id. */
export const markerField = 'session_id';

const paths = ['/', '/teapot', '/lamp', '/chair', '/cart'] as const;
const elements = ['add-to-cart', 'checkout', 'next-picture'] as const;
const currencies = [
  { currency: 'EUR', decimals: 2 },
  { currency: 'JPY', decimals: 0 },
  { currency: 'KWD', decimals: 3 },
] as const;

/** Each event depends on its number alone: a schedule with fewer events has the first ones. */
export function planEvents({ seed, workload }: Schedule): PlannedEvent[] {
  const { events, only, burst, burstEveryMs } = workload;
  const indices = only ?? Array.from({ length: events }, (_, index) => index);
  return indices.map((index) => {
    const random = randomFor(seed, 'event', index);
    const user = random.chance(workload.hotShare) ? 0 : random.integer(0, workload.users - 1);
    const atMs = Math.floor(index / burst) * burstEveryMs;
    const event = { index, atMs, userId: `user-${user}`, fate: 'applied' } as const;
    // Half of the callers say when it happened; to the others the SDK gives the time of the call.
    const timestamp = new Date(startMs + atMs - random.integer(0, 90_000)).toISOString();
    const common = {
      user_id: event.userId,
      [markerField]: `e${index}`,
      ...(random.chance(0.5) && { timestamp }),
    };
    const kind = random.integer(1, 100);
    if (kind <= 50) {
      const input = { ...common, url: `https://shop.example${random.pick(paths)}` };
      return { ...event, input, track: (producer) => producer.pageView(input) };
    }
    if (kind <= 70) {
      const input = { ...common, element_id: random.pick(elements), page: random.pick(paths) };
      return { ...event, input, track: (producer) => producer.click(input) };
    }
    if (kind <= 72) {
      // Half of a surrogate pair is valid JSON, and no valid key of a counter.
      const input = { ...common, element_id: 'button-\ud83d', page: '/' };
      return { ...event, input, track: (producer) => producer.click(input), fate: 'rejected' };
    }
    if (kind <= 74) {
      // @ts-expect-error -- it has no url, so that the SDK refuses it
      const track = (producer: Producer) => producer.pageView(common);
      return { ...event, input: common, track, fate: 'refused' };
    }
    const { currency, decimals } = random.pick(currencies);
    const amount = new Big(random.integer(1, 3_000_000)).div(10 ** decimals);
    const input = {
      ...common,
      order_id: `order-${index}`,
      amount: amount.toNumber(),
      currency,
      items: [{ product_id: 'sku-1', quantity: 1, price: amount.toNumber() }],
    };
    return { ...event, input, track: (producer) => producer.purchase(input), amount };
  });
}

export function planForeignRecords({ seed, workload }: Schedule): ForeignRecord[] {
  const { foreign, onlyForeign, foreignBurst, users, events, burst, burstEveryMs } = workload;
  const durationMs = (events / burst) * burstEveryMs;
  const indices = onlyForeign ?? Array.from({ length: foreign }, (_, index) => index);
  return indices.map((index) => {
    const group = Math.floor(index / foreignBurst);
    const random = randomFor(seed, 'foreign', group);
    const atMs = random.integer(0, Math.ceil(durationMs));
    // Most lie between the events of a real user, whose order they must not disturb.
    const partitionKey = random.chance(0.7) ? `user-${random.integer(0, users - 1)}` : 'script';
    const id = `foreign-${index}`;
    const { reason, data } = poison(id, index, random.integer(0, 40) === 0);
    return {
      index,
      atMs,
      partitionKey,
      reason,
      data: typeof data === 'string' ? Buffer.from(data) : data,
    };
  });
}

function poison(
  id: string,
  index: number,
  isLarge: boolean,
): { reason: ForeignRecord['reason']; data: string | Uint8Array } {
  // More than the queue takes once it is base64, so it has to go straight to the bucket.
  if (isLarge) return { reason: 'not_json', data: `${id};${'x'.repeat(800_000)}` };
  const kinds: readonly (readonly [ForeignRecord['reason'], string | Uint8Array])[] = [
    ['not_json', Uint8Array.from([0xff, index & 0xff, index >> 8])],
    ['not_json', `page_view;${id};`],
    ['unknown_event', JSON.stringify({ event_type: 'page_scroll', id })],
    ['unknown_event', JSON.stringify([id])],
    ['unknown_version', JSON.stringify({ event_type: 'click', schema_version: '99.0.0', id })],
    [
      'invalid',
      JSON.stringify({
        event_type: 'purchase',
        schema_version: '1.0.0',
        order_id: id,
        amount: null,
      }),
    ],
  ];
  const [reason, data] = kinds[index % kinds.length] ?? (['not_json', id] as const);
  return { reason, data };
}
