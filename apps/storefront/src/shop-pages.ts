import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { addToCart, type Cart, countItems, maxQuantity, totalCents } from './cart.ts';
import { currency, findProduct, formatPrice } from './catalog.ts';
import { settle, type Tracker } from './collect.ts';
import type { Child } from './html.ts';
import { cartPage } from './pages/cart-page.ts';
import { page } from './pages/layout.ts';
import { orderPage } from './pages/order.ts';
import { productPage } from './pages/product.ts';
import { shop } from './pages/shop.ts';
import { keepCart, recognize } from './shopper.ts';
import type { Trail } from './trail.ts';

const orderIdPattern = /^order-[0-9a-f-]{36}$/;

/** Registers what a person sees: the shop, products, the cart, the checkout, and their trail. */
export function registerShopPages(server: FastifyInstance, tracker: Tracker, trail: Trail): void {
  // What a form sends.
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );

  server.get('/', (request, reply) => {
    const { cart } = recognize(request, reply);
    return show(reply, cart, 'Sundry', shop());
  });

  server.get<{ Params: { readonly id: string } }>('/products/:id', (request, reply) => {
    const { cart } = recognize(request, reply);
    const product = findProduct(request.params.id);
    if (product === undefined) return reply.callNotFound();
    return show(reply, cart, `${product.name} · Sundry`, productPage(product));
  });

  server.get('/cart', (request, reply) => {
    const { cart } = recognize(request, reply);
    return show(reply, cart, 'Cart · Sundry', cartPage(cart));
  });

  server.post('/cart', (request, reply) => {
    const { cart } = recognize(request, reply);
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const product = findProduct(form.get('product_id') ?? '');
    const quantity = Number(form.get('quantity'));
    if (product !== undefined && Number.isInteger(quantity) && Math.abs(quantity) <= maxQuantity) {
      keepCart(reply, addToCart(cart, product, quantity));
    }
    // 303: reloading the cart must not add another one.
    return reply.redirect('/cart', 303);
  });

  server.post('/checkout', (request, reply) => {
    const { userId, cart } = recognize(request, reply);
    if (cart.length === 0) return reply.redirect('/cart', 303);
    const orderId = `order-${randomUUID()}`;
    // Tracked here and not by the browser: the amount is the order's, not what a script says. And
    // not awaited: an order does not wait for its event, or fail with it.
    const delivery = settle(trackPurchase(tracker, userId, orderId, cart), request.log);
    void trail.follow(userId, 'purchase', formatPrice(totalCents(cart)), delivery);
    keepCart(reply, []);
    return reply.redirect(`/orders/${orderId}`, 303);
  });

  server.get<{ Params: { readonly id: string } }>('/orders/:id', (request, reply) => {
    const { cart } = recognize(request, reply);
    if (!orderIdPattern.test(request.params.id)) return reply.callNotFound();
    return show(reply, cart, 'Thank you · Sundry', orderPage(request.params.id));
  });

  server.get('/trail', (request, reply) => {
    const { userId } = recognize(request, reply);
    return reply.header('cache-control', 'no-store').send(trail.of(userId));
  });
}

function show(reply: FastifyReply, cart: Cart, title: string, main: Child): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(page({ title, cartCount: countItems(cart), main }).toString());
}

function trackPurchase(
  tracker: Tracker,
  userId: string,
  orderId: string,
  cart: Cart,
): ReturnType<Tracker['purchase']> {
  return tracker.purchase({
    user_id: userId,
    order_id: orderId,
    amount: totalCents(cart) / 100,
    currency,
    items: cart.map(({ product, quantity }) => ({
      product_id: product.id,
      name: product.name,
      quantity,
      price: product.priceCents / 100,
    })),
  });
}
