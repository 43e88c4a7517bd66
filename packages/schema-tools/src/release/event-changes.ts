import { inc, lt, major } from 'semver';
import { type Bump, type Change, largestBump } from '../diff/change.ts';
import type { EventModel, JsonSchema } from '../json-schema.ts';
import type { ReleasedSchema } from '../released.ts';

/** One difference, as a person reads it in a changelog and a script in JSON. */
export type EventDifference = Pick<Change, 'rule' | 'path' | 'bump' | 'message'>;

/** What has become of one event since it was last released. */
export interface EventChange {
  readonly type: string;
  /** Of the working schema; of the last release when the event is gone. */
  readonly version: string;
  /** The last release of the same major; undefined when there is none. */
  readonly released: string | undefined;
  readonly kind:
    | 'event-added'
    | 'major-added'
    | 'event-changed'
    | 'version-raised'
    | 'event-removed';
  /** What the packages need: the wire and the TypeScript API both count. */
  readonly bump: Bump;
  /** Empty unless `kind` is `event-changed`. */
  readonly differences: readonly EventDifference[];
}

/** Compares a released schema with the working one; differences that the version itself makes stay out. */
export type CompareSchemas = (
  released: JsonSchema,
  working: JsonSchema,
) => readonly EventDifference[];

/**
 * Every event whose working schema is not the one last released. A new major stands beside the old
 * ones, but it takes over their names in the generated code, so callers have to change: `major`.
 */
export function findEventChanges(
  models: readonly EventModel[],
  released: readonly ReleasedSchema[],
  compare: CompareSchemas,
): EventChange[] {
  const present = models.flatMap((model) => changeOf(model, released, compare) ?? []);
  const kept = new Set(models.map(line));
  const newest = new Map(released.map((snapshot) => [line(snapshot), snapshot]));
  const removed = [...newest].flatMap(([key, { type, version }]): EventChange[] =>
    kept.has(key)
      ? []
      : [
          {
            type,
            version,
            released: version,
            kind: 'event-removed',
            bump: 'major',
            differences: [],
          },
        ],
  );
  return [...present, ...removed];
}

function changeOf(
  model: EventModel,
  released: readonly ReleasedSchema[],
  compare: CompareSchemas,
): EventChange | undefined {
  const { type, version } = model;
  const base = released.findLast((snapshot) => line(snapshot) === line(model));
  const differences = base === undefined ? [] : compare(base.schema, model.schema);
  const common = { type, version, released: base?.version, differences };
  if (base === undefined) {
    const known = released.some((snapshot) => snapshot.type === type);
    return known
      ? { ...common, kind: 'major-added', bump: 'major' }
      : { ...common, kind: 'event-added', bump: 'minor' };
  }
  const bump = largestBump(differences);
  if (bump !== undefined) return { ...common, kind: 'event-changed', bump };
  return version === base.version
    ? undefined
    : { ...common, kind: 'version-raised', bump: 'patch' };
}

/** The lowest version that the event may have; undefined when any will do. */
export function neededVersion({ kind, released, bump }: EventChange): string | undefined {
  if (kind !== 'event-changed' || released === undefined) return undefined;
  return inc(released, bump) ?? undefined;
}

/** Whether the version in the definition says less than has changed. */
export function isVersionTooLow(event: EventChange): boolean {
  const needed = neededVersion(event);
  return needed !== undefined && lt(event.version, needed);
}

/** The field that a JSON pointer leads to, such as `items.sku`; empty for the event itself. */
export function fieldOf(pointer: string): string {
  const parts = pointer.split('/').slice(1);
  const names: string[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    if (parts[at] !== 'properties' || at + 1 >= parts.length) continue;
    at += 1;
    names.push((parts[at] ?? '').replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return names.join('.');
}

/** Versions of one event that stand in for each other: the same major. */
function line({ type, version }: { readonly type: string; readonly version: string }): string {
  return `${type} ${major(version)}`;
}
