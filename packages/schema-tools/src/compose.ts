import { type TSchema, Type } from '@sinclair/typebox';
import type { EventDefinition, Fields, Registry } from './define.ts';
import { type EventModel, toPlainSchema, writerSchema } from './json-schema.ts';
import { majorOf } from './majors.ts';
import { marks, withoutExceptions } from './marks.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * Every event of the registry with its envelope, as plain JSON Schema; of one type all majors that
 * are listed ({@link groupMajors} tells them apart).
 *
 * @param options.exceptions - keep the exceptions from lint rules. Default: false, because only lint
 *   reads them: a new last day of an exception is no new version of what is published.
 */
export function composeEvents(
  registry: Registry,
  { exceptions = false }: { readonly exceptions?: boolean } = {},
): EventModel[] {
  const models = registry.events.map((event) => composeEvent(registry, event));
  if (exceptions) return models;
  return models.map((model) => ({
    ...model,
    schema: withoutExceptions(model.schema),
    inputSchema: withoutExceptions(model.inputSchema),
  }));
}

function composeEvent(registry: Registry, event: EventDefinition): EventModel {
  const { stamped, defaulted, given } = registry.envelope;
  const { type, version, description, payload } = event;
  const id = `${registry.baseUri}${type}/${version}`;
  const annotations = {
    description,
    ...(event.owner === undefined ? {} : { 'x-owner': event.owner }),
    ...(event.reserved === undefined ? {} : { 'x-reserved': [...event.reserved] }),
    ...marks(event),
  };
  const full = { ...stamped(event), ...given, ...defaulted, ...payload };
  const input = { ...given, ...optionalAll(defaulted), ...payload };
  const upcast = registry.upcasts?.find(({ from }) => from === event);
  return {
    type,
    version,
    description,
    envelope: Object.keys({ ...stamped(event), ...given, ...defaulted }),
    common: Object.keys({ ...unchanging(registry, event), ...given, ...defaulted }),
    ...(upcast === undefined ? {} : { upcast: upcast.upcast.toString() }),
    schema: {
      $schema: DIALECT,
      $id: `${id}.json`,
      title: type,
      ...annotations,
      ...toPlainSchema(Type.Object(full)),
    },
    inputSchema: {
      $schema: DIALECT,
      $id: `${id}/input.json`,
      title: `${type} input`,
      ...annotations,
      ...writerSchema(toPlainSchema(Type.Object(input))),
    },
  };
}

/** What is stamped on this event and would be the same on any other. */
function unchanging({ envelope: { stamped } }: Registry, event: EventDefinition): Fields {
  const { type, version } = event;
  const other = stamped({ type: `${type}_other`, version: `${majorOf(version) + 1}.0.0` });
  return Object.fromEntries(
    Object.entries(stamped(event)).filter(
      ([name, field]) => JSON.stringify(field) === JSON.stringify(other[name]),
    ),
  );
}

function optionalAll(fields: Fields): Record<string, TSchema> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, Type.Optional(field)]),
  );
}
