import { inc, lt } from 'semver';
import type { EventVerdict } from '../check/check-events.ts';
import type { Bump, Change } from '../diff/change.ts';

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
    | 'event-removed'
    | 'major-retired';
  /** What the packages need: the wire and the TypeScript API both count. */
  readonly bump: Bump;
  /** Since the last version of the major; of a new major, since the last of the major before it. */
  readonly differences: readonly EventDifference[];
  /** Of a retired major: why. */
  readonly why?: string;
}

const KINDS = {
  event: 'event-added',
  major: 'major-added',
  changed: 'event-changed',
  unchanged: 'version-raised',
  removed: 'event-removed',
  retired: 'major-retired',
} as const;

/**
 * Every event whose working schema is not the one last released. A new major stands beside the old
 * ones, but it takes over their names in the generated code, so callers have to change: `major`.
 *
 * @param verdicts - of `checkEvents`.
 */
export function findEventChanges(verdicts: readonly EventVerdict[]): EventChange[] {
  return verdicts.flatMap((verdict): EventChange[] => {
    const { type, version, compared, changes: differences, bump = 'patch', why } = verdict;
    const released = compared.at(-1);
    const kind = KINDS[verdict.kind];
    if (kind === 'version-raised' && version === released) return [];
    const isGone = kind === 'event-removed' || kind === 'major-retired';
    if (isGone && verdict.bump === undefined) return [];
    const reason = why === undefined ? {} : { why };
    return [{ type, version, released, kind, bump, differences, ...reason }];
  });
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

/** Whether the change cannot stay where it is: a definition beside it has to say it. */
export function needsNewMajor(event: EventChange): boolean {
  return isVersionTooLow(event) && event.bump === 'major';
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
