import { formatPrice, type Product } from '../catalog.ts';
import { type Html, html } from '../html.ts';

/** One product. */
export function productPage(product: Product): Html {
  return html`
    <p class="back"><a href="/" data-track="back-to-shop">All things</a></p>
    <article class="product">
      <div class="art large">${product.art}</div>
      <div>
        <h1>${product.name}</h1>
        <p class="lead">${product.line}</p>
        <p>${product.description}</p>
        <p class="price large">${formatPrice(product.priceCents)}</p>
        <form method="post" action="/cart">
          <input type="hidden" name="product_id" value="${product.id}" />
          <input type="hidden" name="quantity" value="1" />
          <button class="primary" data-track="add-to-cart">Add to cart</button>
        </form>
      </div>
    </article>
  `;
}
