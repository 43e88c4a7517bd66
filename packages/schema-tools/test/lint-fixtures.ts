import type { EventModel, JsonSchema } from '../src/index.ts';
import type { LintContext } from '../src/lint/rule.ts';

/** Schemas as a test writes them. */
export interface Draft {
  [keyword: string]: unknown;
}

const bookingReference: JsonSchema = {
  type: 'string',
  description: 'The booking as the hotel writes it on the bill.',
  examples: ['B-17'],
  maxLength: 20,
  'x-pii': 'pseudonym',
};
const night: JsonSchema = {
  type: 'object',
  description: 'One night of the stay.',
  properties: {
    room: {
      type: 'string',
      description: 'Where the guest sleeps, by the number on the door.',
      examples: ['12b'],
      maxLength: 5,
      'x-pii': 'none',
    },
    price: {
      type: 'number',
      description: 'What the guest pays for it, breakfast included.',
      examples: [39.98],
      minimum: 0,
      maximum: 10_000,
      multipleOf: 0.0001,
      'x-unit': 'major units of currency',
      'x-pii': 'none',
    },
  },
  required: ['room'],
};

/** The fields of every event in these tests. */
export const envelopeSchema: JsonSchema = {
  type: 'object',
  properties: {
    user_id: {
      type: 'string',
      description: 'Who booked, and the partition key of the stream.',
      examples: ['u1'],
      maxLength: 256,
      'x-pii': 'pseudonym',
    },
  },
  required: ['user_id'],
};

/** An event that keeps every rule, with a list of records in it; `change` makes it worse. */
export function bookingModel(
  change: (schema: Draft) => void = () => {},
  { type = 'room_booked', version = '1.2.0' } = {},
): EventModel {
  const schema: Draft = structuredClone({
    title: type,
    type: 'object',
    description: 'A guest booked a stay and the hotel accepted.',
    'x-owner': 'travel',
    properties: {
      ...propertiesOf(envelopeSchema),
      booking: bookingReference,
      nights: {
        type: 'array',
        description: 'The nights in the order of the stay.',
        maxItems: 60,
        items: night,
      },
    },
    required: ['user_id', 'booking'],
  });
  change(schema);
  return { type, version, description: 'x', schema, inputSchema: schema };
}

export function contextOf(
  models: readonly EventModel[],
  rest: Partial<LintContext> = {},
): LintContext {
  return {
    models,
    envelopeOf: () => envelopeSchema,
    released: [],
    retired: [],
    reserved: [],
    today: '2026-11-23',
    ...rest,
  };
}

/** The schema at a pointer, to be changed. */
export function at(schema: Draft, pointer: string): Draft {
  let found: unknown = schema;
  for (const key of pointer.split('/').slice(1)) found = isDraft(found) ? found[key] : undefined;
  if (!isDraft(found)) throw new TypeError(`There is nothing at ${pointer}.`);
  return found;
}

function propertiesOf({ properties }: JsonSchema): Draft {
  return isDraft(properties) ? properties : {};
}

function isDraft(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null;
}
