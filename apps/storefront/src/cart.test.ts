import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addToCart,
  type Cart,
  countItems,
  maxQuantity,
  parseCart,
  serializeCart,
  totalCents,
} from './cart.ts';
import { formatPrice, products } from './catalog.ts';

const [teapot, lamp] = products;
if (teapot === undefined || lamp === undefined) throw new Error('The catalog is empty.');

const carts: fc.Arbitrary<Cart> = fc.uniqueArray(
  fc.record({
    product: fc.constantFrom(...products),
    quantity: fc.integer({ min: 1, max: maxQuantity }),
  }),
  { selector: ({ product }) => product.id },
);

test('a cart survives its cookie', () => {
  fc.assert(
    fc.property(carts, (cart) => {
      expect(parseCart(serializeCart(cart))).toEqual(cart);
    }),
  );
});

describe('a cookie that somebody made up', () => {
  test.each([
    [undefined, 0],
    ['', 0],
    ['yacht:1', 0],
    ['teapot:0', 0],
    ['teapot:-1', 0],
    ['teapot:999', maxQuantity],
    ['teapot:1.yacht:3.lamp:2', 3],
    ['__proto__:1.constructor:2', 0],
  ])('%j holds %i things', (cookie, count) => {
    expect(countItems(parseCart(cookie))).toBe(count);
  });

  test('never breaks the shop', () => {
    fc.assert(
      fc.property(fc.string(), (cookie) => {
        for (const { quantity } of parseCart(cookie)) expect(quantity).toBeGreaterThan(0);
      }),
    );
  });
});

test('things are added, removed, and never more than there may be', () => {
  const one = addToCart([], teapot, 1);
  expect(addToCart(one, lamp, 2)).toEqual([
    { product: teapot, quantity: 1 },
    { product: lamp, quantity: 2 },
  ]);
  expect(addToCart(one, teapot, 1)).toEqual([{ product: teapot, quantity: 2 }]);
  expect(addToCart(one, teapot, maxQuantity)).toEqual([{ product: teapot, quantity: maxQuantity }]);
  expect(addToCart(one, teapot, -1)).toEqual([]);
  expect(addToCart([], teapot, -1)).toEqual([]);
});

test('money is exact', () => {
  const cart = products.map((product) => ({ product, quantity: 3 }));
  expect(totalCents(cart)).toBe(3 * (4800 + 8900 + 16400 + 7250 + 2790 + 11900));
  expect(formatPrice(totalCents(cart))).toBe('€1,561.20');
});
