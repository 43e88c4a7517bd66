import type { JsonSchema } from '../json-schema.ts';

/** One schema inside that of an event. */
export interface Node {
  readonly schema: JsonSchema;
  /** JSON pointer from the root of the event's schema; empty for the root. */
  readonly pointer: string;
  /** Names of the fields from the root, as people say them; a list and its items share theirs: `items.price`. */
  readonly path: readonly string[];
  readonly role: 'event' | 'field' | 'item';
}

/** A schema and all that lies inside it, in the order in which it is written. */
export function nodesOf(schema: JsonSchema): Node[] {
  return visit({ schema, pointer: '', path: [], role: 'event' });
}

/** The paths of all fields, joined by dots. */
export function pathsOf(schema: JsonSchema): Set<string> {
  const fields = nodesOf(schema).filter(({ role }) => role === 'field');
  return new Set(fields.map(({ path }) => path.join('.')));
}

function visit(node: Node): Node[] {
  const { schema, pointer, path } = node;
  const { items, properties } = schema;
  return [
    node,
    ...(isSchema(items)
      ? visit({ schema: items, pointer: `${pointer}/items`, path, role: 'item' })
      : []),
    ...(isSchema(properties) ? Object.entries(properties) : []).flatMap(([name, field]) =>
      isSchema(field)
        ? visit({
            schema: field,
            pointer: pointer + propertyPointer(name),
            path: [...path, name],
            role: 'field',
          })
        : [],
    ),
  ];
}

/** JSON pointer from a record to its field. */
export function propertyPointer(name: string): string {
  return `/properties/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Whether the node holds one value, rather than others, and the value is not always the same. */
export function isValue({ schema }: Node): boolean {
  if ('const' in schema) return false;
  if ('enum' in schema) return true;
  const { type } = schema;
  return type === 'string' || type === 'boolean' || isNumber(schema);
}

export function isNumber({ type }: JsonSchema): boolean {
  return type === 'number' || type === 'integer';
}

/** Whether `const` or `enum` say which values there are. */
export function isListed(schema: JsonSchema): boolean {
  return 'const' in schema || 'enum' in schema;
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
