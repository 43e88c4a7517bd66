import { type Child, type Html, html } from '../html.ts';

export interface PageOptions {
  readonly title: string;
  /** Things in the cart. */
  readonly cartCount: number;
  readonly main: Child;
}

/** A whole page around its content. */
export function page({ title, cartCount, main }: PageOptions): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
    <link rel="icon" href="/storefront.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/storefront.css" />
    <script type="module" src="/storefront.js"></script>
  </head>
  <body>
    <a class="skip" href="#content">Skip to content</a>
    <header class="top">
      <a class="brand" href="/" data-track="brand">Sundry</a>
      <a class="cart" href="/cart" data-track="open-cart">
        Cart <span class="count">${cartCount}<span class="hidden"> items</span></span>
      </a>
    </header>
    <div class="beside">
    <main id="content" tabindex="-1">${main}</main>
    <aside class="trail" aria-label="What your clicks became">
      <details open>
        <summary>What your clicks became <span class="trail-count"></span></summary>
        <p class="trail-note">
          Every page and click is an event. These are in the stream already.
        </p>
        <ol class="trail-list"></ol>
        <noscript><p class="trail-note">Without scripts only purchases are tracked.</p></noscript>
      </details>
    </aside>
    </div>
    <footer>A sample shop. Nothing is sold, and nothing leaves this machine but its events.</footer>
  </body>
</html>
`;
}
