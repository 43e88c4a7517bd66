import {
  type Click,
  type ClickInput,
  click,
  type EventType,
  type PageView,
  type PageViewInput,
  type Purchase,
  type PurchaseInput,
  pageView,
  purchase,
} from '@clickstream/events';
import { createRandom, type Random } from '../random.ts';

/** One event of the work, in the two forms that arms take. */
export type WorkEvent = { readonly userId: string } & (
  | { readonly method: 'pageView'; readonly input: PageViewInput; readonly event: PageView }
  | { readonly method: 'click'; readonly input: ClickInput; readonly event: Click }
  | { readonly method: 'purchase'; readonly input: PurchaseInput; readonly event: Purchase }
);

export interface WorkloadOptions {
  readonly seed: string;
  readonly events: number;
  readonly users: number;
}

const SESSION = 'session-';

/**
 * The events that every arm sends, the same at every run: eight page views, three clicks and one
 * purchase in twelve, about 300 bytes each. `input` is what a caller of ours passes; `event` is
 * complete, so that the rivals need not mint an id or a time. The place of the event in the work
 * is its `session_id`: by that the sink knows it again.
 */
export function createWorkload({ seed, events, users }: WorkloadOptions): WorkEvent[] {
  const random = createRandom(seed);
  return Array.from({ length: events }, (_, number) => workEvent(number, users, random));
}

/** The place in the work of an event that was read from the stream. */
export function numberOf(sessionId: unknown): number | undefined {
  if (typeof sessionId !== 'string' || !sessionId.startsWith(SESSION)) return undefined;
  const number = Number(sessionId.slice(SESSION.length));
  return Number.isInteger(number) ? number : undefined;
}

function workEvent(number: number, users: number, random: Random): WorkEvent {
  const userId = `user-${String(random.integer(1, users)).padStart(5, '0')}`;
  const common = { user_id: userId, session_id: SESSION + String(number).padStart(8, '0') };
  const product = random.integer(1, 9_999);
  const url = `https://shop.example/products/${product}`;
  const written = {
    event_id: `01a207d9-2100-7000-8000-${number.toString(16).padStart(12, '0')}`,
    timestamp: '2026-11-23T10:00:00.000Z',
  };
  const kind = random.integer(1, 12);
  if (kind <= 8) {
    const input = {
      ...common,
      locale: 'de-CH',
      url: `${url}?ref=newsletter`,
      referrer: 'https://search.example/?q=running+shoes',
      title: `Running shoes ${product}`,
    };
    const event = { ...written, ...stamp('page_view', pageView), ...input };
    return { userId, method: 'pageView', input, event };
  }
  if (kind <= 11) {
    const input = {
      ...common,
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      element_id: `add-to-cart-${product}`,
      page: url,
    };
    return {
      userId,
      method: 'click',
      input,
      event: { ...written, ...stamp('click', click), ...input },
    };
  }
  const item = { product_id: `sku-${product}`, quantity: 1, price: 19.99, name: 'Running shoes' };
  const input = {
    ...common,
    order_id: `order-${number}`,
    amount: 19.99,
    currency: 'CHF',
    items: [item],
  };
  return {
    userId,
    method: 'purchase',
    input,
    event: { ...written, ...stamp('purchase', purchase), ...input },
  };
}

function stamp<const Type extends EventType>(type: Type, { version }: { version: string }) {
  return { event_type: type, schema_version: version };
}
