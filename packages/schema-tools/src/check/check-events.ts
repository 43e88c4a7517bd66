import { inc, lt } from 'semver';
import { type Bump, type Change, largestBump } from '../diff/change.ts';
import type { EventModel } from '../json-schema.ts';
import { majorOf } from '../majors.ts';
import { byTypeAndVersion, type ReleasedSchema } from '../released.ts';
import { compareVersions } from './compare-versions.ts';

/** A change and the released version that it is a change of. */
export interface VersionChange extends Change {
  readonly against: string;
}

/** What `check` says about one major of one event. */
export interface EventVerdict {
  readonly type: string;
  /** As declared; of a removed event the last that was released. */
  readonly version: string;
  /** `major`: the first version of a major, beside or after others of the event. */
  readonly kind: 'unchanged' | 'changed' | 'event' | 'major' | 'removed';
  /** The released versions of this major that it was compared with, ascending. */
  readonly compared: readonly string[];
  /** Against the last of them; of the others, what the last does not show and somebody breaks by. */
  readonly changes: readonly VersionChange[];
  /** What the packages need for this event; undefined when nothing changed. */
  readonly bump?: Bump;
  /** The lowest version that may be declared. */
  readonly needed?: string;
  /** Whether the declared version is high enough, or the removal is declared. */
  readonly ok: boolean;
}

/**
 * Compares every working schema with every released version of its major, in both directions: a
 * stream holds records of all of them, and all of them may still be running.
 *
 * @param released - sorted, see {@link readReleased}.
 * @param reserved - types that the registry declares as gone.
 */
export function checkEvents(
  models: readonly EventModel[],
  released: readonly ReleasedSchema[],
  reserved: readonly string[] = [],
): EventVerdict[] {
  const present = models.map((model) => checkEvent(model, released));
  const lasts = new Map(released.map((snapshot) => [lineOf(snapshot), snapshot]));
  for (const model of models) lasts.delete(lineOf(model));
  const removed = Array.from(lasts.values(), ({ type, version }): EventVerdict => {
    const ok = reserved.includes(type) && !models.some((model) => model.type === type);
    return { type, version, kind: 'removed', compared: [version], changes: [], bump: 'major', ok };
  });
  return [...present, ...removed].toSorted(byTypeAndVersion);
}

function checkEvent(model: EventModel, released: readonly ReleasedSchema[]): EventVerdict {
  const { type, version } = model;
  const bases = released.filter((snapshot) => lineOf(snapshot) === lineOf(model));
  const compared = bases.map((snapshot) => snapshot.version);
  const last = bases.at(-1);
  if (last === undefined) {
    const isNew = released.every((snapshot) => snapshot.type !== type);
    const [kind, bump] = isNew ? (['event', 'minor'] as const) : (['major', 'major'] as const);
    return { type, version, kind, compared, changes: [], bump, ok: true };
  }
  const changes = changesSince(bases, last, model);
  const bump = largestBump(changes);
  const needed = bump === undefined ? last.version : (inc(last.version, bump) ?? last.version);
  return {
    type,
    version,
    kind: bump === undefined ? 'unchanged' : 'changed',
    compared,
    changes,
    ...(bump === undefined ? {} : { bump }),
    needed,
    ok: !lt(version, needed),
  };
}

function changesSince(
  bases: readonly ReleasedSchema[],
  last: ReleasedSchema,
  { schema }: EventModel,
): VersionChange[] {
  const changesFrom = (base: ReleasedSchema): VersionChange[] =>
    compareVersions(base.schema, schema).changes.map((each) => ({
      ...each,
      against: base.version,
    }));
  const found = changesFrom(last);
  const known = new Set(found.map(keyOf));
  for (const base of bases.toReversed()) {
    for (const each of changesFrom(base)) {
      if ((each.backward && each.forward) || known.has(keyOf(each))) continue;
      known.add(keyOf(each));
      found.push(each);
    }
  }
  return found;
}

function keyOf({ rule, path, backward, forward }: Change): string {
  return JSON.stringify([rule, path, backward, forward]);
}

/** Versions that must understand one another: of one event and one major. */
function lineOf({ type, version }: Pick<ReleasedSchema, 'type' | 'version'>): string {
  return `${type} ${majorOf(version)}`;
}
