import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GENERATED_FOLDERS, HEADER } from './generate.ts';

/** A file that is not as the schemas want it. */
export interface Drift {
  /** Relative to the root, with forward slashes. */
  readonly file: string;
  /** `stale`: of an event that is no longer there. */
  readonly kind: 'missing' | 'changed' | 'stale';
}

/** Compares what lies under the root with what was generated. */
export async function findDrift(
  root: string,
  files: ReadonlyMap<string, string>,
): Promise<Drift[]> {
  const drift: Drift[] = [];
  for (const [file, content] of files) {
    const found = await readIfThere(path.join(root, file));
    if (found === undefined) drift.push({ file, kind: 'missing' });
    else if (found !== content) drift.push({ file, kind: 'changed' });
  }
  for (const file of await listGenerated(root)) {
    if (!files.has(file)) drift.push({ file, kind: 'stale' });
  }
  return drift.toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

/** Makes it so: writes what is missing or changed, removes what is stale. */
export async function repairDrift(
  root: string,
  files: ReadonlyMap<string, string>,
  drift: readonly Drift[],
): Promise<void> {
  for (const { file, kind } of drift) {
    const target = path.join(root, file);
    if (kind === 'stale') {
      await rm(target);
      continue;
    }
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, files.get(file) ?? '');
  }
}

/** Generated files under the root; what somebody else put into the folders is none of ours. */
async function listGenerated(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of GENERATED_FOLDERS) {
    for (const file of await listIfThere(path.join(root, folder))) {
      const [first = ''] = (await readFile(file, 'utf8')).split('\n', 1);
      if (first.endsWith(HEADER)) found.push(path.relative(root, file).replaceAll(path.sep, '/'));
    }
  }
  return found;
}

/** Files in the folder, however deep. */
async function listIfThere(folder: string): Promise<string[]> {
  const files = await ifThere(async () => {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile());
  });
  return (files ?? []).map(({ parentPath, name }) => path.join(parentPath, name));
}

async function readIfThere(file: string): Promise<string | undefined> {
  return ifThere(() => readFile(file, 'utf8'));
}

async function ifThere<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
