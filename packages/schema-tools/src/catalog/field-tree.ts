import type { JsonSchema } from '../json-schema.ts';

/** Who puts a value into a field: the SDK alone, the caller or else the SDK, or the caller alone. */
export type SetBy = 'sdk' | 'caller-or-sdk' | 'caller';

/** One field of an event, with those inside it. */
export interface FieldNode {
  readonly name: string;
  /** Where it is in the event: `items[].price`. */
  readonly path: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
  /** The same, or of a list (of lists) what it holds. */
  readonly innermost: JsonSchema;
  /** How many lists are around {@link innermost}. */
  readonly lists: number;
  readonly children: readonly FieldNode[];
}

/** The fields of an object schema, in its order. */
export function fieldTree(schema: JsonSchema, parent = ''): FieldNode[] {
  const { properties, required } = schema;
  if (!isSchema(properties)) return [];
  const names = new Set<unknown>(Array.isArray(required) ? required : []);
  return Object.entries(properties).flatMap(([name, field]) => {
    if (!isSchema(field)) return [];
    let [innermost, lists] = [field, 0];
    while (isSchema(innermost['items'])) [innermost, lists] = [innermost['items'], lists + 1];
    const path = `${parent}${name}${'[]'.repeat(lists)}`;
    const children = fieldTree(innermost, `${path}.`);
    return [{ name, path, required: names.has(name), schema: field, innermost, lists, children }];
  });
}

/** The fields and all that is inside them, parents first. */
export function flatten(fields: readonly FieldNode[]): FieldNode[] {
  return fields.flatMap((field) => [field, ...flatten(field.children)]);
}

/** Who sets a field of the event itself, told from what a caller may and must pass. */
export function setBy({ name, required }: FieldNode, inputSchema: JsonSchema): SetBy {
  const input = fieldTree(inputSchema).find((field) => field.name === name);
  if (input === undefined) return 'sdk';
  return required && !input.required ? 'caller-or-sdk' : 'caller';
}

/** The id of a field on the page of its event, and what links to it end in. */
export function fieldAnchor(path: string): string {
  return `field.${encodeURIComponent(path.replaceAll('[]', ''))}`;
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of an annotation, when it has any. */
export function textOf(schema: JsonSchema, keyword: string): string | undefined {
  const value = schema[keyword];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
