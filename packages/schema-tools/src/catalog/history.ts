import { structuredPatch } from 'diff';
import type { Change } from '../diff/change.ts';
import { diffSchemas } from '../diff/diff.ts';
import { canonicalJson, type EventModel, type JsonSchema } from '../json-schema.ts';
import { byTypeAndVersion } from '../released.ts';
import type { CatalogInput } from './catalog-input.ts';

/** One version of an event, and what it changed. */
export interface VersionEntry {
  readonly version: string;
  readonly schema: JsonSchema;
  /** `released`; `working`: not released yet; `edited`: changed since it was released. */
  readonly state: 'released' | 'working' | 'edited';
  /** The version before; undefined for the first. */
  readonly previous?: string;
  readonly changes: readonly Change[];
  /** The lines of a unified diff of the canonical JSON. */
  readonly patch: readonly string[];
}

/** All versions of one event type, the latest first. */
export function historyOf(
  type: string,
  { models, released }: Pick<CatalogInput, 'models' | 'released'>,
): VersionEntry[] {
  const snapshots = released.filter((snapshot) => snapshot.type === type);
  const working = models.filter((model) => model.type === type);
  const known = new Map(snapshots.map(({ version, schema }) => [version, schema]));
  const versions = [
    ...snapshots.map(({ version, schema }) => entryOf(version, schema, 'released')),
    ...working.flatMap((model) => workingEntry(model, known.get(model.version))),
  ].toSorted((a, b) => byTypeAndVersion({ type, ...a }, { type, ...b }));
  return versions
    .map((entry, index) => {
      const before = versions[index - 1];
      if (before === undefined) return entry;
      return {
        ...entry,
        previous: before.version,
        changes: changesOf(before.schema, entry.schema),
        patch: patchOf(before.schema, entry.schema),
      };
    })
    .toReversed();
}

function workingEntry(model: EventModel, snapshot: JsonSchema | undefined): VersionEntry[] {
  if (snapshot === undefined) return [entryOf(model.version, model.schema, 'working')];
  if (canonicalJson(snapshot) === canonicalJson(model.schema)) return [];
  return [entryOf(model.version, model.schema, 'edited')];
}

function entryOf(version: string, schema: JsonSchema, state: VersionEntry['state']): VersionEntry {
  return { version, schema, state, changes: [], patch: [] };
}

/** What weighs most first; that every version has an address of its own goes without saying. */
function changesOf(older: JsonSchema, newer: JsonSchema): Change[] {
  const order = ['major', 'minor', 'patch'];
  return diffSchemas(older, newer)
    .changes.filter(({ path }) => path !== '/$id')
    .toSorted((a, b) => order.indexOf(a.bump) - order.indexOf(b.bump));
}

function patchOf(older: JsonSchema, newer: JsonSchema): string[] {
  const { hunks } = structuredPatch(
    '',
    '',
    canonicalJson(older),
    canonicalJson(newer),
    undefined,
    undefined,
    { context: 3 },
  );
  return hunks.flatMap(({ oldStart, newStart, lines }) => [
    `@@ line ${oldStart} → ${newStart} @@`,
    ...lines.filter((line) => !line.startsWith('\\')),
  ]);
}
