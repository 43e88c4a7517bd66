import { type Bump, largestBump } from '../diff/change.ts';
import type { PendingRelease } from './changesets.ts';
import {
  type EventChange,
  type EventDifference,
  fieldOf,
  isVersionTooLow,
  neededVersion,
  needsNewMajor,
} from './event-changes.ts';
import { summaryLines } from './summary.ts';

/** Something that the pending release does not say of a change. */
export interface Shortfall {
  readonly rule: 'changeset-bump' | 'event-version' | 'changelog-text';
  readonly event: string;
  /** Path of the field, such as `items.sku`; absent when the event as a whole is meant. */
  readonly field?: string;
  /** The rule of the diff, or what became of the event, that needs it. */
  readonly because: string;
  /** One sentence, with what to do. */
  readonly message: string;
}

/** What {@link judgeBump} found. */
export interface BumpVerdict {
  /** The bump that the packages need; undefined when no schema changed. */
  readonly needed: Bump | undefined;
  readonly declared: Bump | undefined;
  readonly shortfalls: readonly Shortfall[];
}

const ORDER: readonly (Bump | undefined)[] = [undefined, 'patch', 'minor', 'major'];

/** Compares what the pending release declares with what the changes of the events need. Pure. */
export function judgeBump(events: readonly EventChange[], pending: PendingRelease): BumpVerdict {
  const needed = largestBump(events);
  return {
    needed,
    declared: pending.declared,
    shortfalls: [
      ...events.flatMap((event) => tooSmall(event, pending.declared)),
      ...events.flatMap(versionTooLow),
      // No changeset can make up for a definition that has to be another.
      ...events
        .filter((event) => !needsNewMajor(event))
        .flatMap((event) => unnamed(event, pending.texts)),
    ],
  };
}

/** The lines of the changelog that no pending changeset has yet. */
export function missingLines(
  events: readonly EventChange[],
  { texts }: Pick<PendingRelease, 'texts'>,
): string[] {
  const present = new Set(texts.flatMap((text) => text.split('\n').map((line) => line.trim())));
  return events.flatMap(summaryLines).filter((line) => !present.has(line));
}

function tooSmall(event: EventChange, declared: Bump | undefined): Shortfall[] {
  const reasons = reasonsOf(event).filter(
    ({ bump }) => ORDER.indexOf(declared) < ORDER.indexOf(bump),
  );
  const mend = needsNewMajor(event)
    ? 'see what to do about its version'
    : 'run `pnpm schemas bump --write`, or undo it';
  return reasons.map(({ bump, because, field }) => ({
    rule: 'changeset-bump',
    event: event.type,
    ...(field === '' ? {} : { field }),
    because,
    message: `${nameOf(event.type, field)} (${because}) needs a ${bump} release and the changesets declare ${declared ?? 'none'}; ${mend}.`,
  }));
}

function versionTooLow(event: EventChange): Shortfall[] {
  if (!isVersionTooLow(event)) return [];
  const needed = neededVersion(event);
  const reason = reasonsOf(event).find(({ bump }) => bump === event.bump);
  const { type, version, released } = event;
  const mend = needsNewMajor(event)
    ? `define ${type} ${needed} beside ${version} with an upcast, or undo it`
    : `write \`version: '${needed}'\` into its definition, or run \`pnpm schemas bump --write\``;
  return [
    {
      rule: 'event-version',
      event: type,
      ...(reason === undefined || reason.field === '' ? {} : { field: reason.field }),
      because: reason?.because ?? event.kind,
      message: `${nameOf(type, reason?.field ?? '')} (${reason?.because}) makes ${type} at least ${needed}, released is ${released} and it says ${version}; ${mend}.`,
    },
  ];
}

/** A changelog names each event, and each field of what is more than documentation. */
function unnamed(event: EventChange, texts: readonly string[]): Shortfall[] {
  const named = [
    ...reasonsOf(event),
    ...(event.kind === 'major-added' ? event.differences.map(reasonOf) : []),
  ];
  const names = named.map(({ field, because, bump }) => ({
    field: bump === 'patch' ? '' : field,
    because,
  }));
  const distinct = new Map(names.map((name) => [name.field, name]));
  return [...distinct.values()].flatMap(({ field, because }): Shortfall[] => {
    const said = texts.some(
      (text) => mentions(text, event.type) && (field === '' || mentions(text, lastOf(field))),
    );
    if (said) return [];
    return [
      {
        rule: 'changelog-text',
        event: event.type,
        ...(field === '' ? {} : { field }),
        because,
        message: `No changeset names ${nameOf(event.type, field)} (${because}), so no changelog will; run \`pnpm schemas bump --write\`.`,
      },
    ];
  });
}

interface Reason {
  readonly bump: Bump;
  readonly because: string;
  readonly field: string;
}

function reasonsOf({ kind, bump, differences }: EventChange): Reason[] {
  if (kind !== 'event-changed') return [{ bump, because: kind, field: '' }];
  return differences.map(reasonOf);
}

function reasonOf({ rule, path, bump }: EventDifference): Reason {
  return { bump, because: rule, field: fieldOf(path) };
}

function nameOf(type: string, field: string): string {
  return field === '' ? type : `${type}.${field}`;
}

function lastOf(field: string): string {
  return field.slice(field.lastIndexOf('.') + 1);
}

/** As a word of its own: `page` is not named by `page_view`. */
function mentions(text: string, name: string): boolean {
  return text.split(/[^\p{L}\p{N}_]+/u).includes(name);
}
