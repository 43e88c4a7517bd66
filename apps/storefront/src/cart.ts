import { findProduct, type Product } from './catalog.ts';

/** So many of one product. */
export interface CartLine {
  readonly product: Product;
  /** 1 to {@link maxQuantity}. */
  readonly quantity: number;
}

export type Cart = readonly CartLine[];

/** The most of one product that a cart holds. */
export const maxQuantity = 20;

/**
 * Reads the cart from its cookie, `teapot:2.lamp:1`. The cookie comes from outside: what is not a
 * product or not a quantity is left out.
 */
export function parseCart(cookie: string | undefined): Cart {
  const quantities = new Map<Product, number>();
  for (const [, id = '', digits] of (cookie ?? '').matchAll(
    /(?:^|\.)([a-z]+):(\d{1,3})(?=\.|$)/g,
  )) {
    const product = findProduct(id);
    const quantity = Math.min(Number(digits), maxQuantity);
    if (product !== undefined && quantity > 0) quantities.set(product, quantity);
  }
  return [...quantities].map(([product, quantity]) => ({ product, quantity }));
}

/** Writes the cart as the value of its cookie. */
export function serializeCart(cart: Cart): string {
  return cart.map(({ product, quantity }) => `${product.id}:${quantity}`).join('.');
}

/** The cart with so many more of a product, or fewer; at none of it, without it. */
export function addToCart(cart: Cart, product: Product, quantity: number): Cart {
  const before = cart.find((line) => line.product === product)?.quantity ?? 0;
  const after = Math.min(before + quantity, maxQuantity);
  if (after <= 0) return cart.filter((line) => line.product !== product);
  const line = { product, quantity: after };
  return before === 0
    ? [...cart, line]
    : cart.map((other) => (other.product === product ? line : other));
}

/** How many things are in the cart. */
export function countItems(cart: Cart): number {
  return cart.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** What the cart costs, in cents. */
export function totalCents(cart: Cart): number {
  return cart.reduce((sum, { product, quantity }) => sum + product.priceCents * quantity, 0);
}
