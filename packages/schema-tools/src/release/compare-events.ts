import { diffSchemas } from '../diff/diff.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { CompareSchemas } from './event-changes.ts';

/** The field on which the SDK stamps the version of the schema. */
const VERSION_FIELD = 'schema_version';

/** Compares two versions of an event with the rules of `schemas check`. */
export const compareEvents: CompareSchemas = (released, working) =>
  diffSchemas(withoutVersion(released), withoutVersion(working)).changes;

/** A schema names its own version in its address and in an example; that is no change of it. */
function withoutVersion(schema: JsonSchema): JsonSchema {
  const { $id: _, properties, ...rest } = schema;
  if (!isObject(properties)) return { ...rest, properties };
  const { [VERSION_FIELD]: stamped, ...fields } = properties;
  if (!isObject(stamped)) return { ...rest, properties };
  const { examples: __, ...field } = stamped;
  return { ...rest, properties: { ...fields, [VERSION_FIELD]: field } };
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
