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

/**
 * Compares two majors of one event: without the field that tells them apart, because it always does.
 *
 * @throws {@link SchemaError} as {@link diffSchemas}.
 */
export function compareMajors(old: JsonSchema, now: JsonSchema): SchemaDiff {
  return diffSchemas(withoutVersionField(old), withoutVersionField(now));
}

function withoutVersionField(schema: JsonSchema): JsonSchema {
  const { $id: _, properties, required, ...rest } = schema;
  if (!isObject(properties) || !Array.isArray(required)) return schema;
  const { [VERSION_FIELD]: __, ...fields } = properties;
  const names = required.filter((name) => name !== VERSION_FIELD);
  return { ...rest, properties: fields, required: names };
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
