import { pascalCase } from '../emit/names.ts';
import type { EventModel, JsonSchema } from '../json-schema.ts';
import { majorOf } from '../majors.ts';
import type { CatalogInput } from './catalog-input.ts';
import { isSchema } from './field-tree.ts';
import { samplesOf } from './samples.ts';

/**
 * The events as an AsyncAPI 3.0 document: one channel, the stream; one operation for those who send
 * and one for those who receive; a message per event and major.
 *
 * Payloads are AsyncAPI's own Schema Objects, a superset of JSON Schema draft-07: the subset of 2020-12
 * that events use means the same there, so `$schema` is left out and every tool can read them. `$id`
 * is left out too, because a document that holds several of them is several documents to a resolver.
 *
 * Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export function asyncApi({ title, version, models }: CatalogInput): JsonSchema {
  const messages = models.map((model) => ({ name: messageName(model, models), model }));
  const each = (reference: (name: string) => object) =>
    Object.fromEntries(messages.map(({ name }) => [name, reference(name)]));
  const ofChannel = messages.map(({ name }) => ({ $ref: `#/channels/events/messages/${name}` }));
  return {
    asyncapi: '3.0.0',
    info: {
      title,
      version,
      description:
        'Events on a Kinesis data stream: one JSON object in UTF-8 a record, in order for each user.',
    },
    defaultContentType: 'application/json',
    servers: {
      kinesis: {
        host: 'kinesis.{region}.amazonaws.com',
        protocol: 'https',
        description: 'Amazon Kinesis Data Streams.',
        variables: { region: { description: 'The AWS region of the stream.' } },
      },
    },
    channels: {
      events: {
        address: '{streamName}',
        title: 'The stream of all events',
        description: 'The partition key of a record is the `user_id` of its event.',
        servers: [{ $ref: '#/servers/kinesis' }],
        parameters: { streamName: { description: 'Output `StreamName` of the deployed stack.' } },
        messages: each((name) => ({ $ref: `#/components/messages/${name}` })),
      },
    },
    operations: {
      sendEvents: {
        action: 'send',
        channel: { $ref: '#/channels/events' },
        summary: 'What a web backend does, through the producer SDK.',
        messages: ofChannel.filter((_, index) => isNewest(messages[index]?.model, models)),
      },
      receiveEvents: {
        action: 'receive',
        channel: { $ref: '#/channels/events' },
        summary: 'What a Lambda function does, through the consumer SDK.',
        messages: ofChannel,
      },
    },
    components: {
      messages: Object.fromEntries(messages.map(({ name, model }) => [name, message(name, model)])),
      schemas: Object.fromEntries(messages.map(({ name, model }) => [name, payload(model.schema)])),
    },
  };
}

function message(name: string, model: EventModel): JsonSchema {
  const { type, version, description, schema } = model;
  const { properties } = schema;
  const hasId = isSchema(properties) && 'event_id' in properties;
  return {
    name: type,
    title: `${type} ${version}`,
    summary: description,
    contentType: 'application/json',
    ...(schema['deprecated'] === true ? { deprecated: true } : {}),
    ...(hasId ? { correlationId: { location: '$message.payload#/event_id' } } : {}),
    payload: { $ref: `#/components/schemas/${name}` },
    examples: [{ name: 'complete', payload: JSON.parse(samplesOf(model).complete) as unknown }],
    externalDocs: { description: 'JSON Schema', url: schema['$id'] },
  };
}

function payload(schema: JsonSchema): JsonSchema {
  const { $schema: _dialect, $id: _address, ...rest } = schema;
  return rest;
}

/** `PageView`, and `PageView.v1` for an older major. */
function messageName(model: EventModel, models: readonly EventModel[]): string {
  const name = pascalCase(model.type);
  return isNewest(model, models) ? name : `${name}.v${majorOf(model.version)}`;
}

/** Whether no later major of the same event is there. */
function isNewest(model: EventModel | undefined, models: readonly EventModel[]): boolean {
  return !models.some(
    (other) =>
      other.type === model?.type && majorOf(other.version) > majorOf(model?.version ?? '0.0.0'),
  );
}
