import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Registry } from '../define.ts';
import { SchemaError } from '../errors.ts';
import { loadRegistry } from '../load-registry.ts';
import {
  parseReleasedIndex,
  RELEASED_FOLDER,
  RELEASED_INDEX,
  type ReleasedIndex,
} from '../released.ts';

const run = promisify(execFile);
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

/** What git prints; undefined when it fails, as outside of a repository or without git. */
async function git(cwd: string, ...args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run('git', args, { cwd, maxBuffer: MOST_OUTPUT_BYTES });
    return stdout;
  } catch {
    return undefined;
  }
}

/** The commit that a ref names; undefined when there is none. */
export async function findCommit(cwd: string, ref: string): Promise<string | undefined> {
  const commit = await git(
    cwd,
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  );
  return commit?.trim();
}

/** What git knows of the index of released schemas. */
export interface IndexHistory {
  /** The index by every commit that changed it, the latest first. */
  readonly states: ReadonlyMap<string, ReleasedIndex>;
  /** `shallow`: older commits are missing. `none`: no repository, or no commit in it yet. */
  readonly extent: 'whole' | 'shallow' | 'none';
}

/**
 * Reads the index of released schemas as every commit left it that leads to `HEAD` or to one of those
 * given. A digest that was ever committed is one that somebody may have been given.
 */
export async function readIndexHistory(
  cwd: string,
  ...commits: readonly string[]
): Promise<IndexHistory> {
  const file = `./${RELEASED_FOLDER}/${RELEASED_INDEX}`;
  const list = ['rev-list', '--full-history', '--abbrev-commit', 'HEAD', ...commits];
  const listed = await git(cwd, ...list, '--', file);
  if (listed === undefined) return { states: new Map(), extent: 'none' };
  const states = new Map<string, ReleasedIndex>();
  for (const commit of listed.split('\n').filter((line) => line !== '')) {
    const text = await git(cwd, 'show', `${commit}:${file}`);
    const index = text === undefined ? undefined : indexIn(text);
    if (index !== undefined) states.set(commit, index);
  }
  const isShallow = (await git(cwd, 'rev-parse', '--is-shallow-repository'))?.trim() === 'true';
  return { states, extent: isShallow ? 'shallow' : 'whole' };
}

/** A commit may have left a merge conflict in the index, which recorded nothing. */
function indexIn(text: string): ReleasedIndex | undefined {
  try {
    return parseReleasedIndex(text);
  } catch (error) {
    if (error instanceof SchemaError) return undefined;
    throw error;
  }
}

/**
 * Loads the registry of a commit, with the schema-tools of today, from a copy that is gone
 * afterwards.
 *
 * @param file - the registry module, absolute, inside `cwd`.
 * @throws {@link SchemaError} `wrong_usage`: there is none in the commit, or it needs other schema-tools.
 */
export async function loadRegistryAt(cwd: string, commit: string, file: string): Promise<Registry> {
  const workspace = workspaceOf(cwd, file);
  const folder = path.relative(cwd, workspace).replaceAll(path.sep, '/') || '.';
  const listed = await git(cwd, 'ls-tree', '-r', '-z', '--name-only', commit, '--', folder);
  const names = (listed ?? '').split('\0').filter((name) => name !== '');
  const copy = await realpath(await mkdtemp(path.join(tmpdir(), 'schemas-at-')));
  try {
    for (const name of names) {
      const content = await git(cwd, 'show', `${commit}:./${name}`);
      const target = path.join(copy, name);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, content ?? '');
    }
    const modules = path.join(workspace, 'node_modules');
    if (existsSync(modules) && names.length > 0) {
      await symlink(modules, path.join(copy, folder, 'node_modules'), 'junction');
    }
    return await loadRegistry(path.join(copy, path.relative(cwd, file)));
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    const why = cause.message.replaceAll(copy + path.sep, '');
    throw new SchemaError(
      'wrong_usage',
      `The schemas of ${commit} cannot be read: ${why} Name a released version instead, as in --against 1.0.0.`,
      { cause },
    );
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** The package that the module belongs to: what it may import from. */
function workspaceOf(cwd: string, file: string): string {
  for (
    let folder = path.dirname(file);
    folder.startsWith(cwd + path.sep);
    folder = path.dirname(folder)
  ) {
    if (existsSync(path.join(folder, 'package.json'))) return folder;
  }
  return path.dirname(file);
}
