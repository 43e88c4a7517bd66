import { type Html, html } from './html.ts';

/** Something that the shop sells. */
export interface Product {
  /** Names it in URLs and events. */
  readonly id: string;
  readonly name: string;
  /** One line for the list. */
  readonly line: string;
  readonly description: string;
  /** In cents: money is added in whole numbers. */
  readonly priceCents: number;
  /** A drawing, 200 by 200, in the colours of the page. */
  readonly art: Html;
}

/** ISO 4217 code of every price. */
export const currency = 'EUR';

/** Everything that the shop sells, in the order in which it is shown. */
export const products: readonly Product[] = [
  {
    id: 'teapot',
    name: 'Ember teapot',
    line: 'Stoneware, holds four cups',
    description:
      'Thrown by hand and glazed the colour of a banked fire. The lid stays on when you pour the last cup.',
    priceCents: 48_00,
    art: html`<svg viewBox="0 0 200 200" aria-hidden="true">
      <ellipse class="shade" cx="100" cy="164" rx="62" ry="7" />
      <path class="line" d="M150 92c30-6 34 46-6 44" />
      <path class="a2" d="M54 118C34 112 34 88 22 80c14-8 26 4 36 18z" />
      <path class="a1" d="M48 112c0-30 22-46 54-46s54 16 54 46-22 50-54 50-54-20-54-50z" />
      <path class="a3" d="M49 104c17 9 89 9 106 0l1 10c-18 9-90 9-108 0z" />
      <path class="a2" d="M66 74c4-14 68-14 72 0-16 7-56 7-72 0z" />
      <circle class="a3" cx="102" cy="57" r="8" />
    </svg>`,
  },
  {
    id: 'lamp',
    name: 'Dusk lamp',
    line: 'Linen shade, dims to a glow',
    description:
      'For the corner where you read. Turn the knob to the left and it dims to something like the end of the day.',
    priceCents: 89_00,
    art: html`<svg viewBox="0 0 200 200" aria-hidden="true">
      <ellipse class="shade" cx="100" cy="172" rx="46" ry="6" />
      <path class="glow" d="M66 94h68l38 76H28z" />
      <path class="a4" d="M96 92h8v70h-8z" />
      <path class="a4" d="M70 170c0-8 12-12 30-12s30 4 30 12z" />
      <path class="a2" d="M76 32h48l20 64H56z" />
      <path class="a3" d="M59 86h82l3 10H56z" />
      <path class="line thin" d="M120 96v22" />
      <circle class="a1" cx="120" cy="121" r="4" />
    </svg>`,
  },
  {
    id: 'chair',
    name: 'Perch chair',
    line: 'Ash and woven cord',
    description:
      'Light enough to carry with one hand to wherever the sun is. The cord seat gives a little, and lasts.',
    priceCents: 164_00,
    art: html`<svg viewBox="0 0 200 200" aria-hidden="true">
      <ellipse class="shade" cx="102" cy="176" rx="56" ry="6" />
      <path class="post" d="M66 34 60 172M140 34l6 138M74 118l-6 56M132 118l6 56" />
      <path class="a2" d="M62 34c26-9 56-9 82 0l-1 20c-26-8-54-8-80 0z" />
      <path class="a3" d="M62 66c26-8 56-8 82 0v10c-26-7-56-7-82 0z" />
      <path class="a1" d="M58 106c30-8 60-8 90 0l4 18c-32 7-66 7-98 0z" />
      <path class="post thin" d="M63 148h80" />
    </svg>`,
  },
  {
    id: 'clock',
    name: 'Slow clock',
    line: 'One hand, no hurry',
    description:
      'It has the hour hand only. After a week you will know what a quarter past looks like, and stop minding.',
    priceCents: 72_50,
    art: html`<svg viewBox="0 0 200 200" aria-hidden="true">
      <ellipse class="shade" cx="100" cy="176" rx="50" ry="6" />
      <path class="a4" d="m62 150-12 24h16l12-14zM138 150l12 24h-16l-12-14z" />
      <circle class="a2" cx="100" cy="102" r="68" />
      <circle class="face" cx="100" cy="102" r="54" />
      <path class="ticks" d="M100 54v9M100 141v9M52 102h9M139 102h9" />
      <path class="hand" d="m100 102 24-30" />
      <circle class="a1" cx="100" cy="102" r="7" />
    </svg>`,
  },
  {
    id: 'fern',
    name: 'Patient fern',
    line: 'Forgives a missed watering',
    description:
      'Comes in its clay pot with a card that says how it likes things. It will tell you when it is thirsty.',
    priceCents: 27_90,
    art: html`<svg viewBox="0 0 200 200" aria-hidden="true">
      <ellipse class="shade" cx="100" cy="176" rx="44" ry="6" />
      <path class="leaf" d="M100 124C92 88 70 66 40 62c4 32 26 54 60 62z" />
      <path class="leaf" d="M100 124c8-36 30-58 60-62-4 32-26 54-60 62z" />
      <path class="leaf light" d="M100 126c-16-32-16-66 0-100 16 34 16 68 0 100z" />
      <path class="leaf light" d="M100 128c-22-16-46-18-68-6 18 18 44 20 68 6z" />
      <path class="leaf light" d="M100 128c22-16 46-18 68-6-18 18-44 20-68 6z" />
      <path class="a2" d="M66 124h68l-8 50H74z" />
      <path class="a3" d="M62 118h76v14H62z" />
    </svg>`,
  },
  {
    id: 'radio',
    name: 'Window radio',
    line: 'Two dials, every station',
    description:
      'A walnut box with a loud side and a quiet side. It remembers the last station and nothing else about you.',
    priceCents: 119_00,
    art: html`<svg viewBox="0 0 200 200" aria-hidden="true">
      <ellipse class="shade" cx="100" cy="168" rx="76" ry="6" />
      <path class="line thin" d="m138 70 26-42" />
      <circle class="a1" cx="165" cy="26" r="4" />
      <path class="a4" d="M44 156h12v12H44zM144 156h12v12h-12z" />
      <rect class="a2" x="24" y="68" width="152" height="92" rx="14" />
      <rect class="face" x="36" y="80" width="74" height="68" rx="8" />
      <path class="ticks" d="M48 94h50M48 107h50M48 120h50M48 133h50" />
      <circle class="a1" cx="143" cy="98" r="17" />
      <path class="hand" d="M143 98V86" />
      <circle class="a3" cx="143" cy="136" r="9" />
    </svg>`,
  },
];

const byId: ReadonlyMap<string, Product> = new Map(
  products.map((product) => [product.id, product]),
);

/** The product of an id, if the shop sells it. */
export function findProduct(id: string): Product | undefined {
  return byId.get(id);
}

const format = new Intl.NumberFormat('en-IE', { style: 'currency', currency });

/** A price as a person reads it. */
export function formatPrice(cents: number): string {
  return format.format(cents / 100);
}
