import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { products } from '../src/catalog.ts';
import { type LocalShop, startShop } from './shop.ts';
import { type LocalStream, startStream } from './stream.ts';

let stream: LocalStream;
let shop: LocalShop;

beforeAll(async () => {
  stream = await startStream();
  shop = await startShop(stream);
});

afterAll(async () => {
  await shop[Symbol.asyncDispose]();
  await stream[Symbol.asyncDispose]();
});

/** A browser without scripts: it keeps cookies and submits forms. */
class Visitor {
  readonly cookies = new Map<string, string>();

  async get(path: string): Promise<Response> {
    return this.#fetch(path, {});
  }

  async submit(path: string, fields: Record<string, string> = {}): Promise<Response> {
    return this.#fetch(path, { method: 'POST', body: new URLSearchParams(fields) });
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${shop.url}${path}`, {
      ...init,
      headers: { cookie },
      redirect: 'manual',
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    return response;
  }
}

test('every product can be found and looked at', async () => {
  const visitor = new Visitor();
  const list = await (await visitor.get('/')).text();
  for (const { id, name } of products) {
    expect(list).toContain(`href="/products/${id}"`);
    const response = await visitor.get(`/products/${id}`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(`<h1>${name}</h1>`);
  }
});

test('a shopper without scripts can buy, and the purchase is an event', async () => {
  const visitor = new Visitor();
  await visitor.submit('/cart', { product_id: 'clock', quantity: '1' });
  const added = await visitor.submit('/cart', { product_id: 'fern', quantity: '2' });
  expect([added.status, added.headers.get('location')]).toEqual([303, '/cart']);
  expect(await (await visitor.get('/cart')).text()).toContain('€128.30');

  const bought = await visitor.submit('/checkout');
  const location = bought.headers.get('location') ?? '';
  expect([bought.status, location]).toEqual([303, expect.stringMatching(/^\/orders\/order-/)]);
  expect(await (await visitor.get(location)).text()).toContain('Thank you');
  expect(await (await visitor.get('/cart')).text()).toContain('Your cart is empty');

  await expect.poll(() => stream.read()).toHaveLength(1);
  expect(await stream.read()).toMatchObject([
    {
      event_type: 'purchase',
      user_id: visitor.cookies.get('shopper'),
      order_id: location.slice('/orders/'.length),
      amount: 128.3,
      currency: 'EUR',
      items: [
        { product_id: 'clock', name: 'Slow clock', quantity: 1, price: 72.5 },
        { product_id: 'fern', name: 'Patient fern', quantity: 2, price: 27.9 },
      ],
    },
  ]);
  const trail: unknown = await (await visitor.get('/trail')).json();
  expect(trail).toMatchObject([{ event: 'purchase', detail: '€128.30', result: { attempts: 1 } }]);
});

test('a shopper keeps the id that they were given, and only such an id', async () => {
  const visitor = new Visitor();
  await visitor.get('/');
  const given = visitor.cookies.get('shopper');
  expect(given).toMatch(/^shopper-[0-9a-f-]{36}$/);
  await visitor.get('/cart');
  expect(visitor.cookies.get('shopper')).toBe(given);
  visitor.cookies.set('shopper', 'shopper-<script>');
  await visitor.get('/');
  expect(visitor.cookies.get('shopper')).toMatch(/^shopper-[0-9a-f-]{36}$/);
});

test('an empty cart buys nothing', async () => {
  const visitor = new Visitor();
  const response = await visitor.submit('/checkout');
  expect([response.status, response.headers.get('location')]).toEqual([303, '/cart']);
});

describe('forms that somebody made up', () => {
  test.each([
    {},
    { product_id: 'yacht', quantity: '1' },
    { product_id: 'teapot' },
    { product_id: 'teapot', quantity: '1e9' },
    { product_id: 'teapot', quantity: '0.5' },
    { product_id: 'teapot', quantity: 'many' },
    { product_id: '__proto__', quantity: '1' },
  ])('%j puts nothing into the cart', async (fields) => {
    const visitor = new Visitor();
    expect((await visitor.submit('/cart', fields)).status).toBe(303);
    expect(await (await visitor.get('/cart')).text()).toContain('Your cart is empty');
  });
});

test.each([
  '/products/yacht',
  '/products/%3Cscript%3Ealert(1)%3C%2Fscript%3E',
  '/orders/%3Cscript%3E',
  '/nowhere',
])('%s is not found, and not repeated', async (path) => {
  const response = await new Visitor().get(path);
  expect(response.status).toBe(404);
  const text = await response.text();
  expect(text).toContain('We do not have that');
  expect(text).not.toContain('<script>');
});

test.each(['/', '/cart', '/products/lamp', '/nowhere'])(
  '%s may load nothing from elsewhere and run no script of its own',
  async (path) => {
    const response = await new Visitor().get(path);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await response.text();
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(text).not.toMatch(/<script(?![^>]* src=)|\sstyle=|\son\w+=/);
  },
);

test.each([
  ['/storefront.css', 'text/css; charset=utf-8'],
  ['/storefront.js', 'text/javascript; charset=utf-8'],
  ['/storefront.svg', 'image/svg+xml'],
])('%s is served as %s', async (path, type) => {
  const response = await new Visitor().get(path);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
});

test('it says that it is well', async () => {
  expect(await (await new Visitor().get('/healthz')).json()).toEqual({ status: 'ok' });
});
