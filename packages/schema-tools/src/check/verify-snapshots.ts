import path from 'node:path';
import {
  RELEASED_FOLDER,
  type ReleasedSchema,
  readReleasedIndex,
  readWithdrawn,
} from '../released.ts';
import { type IndexHistory, readIndexHistory } from './git.ts';
import { checkSnapshots, type SnapshotProblem } from './snapshots.ts';

/** What is known about the snapshots of a repository. */
export interface Snapshots {
  readonly problems: readonly SnapshotProblem[];
  /** How much of the history was there to hold them against. */
  readonly history: IndexHistory['extent'];
}

/**
 * Holds the snapshots of a repository against their index and its history.
 *
 * @param released - the snapshots, as they are read.
 * @param commits - that count as history, besides those that led here.
 * @throws {@link SchemaError} `invalid_snapshot`: an index cannot be read.
 */
export async function verifySnapshots(
  root: string,
  released: readonly ReleasedSchema[],
  ...commits: readonly string[]
): Promise<Snapshots> {
  const folder = path.join(root, RELEASED_FOLDER);
  const { states, extent } = await readIndexHistory(root, ...commits);
  const index = await readReleasedIndex(folder);
  const withdrawn = new Set(Object.keys(await readWithdrawn(folder)));
  return { problems: checkSnapshots(released, index, states, withdrawn), history: extent };
}
