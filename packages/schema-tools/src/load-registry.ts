import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Registry } from './define.ts';
import { SchemaError } from './errors.ts';

/**
 * Imports the module whose default export is the registry.
 *
 * @throws {@link SchemaError} `registry_not_found`.
 */
export async function loadRegistry(file: string): Promise<Registry> {
  const absolute = path.resolve(file);
  if (!existsSync(absolute)) {
    throw new SchemaError(
      'registry_not_found',
      `There is no registry at ${file}; run from the root of the repository or pass --registry.`,
    );
  }
  const module: unknown = await import(pathToFileURL(absolute).href);
  const registry = isObject(module) ? module['default'] : undefined;
  if (!isRegistry(registry)) {
    throw new SchemaError(
      'registry_not_found',
      `${file} has no registry; make defineRegistry({…}) its default export.`,
    );
  }
  return registry;
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
