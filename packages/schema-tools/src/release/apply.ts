import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { SchemaError } from '../errors.ts';
import { canonicalJson } from '../json-schema.ts';
import { indexReleased, RELEASED_FOLDER, RELEASED_INDEX, readReleased } from '../released.ts';
import type { Snapshot } from './plan.ts';

const run = promisify(execFile);

/**
 * Writes the snapshots and the index of all of them. A version that is there is never written again.
 *
 * @throws {@link SchemaError} `release_failed` when a snapshot is there already.
 */
export async function writeSnapshots(root: string, snapshots: readonly Snapshot[]): Promise<void> {
  if (snapshots.length === 0) return;
  const folder = path.join(root, RELEASED_FOLDER);
  for (const { file, content } of snapshots) {
    const target = path.join(folder, file);
    await mkdir(path.dirname(target), { recursive: true });
    try {
      await writeFile(target, content, { flag: 'wx' });
    } catch (cause) {
      throw new SchemaError(
        'release_failed',
        `${RELEASED_FOLDER}/${file} cannot be written and must never be written again once it is there; raise the version of the event.`,
        { cause },
      );
    }
  }
  const index = indexReleased(await readReleased(folder));
  await writeFile(path.join(folder, RELEASED_INDEX), canonicalJson(index));
}

/**
 * Runs `changeset version` of the repository: raises the packages, writes their changelogs and
 * removes the changesets.
 *
 * @throws {@link SchemaError} `release_failed`, with what it printed.
 */
export async function versionPackages(root: string): Promise<void> {
  try {
    const changeset = createRequire(path.join(root, 'package.json')).resolve(
      '@changesets/cli/bin.js',
    );
    await run(process.execPath, [changeset, 'version'], { cwd: root });
  } catch (cause) {
    throw new SchemaError('release_failed', `\`changeset version\` failed: ${whyOf(cause)}`, {
      cause,
    });
  }
}

function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const printed = ['stdout', 'stderr'].map((stream) => String(Reflect.get(cause, stream) ?? ''));
  return `${cause.message}\n${printed.join('')}`.trim();
}
