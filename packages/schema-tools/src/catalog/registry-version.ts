import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isSchema, textOf } from './field-tree.ts';

/** The version of the package that the registry is in; `0.0.0` when it is in none. */
export async function registryVersion(file: string): Promise<string> {
  const manifest = findPackageJSON(pathToFileURL(file));
  if (manifest === undefined) return '0.0.0';
  const content: unknown = JSON.parse(await readFile(manifest, 'utf8'));
  return (isSchema(content) ? textOf(content, 'version') : undefined) ?? '0.0.0';
}
