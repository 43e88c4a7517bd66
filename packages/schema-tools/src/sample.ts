import { SchemaError } from './errors.ts';
import { createRandom } from './fixtures/random.ts';
import type { Schema } from './subset.ts';

/**
 * A valid value with every field, made of the first example of each. A UUID ends in digits of its
 * own, because two events with one identity are one event.
 *
 * @param source - what the sample is of, such as `page_view`; decides the UUIDs.
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
  if (schema.examples !== undefined && schema.examples.length > 0) {
    const [example] = schema.examples;
    return isUuid(example) ? ownUuid(example, `${source} ${pointer}`) : example;
  }
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

const RANDOM_DIGITS = 12;

function isUuid(example: unknown): example is string {
  return (
    typeof example === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(example)
  );
}

function ownUuid(example: string, seed: string): string {
  const random = createRandom(seed);
  const digits = Array.from({ length: RANDOM_DIGITS }, () => random.below(16).toString(16));
  return example.slice(0, -RANDOM_DIGITS) + digits.join('');
}
