import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SchemaError } from '../errors.ts';

/** What the site consists of, so that the next one knows what to remove and what is not its own. */
const MANIFEST = '.catalog.json';

/**
 * Writes a site, and removes what an earlier one wrote and this one does not have.
 *
 * @throws {@link SchemaError} `wrong_usage`: the folder holds something that is no catalog.
 */
export async function writeSite(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const file of await earlierFiles(folder)) {
    if (!files.has(file)) await rm(path.join(folder, file), { force: true });
  }
  for (const [file, content] of files) {
    const target = path.join(folder, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  await writeFile(path.join(folder, MANIFEST), `${JSON.stringify([...files.keys()].toSorted())}\n`);
}

async function earlierFiles(folder: string): Promise<string[]> {
  const names = await listIfThere(folder);
  if (names.length === 0) return [];
  const inside = (file: unknown): file is string =>
    typeof file === 'string' && !path.relative(folder, path.resolve(folder, file)).startsWith('..');
  try {
    const listed: unknown = JSON.parse(await readFile(path.join(folder, MANIFEST), 'utf8'));
    if (Array.isArray(listed)) return listed.filter(inside);
  } catch (cause) {
    throw notACatalog(folder, { cause });
  }
  throw notACatalog(folder);
}

function notACatalog(folder: string, options?: ErrorOptions): SchemaError {
  return new SchemaError(
    'wrong_usage',
    `${folder} holds something that is no catalog; choose an empty folder with --out.`,
    options,
  );
}

async function listIfThere(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
