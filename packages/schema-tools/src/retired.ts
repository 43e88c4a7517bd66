import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SchemaError } from './errors.ts';
import { canonicalJson } from './json-schema.ts';
import { RELEASED_FOLDER } from './released.ts';

/** Lies beside the snapshots, which stay: records of an event that is gone may still be around. */
const FILE = 'retired.json';

/**
 * The last versions of the events and majors that earlier releases have removed, such as
 * `click/1.2.0`: their removal needs no major release again.
 *
 * @param folder - of the released schemas.
 * @throws {@link SchemaError} `invalid_snapshot` when the file is no list of strings.
 */
export async function readRetired(folder: string): Promise<string[]> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path.join(folder, FILE), 'utf8'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw invalid(cause);
  }
  if (!isList(value)) throw invalid();
  return value;
}

/** What names an event or a major that is gone: its last version. */
export function retiredKey(last: { readonly type: string; readonly version: string }): string {
  return `${last.type}/${last.version}`;
}

/** Adds to the list. */
export async function writeRetired(folder: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const all = new Set([...(await readRetired(folder)), ...keys]);
  await writeFile(path.join(folder, FILE), canonicalJson([...all].toSorted()));
}

function isList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function invalid(cause?: unknown): SchemaError {
  const message = `${RELEASED_FOLDER}/${FILE} is no list of events; restore it from the last release.`;
  return new SchemaError('invalid_snapshot', message, { cause });
}
