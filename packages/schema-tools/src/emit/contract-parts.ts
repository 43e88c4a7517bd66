import { SchemaError } from '../errors.ts';
import { readSchema } from '../read-schema.ts';
import type { ObjectSchema } from '../subset.ts';

/**
 * Reads the schema of a whole event.
 *
 * @throws {@link SchemaError} `unsupported_schema`, also when it is no object.
 */
export function readRecord(schema: unknown, source: string): ObjectSchema {
  const read = readSchema(schema, source);
  if (read.kind === 'object') return read;
  throw new SchemaError('unsupported_schema', `${source}: the root must be of type object.`);
}

/** An exported type guard around a function that may throw. */
export function guard(name: string, type: string, check: string): string[] {
  return [
    `export function ${name}(value: unknown): value is ${type} {`,
    '  try {',
    `    return ${check}(value);`,
    '  } catch {',
    '    return false; // a getter or a proxy threw',
    '  }',
    '}',
    '',
  ];
}
