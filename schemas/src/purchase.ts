import {
  count,
  currency,
  decimal,
  defineEvent,
  identifier,
  list,
  optional,
  record,
  text,
} from '@clickstream/schema-tools';

const item = record(
  {
    product_id: identifier({
      description: 'The product as the catalogue names it.',
      examples: ['sku-42'],
      pii: 'none',
      maxLength: 128,
    }),
    quantity: count({
      description: 'How many of it.',
      unit: 'pieces',
      examples: [2],
      pii: 'none',
      minimum: 1,
      maximum: 1_000_000,
    }),
    price: decimal({
      description: 'The price of one piece, in the currency of the purchase.',
      unit: 'major units of currency',
      examples: [19.99],
      pii: 'none',
    }),
    name: optional(
      text({
        description: 'The product as the user saw it.',
        examples: ['Running shoes'],
        pii: 'none',
        maxLength: 512,
      }),
    ),
  },
  { title: 'PurchaseItem', description: 'One line of the order.' },
);

export const purchase = defineEvent({
  type: 'purchase',
  version: '1.1.0',
  description: 'A user bought something and the order was accepted.',
  owner: 'checkout',
  payload: {
    order_id: identifier({
      description: 'The order as the shop names it.',
      examples: ['order-2026-000123'],
      pii: 'pseudonym',
      maxLength: 128,
    }),
    amount: decimal({
      description: 'What the user pays for the whole order.',
      unit: 'major units of currency',
      examples: [39.98],
      pii: 'none',
    }),
    currency: currency({
      description: 'The currency of every amount in this event, as an ISO 4217 code.',
      examples: ['EUR'],
    }),
    items: list(item, { description: 'What was bought.', maxItems: 500 }),
  },
});
