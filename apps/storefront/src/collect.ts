import type { Producer, Receipt } from '@clickstream/producer';
import { ProducerError } from '@clickstream/producer';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { CollectResult, Trail } from './trail.ts';

/** The part of the producer that the shop needs. */
export type Tracker = Pick<Producer, 'pageView' | 'click' | 'purchase'>;

/** The most events that one request may carry. */
export const maxEvents = 100;

/** The largest body of any request, in bytes: room for a hundred events of 2 KiB, and some. */
export const maxBodyBytes = 256 * 1024;

/** A request, or an event in it, that is not of the right form. The message names the field. */
class BadRequestError extends Error {
  override readonly name = 'BadRequestError';
  readonly statusCode = 400;
  readonly code: 'invalid_body' | 'unknown_event';

  constructor(code: BadRequestError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Registers `POST /collect`: the events of one user, in the order in which they happened.
 *
 * With `?receipts=1` it answers when all have been delivered or refused, with one result an event.
 * Without, it answers 202 at once, and what could not be delivered is in the log.
 */
export function registerCollect(server: FastifyInstance, tracker: Tracker, trail: Trail): void {
  server.post<{ Querystring: { readonly receipts?: string } }>(
    '/collect',
    async (request, reply) => {
      const { userId, events } = parseBody(request.body);
      // All are handed over before the first is awaited: the SDK keeps the order of one user.
      const results = events.map((event, index) => {
        const delivery = settle(track(tracker, userId, event, index), request.log);
        return trail.follow(userId, nameOf(event), detailOf(event), delivery);
      });
      if (request.query.receipts === '1') return { results: await Promise.all(results) };
      return reply.code(202).send({ accepted: events.length });
    },
  );
}

/** What became of an event, as its sender is told. Never rejects. */
export async function settle(
  delivery: Promise<Receipt>,
  log: FastifyBaseLogger,
): Promise<CollectResult> {
  try {
    const { eventId, shardId, sequenceNumber, attempts } = await delivery;
    return { event_id: eventId, shard_id: shardId, sequence_number: sequenceNumber, attempts };
  } catch (error) {
    if (error instanceof ProducerError || error instanceof BadRequestError) {
      log.warn({ code: error.code }, error.message);
      return { error: { code: error.code, message: error.message } };
    }
    log.error({ err: error }, 'tracking failed');
    return { error: { code: 'internal', message: 'The event could not be tracked.' } };
  }
}

async function track(
  tracker: Tracker,
  userId: string,
  event: unknown,
  index: number,
): Promise<Receipt> {
  if (!isObject(event)) throw invalid(`events/${index}`, 'an object', event);
  const { event: type, ...fields } = event;
  // Handed over as the browser sent it: the SDK checks every field, and says which one is wrong.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  const input = { ...fields, user_id: userId } as never;
  switch (type) {
    case 'page_view':
      return tracker.pageView(input);
    case 'click':
      return tracker.click(input);
    case 'purchase':
      return tracker.purchase(input);
    default:
      throw new BadRequestError(
        'unknown_event',
        `events/${index}/event must be "page_view", "click" or "purchase", not ${describe(type)}.`,
      );
  }
}

interface CollectBody {
  readonly userId: string;
  readonly events: readonly unknown[];
}

function parseBody(body: unknown): CollectBody {
  if (!isObject(body)) throw invalid('The body', 'a JSON object {user_id, events}', body);
  const { user_id: userId, events } = body;
  if (typeof userId !== 'string') throw invalid('user_id', 'a string', userId);
  if (!Array.isArray(events)) throw invalid('events', 'an array', events);
  if (events.length > maxEvents) {
    throw new BadRequestError(
      'invalid_body',
      `events must hold at most ${maxEvents} events, not ${events.length}. Send the rest in another request.`,
    );
  }
  return { userId, events };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(field: string, expected: string, received: unknown): BadRequestError {
  return new BadRequestError(
    'invalid_body',
    `${field} must be ${expected}, not ${describe(received)}.`,
  );
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

function nameOf(event: unknown): string {
  return isObject(event) && typeof event['event'] === 'string' ? event['event'] : 'unknown';
}

function detailOf(event: unknown): string {
  if (!isObject(event)) return '';
  const { url, element_id: elementId, amount, currency } = event;
  if (typeof url === 'string') return URL.parse(url)?.pathname ?? url;
  if (typeof elementId === 'string') return elementId;
  return typeof amount === 'number' ? `${amount} ${String(currency)}` : '';
}
