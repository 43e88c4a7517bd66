import type { ObjectSchema, Schema } from '../subset.ts';

/**
 * What a writer should no longer send, as `page_view` for the event itself and `page_view.title` for
 * a field; fields of the records in a list are named like those of a record: `purchase.items.name`.
 */
export function deprecatedKeys(type: string, schema: ObjectSchema): string[] {
  return [...(schema.deprecated === undefined ? [] : [type]), ...keysInside(type, schema)];
}

function keysInside(path: string, schema: Schema): string[] {
  if (schema.kind === 'array') return keysInside(path, schema.items);
  if (schema.kind !== 'object') return [];
  return schema.fields.flatMap((field) => {
    const own = `${path}.${field.name}`;
    const isDeprecated = field.schema.deprecated !== undefined;
    return [...(isDeprecated ? [own] : []), ...keysInside(own, field.schema)];
  });
}
