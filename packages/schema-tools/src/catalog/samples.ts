import { eventNames } from '../emit/event-names.ts';
import { propertyKey, stringLiteral } from '../emit/names.ts';
import type { EventModel } from '../json-schema.ts';
import { readSchema } from '../read-schema.ts';
import { sampleOf } from '../sample.ts';
import type { Schema } from '../subset.ts';

/** What there is to copy for an event. */
export interface Samples {
  /** The event as it is in the stream, with every field. */
  readonly complete: string;
  /** The same with required fields alone. */
  readonly smallest: string;
}

/** TypeScript that uses the generated SDKs. */
export interface Code {
  readonly produce: string;
  readonly consume: string;
}

/**
 * Samples of one event, made of the first example of each field.
 *
 * @throws {@link SchemaError} `unsupported_schema`
 */
export function samplesOf({ type, schema }: EventModel): Samples {
  const full = readSchema(schema, type);
  return {
    complete: `${JSON.stringify(sampleOf(full, type), null, 2)}\n`,
    smallest: `${JSON.stringify(sampleOf(requiredOnly(full), type), null, 2)}\n`,
  };
}

/**
 * Code that sends one event and code that receives it. For the newest major: nobody writes an older
 * one, and handlers are given the newest shape whatever arrives.
 */
export function codeOf({ type, inputSchema, schema, envelope = [] }: EventModel): Code {
  const { method } = eventNames(type);
  const input = sampleOf(requiredOnly(readSchema(inputSchema, type)), type);
  const own = fieldNames(requiredOnly(readSchema(schema, type))).filter(
    (name) => !envelope.includes(name),
  );
  const shown = own.slice(0, 3).map((name) => `event${access(name)}, `);
  return {
    produce: `import { createProducer } from '@clickstream/producer';

await using producer = createProducer({ streamName: process.env.STREAM_NAME! });

const receipt = await producer.${method}(${literal(input)});
console.log(receipt.eventId, receipt.shardId, receipt.sequenceNumber);
`,
    consume: `import { createKinesisHandler, type EventHandlers } from '@clickstream/consumer';

/** Your handlers of all other events. */
declare const others: Omit<EventHandlers, ${stringLiteral(method)}>;

export const handler = createKinesisHandler({
  handlers: {
    ...others,
    ${propertyKey(method)}: async (event, { sequenceNumber }) => {
      console.log(${shown.join('')}sequenceNumber);
    },
  },
  onPermanentFailure: async (failure) => console.error(failure.reason, failure.message),
});
`,
  };
}

function requiredOnly(schema: Schema): Schema {
  if (schema.kind === 'array') return { ...schema, items: requiredOnly(schema.items) };
  if (schema.kind !== 'object') return schema;
  const fields = schema.fields
    .filter(({ required }) => required)
    .map((field) => ({ ...field, schema: requiredOnly(field.schema) }));
  return { ...schema, fields };
}

function fieldNames(schema: Schema): string[] {
  return schema.kind === 'object' ? schema.fields.map(({ name }) => name) : [];
}

function access(name: string): string {
  const key = propertyKey(name);
  return key === name ? `.${name}` : `[${key}]`;
}

/** A value of JSON as TypeScript writes it. */
function literal(value: unknown, indent = ''): string {
  const inner = `${indent}  `;
  if (typeof value === 'string') return stringLiteral(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const lines = Array.isArray(value)
    ? value.map((entry) => literal(entry, inner))
    : Object.entries(value).map(([key, entry]) => `${propertyKey(key)}: ${literal(entry, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (lines.length === 0) return open + close;
  return `${open}\n${lines.map((line) => `${inner}${line},\n`).join('')}${indent}${close}`;
}
