import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Registry } from './define.ts';
import { SchemaError } from './errors.ts';

/**
 * Imports the module whose default export is the registry.
 *
 * @throws {@link SchemaError} `registry_not_found`, or `invalid_definition` when the module throws.
 */
export async function loadRegistry(file: string): Promise<Registry> {
  const absolute = path.resolve(file);
  if (!existsSync(absolute)) {
    throw new SchemaError(
      'registry_not_found',
      `There is no registry at ${file}; run from the root of the repository or pass --registry.`,
    );
  }
  const module = await importModule(absolute, file);
  const registry = isObject(module) ? module['default'] : undefined;
  if (!isRegistry(registry)) {
    throw new SchemaError(
      'registry_not_found',
      `${file} has no registry; make defineRegistry({…}) its default export.`,
    );
  }
  return registry;
}

async function importModule(absolute: string, file: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(absolute).href);
  } catch (cause) {
    if (cause instanceof SchemaError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SchemaError('invalid_definition', `${file} cannot be imported: ${why}`, { cause });
  }
}

function isRegistry(value: unknown): value is Registry {
  return (
    isObject(value) &&
    Array.isArray(value['events']) &&
    typeof value['baseUri'] === 'string' &&
    isObject(value['envelope'])
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
