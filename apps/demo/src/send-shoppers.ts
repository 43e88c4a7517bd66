import { setTimeout as delay } from 'node:timers/promises';
import type { ToldEvent } from './ledger.ts';
import { isObject, parseObject } from './parse-object.ts';
import type { Shopper, ShopperEvent, Visit } from './shoppers.ts';

interface SendOptions {
  readonly origin: string;
  /** Shoppers who are in the shop at the same time. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Called with the number of events that were just answered. */
  readonly onProgress: (events: number) => void;
}

/**
 * Lets the shoppers visit the storefront over HTTP, each one visit after the other, and answers
 * what they were told.
 */
export async function sendShoppers(
  shoppers: readonly Shopper[],
  options: SendOptions,
): Promise<ToldEvent[]> {
  const told: ToldEvent[][] = [];
  const queue = shoppers.values();
  const visitInTurn = async (): Promise<void> => {
    for (const shopper of queue) {
      const events: ToldEvent[] = [];
      told.push(events);
      for (const visit of shopper.visits) {
        options.signal.throwIfAborted();
        events.push(...(await sendVisit(shopper.userId, visit, options)));
        options.onProgress(visit.length);
      }
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, visitInTurn));
  return told.flat();
}

async function sendVisit(
  userId: string,
  visit: Visit,
  { origin, signal }: SendOptions,
): Promise<ToldEvent[]> {
  let results: readonly unknown[] | undefined;
  try {
    const response = await postWhenOpen(`${origin}/collect?receipts=1`, signal, {
      user_id: userId,
      events: visit,
    });
    const body = parseObject(await response.text());
    results = Array.isArray(body['results']) ? body['results'] : [];
  } catch (error) {
    signal.throwIfAborted();
    // A shopper whose request failed was told nothing: the ledger counts it as unconfirmed.
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
  }
  return visit.map((event, index) => toldOf(userId, event, results && { of: results[index] }));
}

const shopClosedPauseMs = 100;

/** A shop that is being opened again has taken nothing, so its shoppers come back. */
async function postWhenOpen(url: string, signal: AbortSignal, body: object): Promise<Response> {
  for (;;) {
    try {
      return await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal,
      });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await delay(shopClosedPauseMs, undefined, { signal });
    }
  }
}

function isRefusal(error: unknown): boolean {
  const cause = error instanceof TypeError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}

/** @param answer what the storefront said of the event; undefined: it said nothing at all */
function toldOf(
  userId: string,
  event: ShopperEvent,
  answer: { readonly of: unknown } | undefined,
): ToldEvent {
  const { timestamp, amount, currency } = event;
  const isPurchase = typeof amount === 'number' && typeof currency === 'string';
  return {
    userId,
    timestamp,
    ...(isPurchase && { revenue: { currency, amount } }),
    receipt: receiptIn(answer?.of),
    ...(answer === undefined && { isUnconfirmed: true }),
  };
}

/** What `POST /collect?receipts=1` answers for one event; null for `{ error }`. */
function receiptIn(result: unknown): ToldEvent['receipt'] {
  if (!isObject(result)) return null;
  const { event_id: eventId, shard_id: shardId, sequence_number: sequenceNumber } = result;
  const isReceipt =
    typeof eventId === 'string' &&
    typeof shardId === 'string' &&
    typeof sequenceNumber === 'string';
  return isReceipt ? { eventId, position: { shardId, sequenceNumber } } : null;
}
