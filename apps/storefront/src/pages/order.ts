import { type Html, html } from '../html.ts';

/** Thank you. */
export function orderPage(orderId: string): Html {
  return html`
    <section class="thanks">
      <svg class="tick" viewBox="0 0 64 64" aria-hidden="true">
        <circle cx="32" cy="32" r="30" />
        <path d="m19 33 9 9 18-20" />
      </svg>
      <h1>Thank you</h1>
      <p>Your order is in.</p>
      <p class="hint">${orderId}</p>
      <p><a class="primary" href="/" data-track="back-to-shop">Back to the shop</a></p>
    </section>
  `;
}
