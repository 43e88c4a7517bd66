import type { CatalogInput } from '../../src/catalog/catalog-input.ts';
import {
  choice,
  composeEvents,
  count,
  currency,
  decimal,
  defineEvent,
  defineRegistry,
  defineUpcast,
  flag,
  identifier,
  type JsonSchema,
  list,
  openChoice,
  optional,
  record,
  text,
  url,
} from '../../src/index.ts';
import { envelope } from '../fixtures.ts';

const identifierOf = (example: string) =>
  identifier({
    description: `Which ${example}.`,
    examples: [example],
    maxLength: 128,
    pii: 'none',
  });

/** An event with all that a page can show: an older major, deprecations, lists, reserved names. */
const orderV1 = defineEvent({
  type: 'order',
  version: '1.1.0',
  description: 'An order was accepted.',
  owner: 'checkout',
  payload: {
    order_id: identifierOf('order-1'),
    amount: decimal({ description: 'The price.', examples: [19.99], unit: 'EUR', pii: 'none' }),
    coupon: optional(
      text({
        description: 'A code, see `discount_code`.',
        examples: ['SPRING'],
        maxLength: 32,
        pii: 'direct',
        deprecated: { since: '1.1.0', removeIn: '2.0.0', use: 'discount_code' },
      }),
    ),
    discount_code: optional(identifierOf('SPRING')),
  },
});

const order = defineEvent({
  type: 'order',
  version: '2.0.0',
  description: 'An order was accepted, and paid for with `currency`.',
  owner: 'checkout',
  reserved: ['coupon'],
  payload: {
    order_id: identifierOf('order-1'),
    total: record(
      {
        amount: decimal({ description: 'How much.', examples: [19.99], pii: 'none' }),
        currency: currency({ description: 'Of what.', examples: ['EUR'] }),
      },
      { title: 'Money', description: 'What is paid.' },
    ),
    lines: list(
      record(
        {
          product_id: identifierOf('sku-1'),
          quantity: count({
            description: 'How many.',
            examples: [2],
            unit: 'pieces',
            minimum: 1,
            maximum: 1000,
            pii: 'none',
          }),
          tags: list(
            text({ description: 'A word.', examples: ['sale'], maxLength: 20, pii: 'none' }),
            { description: 'How the product is sorted.', maxItems: 8 },
          ),
        },
        { title: 'Line', description: 'One product.' },
      ),
      { description: 'What was ordered.', maxItems: 50 },
    ),
    channel: choice(['web', 'app'], { description: 'Where.', pii: 'none' }),
    payment: openChoice(['card', 'invoice'], { description: 'How.', maxLength: 32, pii: 'none' }),
    gift: optional(flag({ description: 'Whether it is a gift.', examples: [true], pii: 'none' })),
    email: text({
      description: 'Where the receipt goes.',
      examples: ['ada@example.com'],
      maxLength: 254,
      pii: 'direct',
    }),
  },
});

const visit = defineEvent({
  type: 'visit',
  version: '1.2.0',
  description: 'Somebody came by. <script>alert("no markup")</script>',
  owner: 'web',
  deprecated: { since: '1.2.0', removeIn: '2.0.0', use: 'order' },
  payload: {
    url: url({ description: 'Which page.', examples: ['https://a.example/'], pii: 'incidental' }),
    temperature: optional(
      decimal({
        description: 'How warm it was outside.',
        examples: [-3.5],
        unit: '°C',
        minimum: -90,
        maximum: 60,
        decimals: 1,
        pii: 'none',
      }),
    ),
  },
});

const registry = defineRegistry({
  baseUri: 'https://test.example/schemas/',
  envelope,
  events: [order, orderV1, visit],
  upcasts: [
    defineUpcast({
      from: orderV1,
      to: order,
      upcast: ({ amount, ...old }) => ({
        ...old,
        total: { amount, currency: 'EUR' },
        lines: [],
        channel: 'web' as const,
        payment: 'card',
        email: 'unknown',
      }),
    }),
  ],
  reserved: ['cart'],
  retired: [{ type: 'order', major: 0, why: 'It was sent for a day, to `staging` only.' }],
});

/** A registry with a past: `order` 1.0.0 and 1.1.0 and `cart` were released. */
export function catalogInput(): CatalogInput {
  const models = composeEvents(registry);
  const v1 = models.find(({ version }) => version === '1.1.0')?.schema ?? {};
  const before = without(v1, 'discount_code');
  const cart = { $id: 'https://test.example/schemas/cart/1.0.0.json', type: 'object' };
  const released = (type: string, version: string, schema: JsonSchema) => ({
    type,
    version,
    file: `${type}/${version}.json`,
    schema: { ...schema, $id: `https://test.example/schemas/${type}/${version}.json` },
  });
  return {
    title: 'Test events',
    version: '2.0.0',
    models,
    retired: registry.retired ?? [],
    reserved: registry.reserved ?? [],
    released: [
      released('cart', '1.0.0', cart),
      released('order', '1.0.0', before),
      released('order', '1.1.0', v1),
    ],
  };
}

function without(schema: JsonSchema, name: string): JsonSchema {
  const { properties } = schema;
  const rest = Object.entries(properties ?? {}).filter(([key]) => key !== name);
  return { ...schema, properties: Object.fromEntries(rest) };
}
