import { inc } from 'semver';
import { canonicalJson } from '../json-schema.ts';
import { retiredKey } from '../retired.ts';
import type { ReleaseState } from './read-state.ts';

/** A working schema that becomes immutable. */
export interface Snapshot {
  readonly type: string;
  readonly version: string;
  /** Relative to the folder of the released schemas. */
  readonly file: string;
  readonly content: string;
}

/** What a release will do. */
export interface ReleasePlan {
  /** The version of the packages; both are the same when they are not released. */
  readonly from: string;
  readonly to: string;
  readonly snapshots: readonly Snapshot[];
  /** Last versions of the events and majors that are gone, to be remembered as such. */
  readonly retired: readonly string[];
}

/** Finds out what there is to release. Pure. */
export function planRelease({ models, released, changes, pending }: ReleaseState): ReleasePlan {
  const { version, declared } = pending;
  const present = new Set(released.map(({ file }) => file));
  const snapshots = models.map(({ type, version: of, schema }) => ({
    type,
    version: of,
    file: `${type}/${of}.json`,
    content: canonicalJson(schema),
  }));
  return {
    from: version,
    to: declared === undefined ? version : (inc(version, declared) ?? version),
    snapshots: snapshots.filter(({ file }) => !present.has(file)),
    retired: changes
      .filter(({ kind }) => kind === 'event-removed' || kind === 'major-retired')
      .map(retiredKey),
  };
}

/** Whether there is nothing to do. */
export function isEmpty({ from, to, snapshots }: ReleasePlan): boolean {
  return from === to && snapshots.length === 0;
}
