import { SchemaError } from './errors.ts';
import type { Schema } from './subset.ts';

/**
 * A valid value with every field, made of the first example of each.
 *
 * @throws {@link SchemaError} `unsupported_schema` when a field has no example and none can be made.
 */
export function sampleOf(schema: Schema, source: string, pointer = ''): unknown {
  if (schema.kind === 'const') return schema.value;
  if (schema.kind === 'object') {
    return Object.fromEntries(
      schema.fields.map(({ name, schema: field }) => [
        name,
        sampleOf(field, source, `${pointer}/properties/${name}`),
      ]),
    );
  }
  if (schema.examples !== undefined && schema.examples.length > 0) return schema.examples[0];
  if (schema.kind === 'enum') return schema.values[0];
  if (schema.kind === 'boolean') return true;
  if (schema.kind === 'null') return null;
  if (schema.kind === 'array') {
    const length = Math.min(Math.max(1, schema.minItems ?? 0), schema.maxItems ?? Infinity);
    return Array.from({ length }, () => sampleOf(schema.items, source, `${pointer}/items`));
  }
  throw new SchemaError(
    'unsupported_schema',
    `${source}: ${pointer} has no "examples"; give one, it becomes the sample.`,
  );
}
