import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readChangesets } from '@changesets/read';
import { writeChangeset } from '@changesets/write';
import { type Bump, largestBump } from '../diff/change.ts';
import { SchemaError } from '../errors.ts';

/** The packages that carry the events: a changelog of each of them names what changed. */
const EVENT_PACKAGES = ['schemas', 'packages/events', 'packages/producer', 'packages/consumer'];

/** What is waiting to be released, and under which version. */
export interface PendingRelease {
  /** Names of the packages that carry the events. */
  readonly packages: readonly string[];
  /** The version that all packages of the group have now. */
  readonly version: string;
  /** The largest bump that a pending changeset declares for the group; undefined without any. */
  readonly declared: Bump | undefined;
  /** What the pending changesets of the group say, which becomes the changelog. */
  readonly texts: readonly string[];
}

/**
 * Reads the pending changesets and the group that versions the events' packages together.
 *
 * @throws {@link SchemaError} `wrong_usage`: the packages are not one fixed group, or a changeset
 *   cannot be read.
 */
export async function readPendingRelease(root: string): Promise<PendingRelease> {
  const manifests = await Promise.all(
    EVENT_PACKAGES.map((folder) => readJson(path.join(root, folder, 'package.json'))),
  );
  const packages = manifests.map(({ name }) => String(name));
  const group = await readGroup(root, packages);
  const changesets = await readAll(root);
  const ours = changesets.filter(({ releases }) => releases.some(({ name }) => group.has(name)));
  const bumps = ours.flatMap(({ releases }) =>
    releases.flatMap(({ name, type }) =>
      group.has(name) && type !== 'none' ? [{ bump: type }] : [],
    ),
  );
  return {
    packages,
    version: String(manifests[0]?.['version']),
    declared: largestBump(bumps),
    texts: ours.map(({ summary }) => summary),
  };
}

/**
 * Writes one changeset.
 *
 * @returns the file, relative to the root
 */
export async function writeDraft(
  root: string,
  draft: { readonly packages: readonly string[]; readonly bump: Bump; readonly summary: string },
): Promise<string> {
  const releases = draft.packages.map((name) => ({ name, type: draft.bump }));
  const id = await writeChangeset({ summary: draft.summary, releases }, root, { format: false });
  return `.changeset/${id}.md`;
}

async function readGroup(root: string, packages: readonly string[]): Promise<ReadonlySet<string>> {
  const { fixed } = await readJson(path.join(root, '.changeset/config.json'));
  const groups: unknown[] = Array.isArray(fixed) ? fixed : [];
  const group = groups.find(
    (names): names is unknown[] =>
      Array.isArray(names) && packages.every((name) => names.includes(name)),
  );
  if (group !== undefined) return new Set(group.map(String));
  throw new SchemaError(
    'wrong_usage',
    `The events' packages must have one version; list ${packages.join(', ')} as one group of "fixed" in .changeset/config.json.`,
  );
}

async function readAll(root: string) {
  try {
    return await readChangesets(root);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SchemaError('wrong_usage', `A changeset cannot be read; mend it. ${why}`, { cause });
  }
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null) return { ...value };
    throw new TypeError('It is no JSON object.');
  } catch (cause) {
    throw new SchemaError(
      'wrong_usage',
      `${file} cannot be read; run from the root of the repository.`,
      { cause },
    );
  }
}
