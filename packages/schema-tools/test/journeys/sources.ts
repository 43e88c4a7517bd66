/** What the developer of the journeys writes. */

export const IMPORT_FIELDS = "import * as fields from '@clickstream/schema-tools';\n";

export const SCROLL_DEPTH = `    scroll_depth: fields.optional(
      fields.count({
        description: 'How far down the page the user scrolled.',
        unit: 'percent of its height',
        examples: [80],
        pii: 'none',
        maximum: 100,
      }),
    ),`;

export const SHOP_RATED = `import { count, defineEvent } from '@clickstream/schema-tools';

export const shopRated = defineEvent({
  type: 'shop_rated',
  version: '1.0.0',
  description: 'A user said how she likes the shop.',
  owner: 'web',
  payload: {
    stars: count({
      description: 'How much she likes it.',
      unit: 'stars',
      examples: [5],
      pii: 'none',
      minimum: 1,
      maximum: 5,
    }),
  },
});
`;

export const ORDER_NUMBER = `order_id: fields.count({
      description: 'The order as the shop numbers it.',
      unit: 'orders',
      examples: [2026000123],
      pii: 'pseudonym',
      maximum: 9_999_999_999,
    })`;

export const IMPORT_MAJORS = `import { defineUpcast } from '@clickstream/schema-tools';
import { purchaseV1 } from './purchase-v1.ts';
`;

export const UPCASTS = `  upcasts: [
    defineUpcast({
      from: purchaseV1,
      to: purchase,
      upcast: ({ order_id: order, ...old }) => ({
        ...old,
        order_id: Number(order.replaceAll(/\\D/g, '')),
      }),
    }),
  ],`;

export const RETIRED = `  retired: [
    { type: 'purchase', major: 1, why: 'The last 1.x record left the stream in March.' },
  ],`;
