import {
  constant,
  count,
  defineEvent,
  defineRegistry,
  type EnvelopeDefinition,
  type EventDefinition,
  identifier,
  optional,
  type Registry,
  timestamp,
  versionOfMajor,
} from '../src/index.ts';

export const envelope: EnvelopeDefinition = {
  stamped: ({ type, version }) => ({
    event_type: constant(type, { description: 'Which event.' }),
    schema_version: versionOfMajor(Number.parseInt(version, 10), {
      description: 'Which version.',
      examples: [version],
    }),
  }),
  given: {
    user_id: identifier({ description: 'Who.', examples: ['u1'], maxLength: 256 }),
    session_id: optional(
      identifier({ description: 'Which visit.', examples: ['s1'], maxLength: 9 }),
    ),
  },
  defaulted: {
    timestamp: timestamp({ description: 'When.', examples: ['2026-11-23T10:00:00.000Z'] }),
  },
};

export const search = defineEvent({
  type: 'search',
  version: '1.2.0',
  description: 'A user searched.',
  payload: {
    query: identifier({ description: 'For what.', examples: ['shoes'], maxLength: 20 }),
    results: count({
      description: 'How many were found.',
      unit: 'results',
      examples: [3],
      maximum: 99,
    }),
  },
});

export const addToCart = defineEvent({
  type: 'add_to_cart',
  version: '1.0.0',
  description: 'A user put a product into the cart.',
  payload: {
    product_id: identifier({ description: 'What.', examples: ['sku-42'], maxLength: 20 }),
  },
});

export function registryOf(...events: EventDefinition[]): Registry {
  return defineRegistry({ baseUri: 'https://test.example/schemas/', envelope, events });
}
