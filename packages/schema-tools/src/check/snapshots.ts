import { indexReleased, type ReleasedIndex, type ReleasedSchema } from '../released.ts';

/** A released snapshot that is not what was released. */
export interface SnapshotProblem {
  /** Relative to the folder of the snapshots. */
  readonly file: string;
  readonly problem: 'changed' | 'removed' | 'unlisted';
  /** Where it is seen: the index beside the snapshots, or that of a commit. */
  readonly seenIn: string;
}

/**
 * Released schemas never change, for records that were written by them do not either. The index
 * shows a changed snapshot in every clone, shallow ones of CI and source archives included. The same
 * index in the history shows when somebody changed a snapshot and its digest together.
 *
 * @param index - the one beside the snapshots; undefined when there is none.
 * @param history - earlier states of it by commit.
 * @param withdrawn - digests that the history may have and nobody was ever given.
 */
export function checkSnapshots(
  released: readonly ReleasedSchema[],
  index: ReleasedIndex | undefined,
  history: ReadonlyMap<string, ReleasedIndex>,
  withdrawn: ReadonlySet<string> = new Set(),
): SnapshotProblem[] {
  const actual = indexReleased(released);
  const listed = index ?? {};
  const unlisted = Object.keys(actual).filter((file) => listed[file] === undefined);
  const problems = [
    ...unlisted.map(
      (file): SnapshotProblem => ({ file, problem: 'unlisted', seenIn: 'the index' }),
    ),
    ...differences(listed, actual, 'the index'),
  ];
  for (const [commit, earlier] of history) {
    const binding = Object.entries(earlier).filter(([, digest]) => !withdrawn.has(digest));
    for (const found of differences(Object.fromEntries(binding), actual, commit)) {
      if (!problems.some(({ file, problem }) => file === found.file && problem === found.problem)) {
        problems.push(found);
      }
    }
  }
  return problems;
}

function differences(
  wanted: ReleasedIndex,
  actual: ReleasedIndex,
  seenIn: string,
): SnapshotProblem[] {
  return Object.entries(wanted).flatMap(([file, digest]): SnapshotProblem[] => {
    const found = actual[file];
    if (found === digest) return [];
    return [{ file, problem: found === undefined ? 'removed' : 'changed', seenIn }];
  });
}
