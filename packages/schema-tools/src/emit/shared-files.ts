import type { EventModel } from '../json-schema.ts';
import { readRecord } from './contract-parts.ts';
import type { EventFile } from './event-file.ts';
import type { EventNames } from './event-names.ts';
import { exportsOf } from './exports.ts';
import { stringLiteral } from './names.ts';
import { createPrinter, docComment, list } from './printer.ts';
import { deprecationTag } from './types.ts';

const EVENTS_PACKAGE = '@clickstream/events';

interface NamedMajor {
  readonly model: EventModel;
  readonly names: EventNames;
}

export interface NamedEvent extends NamedMajor {
  /** The majors before this one, in ascending order. */
  readonly older: readonly NamedMajor[];
}

/** Everything that the events package exports from its generated code. */
export function emitIndex(
  events: readonly { readonly names: EventNames; readonly file: EventFile }[],
  header: readonly string[],
): string {
  const printer = createPrinter(header);
  const exported = exportsOf(events.map(({ file }) => file.exports));
  for (const [index, { names }] of events.entries()) {
    printer.print(list('export {', exported[index] ?? [], `} from './${names.file}';`, ''));
  }
  const registry = ['AnyEvent', 'EventInputMap', 'EventMap', 'EventType'].map(
    (name) => `type ${name}`,
  );
  const all = ['contracts', 'olderContracts', 'schemas', ...registry];
  printer.print(list('export {', all, "} from './registry.ts';", ''));
  return printer.toString();
}

/** The maps from event type to types and contract. */
export function emitRegistry(events: readonly NamedEvent[], header: readonly string[]): string {
  const { print, use, useType, toString } = createPrinter(header);
  const used = (names: EventNames, member: 'contract' | 'schema' | 'inputSchema') =>
    use(names[member], `./${names.file}`);
  const schemasOf = ({ type, version }: EventModel, members: readonly string[]) =>
    list(
      '{',
      [`type: ${stringLiteral(type)}`, `version: ${stringLiteral(version)}`, ...members],
      '},',
      '  ',
    );
  const map = (name: string, member: 'type' | 'input') => [
    `export interface ${name} {`,
    ...events.map(
      ({ model, names }) => `  ${model.type}: ${useType(names[member], `./${names.file}`)};`,
    ),
    '}',
    '',
  ];
  print(
    docComment(['Every event by its `event_type`.'], ''),
    ...map('EventMap', 'type'),
    docComment(['What a caller passes to the SDK, by `event_type`.'], ''),
    ...map('EventInputMap', 'input'),
    'export type EventType = keyof EventMap;',
    '',
    docComment(['Any event; `event_type` tells which.'], ''),
    'export type AnyEvent = EventMap[EventType];',
    '',
    docComment(['Every contract. Importing it imports all events; for one, import that one.'], ''),
    'export const contracts: {',
    `  readonly [Type in EventType]: ${useType('EventContract', '../contract.ts')}<EventMap[Type], EventInputMap[Type]>;`,
    '} = {',
    ...events.map(({ model, names }) => {
      const contract = used(names, 'contract');
      return model.type === contract ? `  ${contract},` : `  ${model.type}: ${contract},`;
    }),
    '};',
    '',
    docComment(
      [
        'Older majors, in ascending order, of the events that have any. Nobody writes them any more.',
      ],
      '',
    ),
    'export const olderContracts: {',
    `  readonly [Type in EventType]?: readonly ${useType('OlderContract', '../contract.ts')}[];`,
    ...(events.every(({ older }) => older.length === 0) ? ['} = {};'] : ['} = {']),
    ...events.flatMap(({ model, older }) => {
      if (older.length === 0) return [];
      const known = older.map(({ names }) => used(names, 'contract'));
      return [list(`${model.type}: [`, known, '],', '  ').replace('[ ', '[').replace(' ],', '],')];
    }),
    ...(events.every(({ older }) => older.length === 0) ? [] : ['};']),
    '',
    docComment(['The JSON Schemas of every event and of its older majors, which come first.'], ''),
    `export const schemas: readonly ${useType('EventSchemas', '../contract.ts')}[] = [`,
    ...events.flatMap(({ model, names, older }) => [
      ...older.map((major) => schemasOf(major.model, [`schema: ${used(major.names, 'schema')}`])),
      schemasOf(model, [
        `schema: ${used(names, 'schema')}`,
        `inputSchema: ${used(names, 'inputSchema')}`,
      ]),
    ]),
    '];',
  );
  return toString();
}

/** One typed method per event for the producer. */
export function emitMethods(events: readonly NamedEvent[], header: readonly string[]): string {
  const { print, use, useType, toString } = createPrinter(header);
  const contract = useType('EventContract', EVENTS_PACKAGE);
  const inputMap = useType('EventInputMap', EVENTS_PACKAGE);
  const map = useType('EventMap', EVENTS_PACKAGE);
  const eventType = useType('EventType', EVENTS_PACKAGE);
  const receipt = useType('Receipt', '../receipt.ts');
  print(
    docComment(['Validates one event and puts it on the stream.'], ''),
    `export type Track<Result> = <Type extends ${eventType}>(`,
    `  contract: ${contract}<${map}[Type], ${inputMap}[Type]>,`,
    `  input: ${inputMap}[Type],`,
    ') => Promise<Result>;',
    '',
    docComment(['One method per event.'], ''),
    `export interface EventMethods<Result = ${receipt}> {`,
    ...events.flatMap(({ model, names }) => [
      docComment(
        [model.description, 'Resolves when the record is in the stream.', ...tag(model)],
        '  ',
      ),
      `  ${names.method}(event: ${useType(names.input, EVENTS_PACKAGE)}): Promise<Result>;`,
    ]),
    '}',
    '',
    docComment(['The methods, each a call of `track` with its contract.'], ''),
    'export function eventMethods<Result>(track: Track<Result>): EventMethods<Result> {',
    '  return {',
    ...events.map(
      ({ model, names }) =>
        `    ${names.method}: (event) => track<${stringLiteral(model.type)}>(${use(names.contract, EVENTS_PACKAGE)}, event),`,
    ),
    '  };',
    '}',
  );
  return toString();
}

/** One typed handler per event for the consumer. */
export function emitHandlers(events: readonly NamedEvent[], header: readonly string[]): string {
  const { print, useType, toString } = createPrinter(header);
  const anyEvent = useType('AnyEvent', EVENTS_PACKAGE);
  const context = useType('RecordContext', '../record-context.ts');
  print(
    docComment(['What to do with each event. A handler may answer at once or with a promise.'], ''),
    'export interface EventHandlers<Result = void> {',
    ...events.flatMap(({ model, names }) => [
      docComment([model.description, ...tag(model)], '  '),
      `  ${names.method}(event: ${useType(names.type, EVENTS_PACKAGE)}, context: ${context}): Result | Promise<Result>;`,
    ]),
    '}',
    '',
    docComment(['Every handler that there must be.'], ''),
    'export const handlerNames = [',
    ...events.map(({ names }) => `  ${stringLiteral(names.method)},`),
    '] as const satisfies readonly (keyof EventHandlers)[];',
    '',
    docComment(['Calls the handler of an event.'], ''),
    'export function dispatch<Result>(',
    '  handlers: EventHandlers<Result>,',
    `  event: ${anyEvent},`,
    `  context: ${context},`,
    '): Result | Promise<Result> {',
    '  switch (event.event_type) {',
    ...events.flatMap(({ model, names }) => [
      `    case ${stringLiteral(model.type)}:`,
      `      return handlers.${names.method}(event, context);`,
    ]),
    '  }',
    '}',
  );
  return toString();
}

function tag(model: EventModel): string[] {
  return deprecationTag(readRecord(model.schema, model.type).deprecated);
}
