import { SchemaError } from '../errors.ts';

/** Names that generated code or the hand-written part of the events package needs for itself. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(
  `AnyEvent contracts dispatch EventContract EventHandlers EventInputMap EventMap EventMethods
  eventMethods EventSchemas EventType formatIssues JsonSchema OlderContract olderContracts ParsedEvent parseEvent
  ParseFailure ParseFailureReason ParseResult Promise Receipt RecordContext schemas Track ValidationIssue`.split(
    /\s+/,
  ),
);

/** What one event's file exports. */
export interface FileExports {
  /** The event. */
  readonly type: string;
  readonly values: readonly string[];
  /** Interfaces of the event itself. */
  readonly roots: readonly string[];
  /** Interfaces of the records inside it, with their bodies: events may have records in common. */
  readonly records: ReadonlyMap<string, string>;
}

/**
 * What the index exports from each file, in the order of the files: everything, but a record that
 * several events have in common only from the first.
 *
 * @throws {@link SchemaError} `invalid_definition` when two things have one name.
 */
export function exportsOf(files: readonly FileExports[]): string[][] {
  const owners = new Map<string, { readonly type: string; readonly body: string }>();
  return files.map(({ type, values, roots, records }) => {
    const own = [...values, ...roots].map((name) => [name, ''] as const);
    const fresh = [...own, ...records].filter(([name, body]) => {
      const owner = owners.get(name);
      if (owner?.body === body && body !== '') return false;
      if (owner !== undefined || RESERVED_NAMES.has(name)) throw collision(type, name, owner?.type);
      owners.set(name, { type, body });
      return true;
    });
    const isValue = new Set(values);
    return fresh.map(([name]) => (isValue.has(name) ? name : `type ${name}`));
  });
}

function collision(type: string, name: string, owner = 'the SDK'): SchemaError {
  return new SchemaError(
    'invalid_definition',
    `${type} and ${owner} both want the name ${name} in generated code; ` +
      'rename the event, or give the record another "title".',
  );
}
