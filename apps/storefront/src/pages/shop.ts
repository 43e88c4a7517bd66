import { formatPrice, type Product, products } from '../catalog.ts';
import { type Html, html } from '../html.ts';

/** The list of everything. */
export function shop(): Html {
  return html`
    <section class="hero">
      <h1>Things for a quiet room</h1>
      <p>Six objects, made to be kept. Have a look around.</p>
    </section>
    <ul class="grid">${products.map(card)}</ul>
  `;
}

function card(product: Product): Html {
  return html`<li>
    <a class="card" href="/products/${product.id}" data-track="product-${product.id}">
      <span class="art">${product.art}</span>
      <span class="card-text">
        <span class="card-name">${product.name}</span>
        <span class="card-line">${product.line}</span>
      </span>
      <span class="price">${formatPrice(product.priceCents)}</span>
    </a>
  </li>`;
}
