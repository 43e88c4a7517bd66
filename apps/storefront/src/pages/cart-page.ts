import { type Cart, type CartLine, maxQuantity, totalCents } from '../cart.ts';
import { formatPrice } from '../catalog.ts';
import { type Html, html } from '../html.ts';

/** The cart, with the button that buys it. */
export function cartPage(cart: Cart): Html {
  if (cart.length === 0) {
    return html`
      <h1>Your cart is empty</h1>
      <p><a class="primary" href="/" data-track="back-to-shop">Look around</a></p>
    `;
  }
  return html`
    <h1>Your cart</h1>
    <ul class="lines">${cart.map(line)}</ul>
    <p class="total"><span>Total</span> <span class="price">${formatPrice(totalCents(cart))}</span></p>
    <form method="post" action="/checkout" class="checkout">
      <button class="primary" data-track="checkout">Buy now</button>
      <p class="hint">No payment: this is a sample.</p>
    </form>
  `;
}

function line({ product, quantity }: CartLine): Html {
  return html`<li>
    <a class="art small" href="/products/${product.id}" tabindex="-1" aria-hidden="true">${product.art}</a>
    <span class="line-name">
      <a href="/products/${product.id}" data-track="product-${product.id}">${product.name}</a>
      <span class="card-line">${formatPrice(product.priceCents)} each</span>
    </span>
    <span class="stepper">
      ${step(product.id, -1, `One ${product.name} less`, '−', false)}
      <span aria-label="Quantity">${quantity}</span>
      ${step(product.id, 1, `One ${product.name} more`, '+', quantity >= maxQuantity)}
    </span>
    <span class="price">${formatPrice(product.priceCents * quantity)}</span>
  </li>`;
}

function step(productId: string, by: number, label: string, sign: string, full: boolean): Html {
  return html`<form method="post" action="/cart">
    <input type="hidden" name="product_id" value="${productId}" />
    <input type="hidden" name="quantity" value="${by}" />
    <button aria-label="${label}" data-track="${by > 0 ? 'more' : 'less'}"${full && html` disabled`}>${sign}</button>
  </form>`;
}
