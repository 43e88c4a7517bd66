import { diffSchemas, type SchemaDiff } from '../diff/diff.ts';
import type { JsonSchema } from '../json-schema.ts';

/** The field on which the SDK stamps the version of the schema. */
const VERSION_FIELD = 'schema_version';

/**
 * Compares two versions of one event.
 *
 * @throws {@link SchemaError} as {@link diffSchemas}.
 */
export function compareVersions(old: JsonSchema, now: JsonSchema): SchemaDiff {
  return diffSchemas(withoutVersion(old), withoutVersion(now));
}

/** A schema names its version in its `$id` and in an example: no change that needs a new version. */
function withoutVersion(schema: JsonSchema): JsonSchema {
  const { $id: _, ...rest } = schema;
  const { properties } = rest;
  if (!isObject(properties)) return rest;
  const stamped = properties[VERSION_FIELD];
  if (!isObject(stamped)) return rest;
  const { examples: __, ...field } = stamped;
  return { ...rest, properties: { ...properties, [VERSION_FIELD]: field } };
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
