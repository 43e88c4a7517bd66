import { Big } from 'big.js';
import type { Random } from './random.ts';

/** One event as a shopper's browser hands it to the storefront's `POST /collect`. */
export interface ShopperEvent {
  readonly event: 'page_view' | 'click' | 'purchase';
  /** When it happened; strictly increasing per shopper, so it also tells the tracked order. */
  readonly timestamp: string;
  readonly [field: string]: unknown;
}

/** What one request to the storefront carries: some events of one shopper, in order. */
export type Visit = readonly ShopperEvent[];

export interface Shopper {
  readonly userId: string;
  readonly visits: readonly Visit[];
}

interface Price {
  readonly currency: string;
  readonly decimals: number;
}

const eventsPerShopper = 40;
const eventsPerVisit = 8;
const historyMs = 3 * 60_000;
const paths = ['/', '/products/teapot', '/products/lamp', '/products/chair', '/cart'] as const;
const elements = ['add-to-cart', 'open-cart', 'checkout', 'next-picture'] as const;
const prices: readonly [Price, ...Price[]] = [
  { currency: 'EUR', decimals: 2 },
  { currency: 'USD', decimals: 2 },
  { currency: 'JPY', decimals: 0 },
  { currency: 'KWD', decimals: 3 },
];
const names = ['ada', 'søren', '明', 'zoë', 'नीता', 'max', '🦊'] as const;

/**
 * Plans `count` events of as many shoppers as that takes.
 *
 * @param origin the storefront's, such as `http://127.0.0.1:3000`
 * @param nowMs the latest instant an event may have happened
 * @param hotShare the part of all events, 0..1, that are the first shopper's
 */
export function planShoppers(
  count: number,
  origin: string,
  nowMs: number,
  random: Random,
  hotShare = 0,
): Shopper[] {
  const shoppers: Shopper[] = [];
  const hottest = Math.max(eventsPerShopper, Math.floor(count * hotShare));
  for (let planned = 0; planned < count; ) {
    const usual = planned === 0 ? hottest : eventsPerShopper;
    const events = Math.min(usual, count - planned);
    shoppers.push(planShopper(shoppers.length, events, origin, nowMs, random));
    planned += events;
  }
  return shoppers;
}

function planShopper(
  index: number,
  count: number,
  origin: string,
  nowMs: number,
  random: Random,
): Shopper {
  const gapMs = Math.floor(historyMs / (count + 1));
  let atMs = nowMs - historyMs;
  const events = Array.from({ length: count }, (_, position) => {
    atMs += random.integer(1, gapMs);
    return planEvent(`${index}-${position}`, new Date(atMs).toISOString(), origin, random);
  });
  const visits: Visit[] = [];
  for (let start = 0; start < count; ) {
    const size = random.integer(1, eventsPerVisit);
    visits.push(events.slice(start, start + size));
    start += size;
  }
  return { userId: `${random.pick(names)}-${index}`, visits };
}

function planEvent(id: string, timestamp: string, origin: string, random: Random): ShopperEvent {
  const path = random.pick(paths);
  const kind = random.integer(1, 100);
  if (kind <= 60) {
    const referrer = random.chance(0.3) ? { referrer: 'https://search.example/?q=teapot' } : {};
    return { event: 'page_view', timestamp, url: `${origin}${path}`, title: 'Shop', ...referrer };
  }
  if (kind <= 90) {
    return { event: 'click', timestamp, element_id: random.pick(elements), page: path };
  }
  return { event: 'purchase', timestamp, order_id: `order-${id}`, ...planOrder(random) };
}

function planOrder(random: Random): Record<string, unknown> {
  const { currency, decimals } = random.pick(prices);
  const items = Array.from({ length: random.integer(1, 4) }, (_, line) => ({
    product_id: `sku-${line}`,
    quantity: random.integer(1, 3),
    price: Number(new Big(random.integer(1, 500_000)).div(10 ** decimals)),
  }));
  const amount = items.reduce(
    (sum, item) => sum.plus(new Big(item.price).times(item.quantity)),
    Big(0),
  );
  return { amount: amount.toNumber(), currency, items };
}
