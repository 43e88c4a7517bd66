import type { ToldEvent } from './ledger.ts';
import type { Shopper, ShopperEvent, Visit } from './shoppers.ts';

/** What `POST /collect?receipts=1` answers for one event. */
type CollectResult =
  | { readonly event_id: string; readonly shard_id: string; readonly sequence_number: string }
  | { readonly error: { readonly code: string; readonly message: string } };

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
  let results: readonly CollectResult[] = [];
  try {
    const response = await fetch(`${origin}/collect?receipts=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: userId, events: visit }),
      signal,
    });
    const body = (await response.json()) as { results?: readonly CollectResult[] };
    results = body.results ?? [];
  } catch (error) {
    signal.throwIfAborted();
    // A shopper whose request failed was told nothing: the ledger counts it as undeliverable.
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
  }
  return visit.map((event, index) => toldOf(userId, event, results[index]));
}

function toldOf(userId: string, event: ShopperEvent, result: CollectResult | undefined): ToldEvent {
  const { timestamp, amount, currency } = event;
  const isPurchase = typeof amount === 'number' && typeof currency === 'string';
  return {
    userId,
    timestamp,
    ...(isPurchase && { revenue: { currency, amount } }),
    receipt:
      result && 'event_id' in result
        ? {
            eventId: result.event_id,
            position: { shardId: result.shard_id, sequenceNumber: result.sequence_number },
          }
        : null,
  };
}
