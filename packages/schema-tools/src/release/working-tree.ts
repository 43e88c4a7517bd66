import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { SchemaError } from '../errors.ts';

const run = promisify(execFile);

/**
 * Files of the working tree that are not as they were committed, relative to the root. Those that
 * git ignores do not count.
 *
 * @throws {@link SchemaError} `wrong_usage` outside of a git repository.
 */
export async function listUncommitted(root: string): Promise<string[]> {
  const entries = await status(root);
  return entries.map(({ file }) => file);
}

/**
 * Takes back whatever was changed, added or removed under some paths since the last commit.
 *
 * @param paths - git pathspecs, relative to the root; nothing else is touched.
 */
export async function restoreCommitted(root: string, paths: readonly string[]): Promise<void> {
  const entries = await status(root, paths);
  const known = entries.filter(({ tracked }) => tracked).map(({ file }) => file);
  if (known.length > 0) await git(root, 'restore', '--source=HEAD', '--', ...known);
  for (const { file, tracked } of entries) if (!tracked) await rm(path.join(root, file));
}

async function status(root: string, paths: readonly string[] = []) {
  const args = ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames'];
  const output = await git(root, ...args, '--', ...paths);
  return output
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => ({ tracked: !entry.startsWith('??'), file: entry.slice(3) }));
}

async function git(root: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('git', ['-C', root, ...args]);
    return stdout;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new SchemaError(
      'wrong_usage',
      `git cannot be asked about ${root}; run in a clone of the repository. ${why}`,
      { cause },
    );
  }
}
