import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Cart, parseCart, serializeCart } from './cart.ts';

const yearSeconds = 365 * 24 * 3600;
const shopperId = /^shopper-[0-9a-f-]{36}$/;

/** Who is asking, and what is in their cart: all that the shop knows, kept in two cookies. */
export interface Shopper {
  /** The `user_id` of everything that they do. */
  readonly userId: string;
  readonly cart: Cart;
}

/** Reads the shopper from the cookies of a request; gives a newcomer an id. */
export function recognize(request: FastifyRequest, reply: FastifyReply): Shopper {
  const cookies = parseCookies(request.headers.cookie);
  const known = cookies.get('shopper');
  const userId = known !== undefined && shopperId.test(known) ? known : `shopper-${randomUUID()}`;
  if (userId !== known) setCookie(reply, 'shopper', userId);
  return { userId, cart: parseCart(cookies.get('cart')) };
}

/** Lets the shopper's browser keep the cart. */
export function keepCart(reply: FastifyReply, cart: Cart): void {
  setCookie(reply, 'cart', serializeCart(cart));
}

/** Readable by the page's own script, which sends the id along. Lax: no other site may buy. */
function setCookie(reply: FastifyReply, name: string, value: string): void {
  const cookie = `${name}=${value}; Path=/; Max-Age=${yearSeconds}; SameSite=Lax`;
  void reply.header('set-cookie', cookie);
}

function parseCookies(header: string | undefined): ReadonlyMap<string, string> {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name = '', value = '']) => [name, value]));
}
