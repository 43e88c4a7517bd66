import { inc, lt } from 'semver';
import type { Registry } from '../define.ts';
import { type Bump, type Change, largestBump } from '../diff/change.ts';
import type { EventModel } from '../json-schema.ts';
import { majorOf } from '../majors.ts';
import { byTypeAndVersion, type ReleasedSchema } from '../released.ts';
import { retiredKey } from '../retired.ts';
import { compareMajors, compareVersions } from './compare-versions.ts';

/** A change and the released version that it is a change of. */
export interface VersionChange extends Change {
  readonly against: string;
}

/** What `check` says about one major of one event. */
export interface EventVerdict {
  readonly type: string;
  /** As declared; of a removed event the last that was released. */
  readonly version: string;
  /**
   * `major`: the first version of a major, beside or after others of the event. `removed`: not
   * defined any more. `retired`: the same, of a major that the registry declares as such.
   */
  readonly kind: 'unchanged' | 'changed' | 'event' | 'major' | 'removed' | 'retired';
  /** The released versions of this major that it was compared with, ascending. */
  readonly compared: readonly string[];
  /**
   * Against the last of them; of the others, what the last does not show and somebody breaks by. Of a
   * new major, against the major before it, as it is defined or was released last: what an upcast has
   * to see to.
   */
  readonly changes: readonly VersionChange[];
  /** What the packages need for this event; undefined when nothing changed. */
  readonly bump?: Bump;
  /** The lowest version that may be declared. */
  readonly needed?: string;
  /** Whether the declared version is high enough, or the removal is declared. */
  readonly ok: boolean;
  /** Of a retired major: why none of its records is left to read. */
  readonly why?: string;
}

/** What is not defined any more, and may be so. */
export interface Gone extends Pick<Registry, 'reserved' | 'retired'> {
  /** What earlier releases have removed, see {@link retiredKey}: no change any more. */
  readonly released?: ReadonlySet<string>;
}

/**
 * Compares every working schema with every released version of its major, in both directions: a
 * stream holds records of all of them, and all of them may still be running.
 *
 * @param released - sorted, see {@link readReleased}.
 */
export function checkEvents(
  models: readonly EventModel[],
  released: readonly ReleasedSchema[],
  gone: Gone = {},
): EventVerdict[] {
  const present = models.map((model) => checkEvent(model, models, released));
  const lasts = new Map(released.map((snapshot) => [lineOf(snapshot), snapshot]));
  for (const model of models) lasts.delete(lineOf(model));
  const removed = Array.from(lasts.values(), (last) => checkGone(last, models, gone));
  return [...present, ...removed].toSorted(byTypeAndVersion);
}

function checkGone(
  last: ReleasedSchema,
  models: readonly EventModel[],
  { reserved = [], retired = [], released }: Gone,
): EventVerdict {
  const { type, version } = last;
  const declared = retired.find((each) => each.type === type && each.major === majorOf(version));
  const ok = reserved.includes(type) && !models.some((model) => model.type === type);
  return {
    type,
    version,
    kind: declared === undefined ? 'removed' : 'retired',
    compared: [version],
    changes: [],
    ...(released?.has(retiredKey(last)) ? {} : { bump: 'major' }),
    ok: ok || declared !== undefined,
    ...(declared === undefined ? {} : { why: declared.why }),
  };
}

function checkEvent(
  model: EventModel,
  models: readonly EventModel[],
  released: readonly ReleasedSchema[],
): EventVerdict {
  const { type, version } = model;
  const bases = released.filter((snapshot) => lineOf(snapshot) === lineOf(model));
  const compared = bases.map((snapshot) => snapshot.version);
  const last = bases.at(-1);
  if (last === undefined) {
    const isNew = released.every((snapshot) => snapshot.type !== type);
    const [kind, bump] = isNew ? (['event', 'minor'] as const) : (['major', 'major'] as const);
    const isBefore = (each: Version): boolean => each.type === type && lt(each.version, version);
    const before =
      models.filter(isBefore).toSorted(byTypeAndVersion).at(-1) ?? released.findLast(isBefore);
    const changes = before === undefined ? [] : changesFrom(before, model, compareMajors);
    return { type, version, kind, compared, changes, bump, ok: true };
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
  model: EventModel,
): VersionChange[] {
  const found = changesFrom(last, model);
  const known = new Set(found.map(keyOf));
  for (const base of bases.toReversed()) {
    for (const each of changesFrom(base, model)) {
      if ((each.backward && each.forward) || known.has(keyOf(each))) continue;
      known.add(keyOf(each));
      found.push(each);
    }
  }
  return found;
}

/** One version of an event, working or released. */
type Version = Pick<ReleasedSchema, 'type' | 'version' | 'schema'>;

function changesFrom(
  base: Version,
  { schema }: Version,
  compare: typeof compareVersions = compareVersions,
): VersionChange[] {
  return compare(base.schema, schema).changes.map((each) => ({
    ...each,
    against: base.version,
  }));
}

function keyOf({ rule, path, backward, forward }: Change): string {
  return JSON.stringify([rule, path, backward, forward]);
}

/** Versions that must understand one another: of one event and one major. */
function lineOf({ type, version }: Pick<ReleasedSchema, 'type' | 'version'>): string {
  return `${type} ${majorOf(version)}`;
}
