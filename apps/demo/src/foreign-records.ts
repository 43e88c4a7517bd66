import type { Random } from './random.ts';

/** A record that did not come through the SDK and that no consumer can apply. */
export interface ForeignRecord {
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** What other people's programs put on a stream, one maker for each way to be wrong. */
const makers: readonly [Maker, ...Maker[]] = [
  // 0xff starts no UTF-8 sequence.
  ({ random }) => Uint8Array.from([0xff, ...random.bytes(random.integer(1, 64))]),
  () => new TextEncoder().encode('page_view;user-1;http://shop.example/;'),
  () => new TextEncoder().encode('{"event_type":"page_view","user_id":"cut o'),
  ({ userId }) => encode({ event_type: 'page_scroll', user_id: userId, depth: 0.5 }),
  ({ userId }) => encode({ user_id: userId }),
  ({ userId, now }) =>
    encode({
      event_id: '018f6f0e-0000-7000-8000-000000000000',
      event_type: 'purchase',
      schema_version: '1.0.0',
      user_id: userId,
      timestamp: now.toISOString(),
      order_id: '',
      amount: -1,
      currency: 'euro',
      items: 'none',
    }),
  // What a ten-line script sends: no envelope, a float timestamp, an amount that may be null.
  ({ userId, now, random }) =>
    encode({
      event_type: random.pick(['page_view', 'click', 'purchase']),
      user_id: userId,
      page: '/home',
      timestamp: now.getTime() / 1000,
      amount: random.chance(0.5) ? random.integer(1, 9_999) / 100 : null,
    }),
];

type Maker = (context: { userId: string; now: Date; random: Random }) => Uint8Array;

/**
 * Plans `count` poison records, every kind in turn. Half of them lie between the events of a real
 * shopper, whose order they must not disturb.
 */
export function planForeignRecords(
  count: number,
  shopperIds: readonly string[],
  nowMs: number,
  random: Random,
): ForeignRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const shopperId = shopperIds[random.integer(0, Math.max(0, shopperIds.length - 1))];
    const scriptId = `script-${random.integer(0, 20)}`;
    const userId = random.chance(0.5) ? (shopperId ?? scriptId) : scriptId;
    const make = makers[index % makers.length] ?? makers[0];
    return { partitionKey: userId, data: make({ userId, now: new Date(nowMs), random }) };
  });
}
