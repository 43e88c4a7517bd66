import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { compare, valid } from 'semver';
import { SchemaError } from './errors.ts';
import { canonicalJson, type JsonSchema } from './json-schema.ts';

/** Where the snapshots lie, relative to the root of the repository. */
export const RELEASED_FOLDER = 'schemas/released';
/** The digest of every snapshot, beside the folders of the events. */
export const RELEASED_INDEX = 'index.json';
const WITHDRAWN = 'withdrawn.json';

/** One released version of one event: the snapshot that every later version is compared with. */
export interface ReleasedSchema {
  /** The event type, such as `page_view`. */
  readonly type: string;
  /** Semantic version, such as `1.2.0`. */
  readonly version: string;
  /** What a reader accepts: open objects. The writer's is the same with every object closed. */
  readonly schema: JsonSchema;
  /** Relative to the folder of the snapshots, with forward slashes: `page_view/1.2.0.json`. */
  readonly file: string;
}

/**
 * Digests of the snapshots by {@link ReleasedSchema.file}. Committed beside them, so that a changed
 * snapshot is seen without the history of the repository, as in the shallow clone of a CI job.
 */
export type ReleasedIndex = Readonly<Record<string, string>>;

/**
 * All released versions, sorted by type, then by semantic version. No folder: nothing is released.
 *
 * @param folder - holds `<event type>/<version>.json`.
 * @throws {@link SchemaError} `invalid_snapshot`: a file is no JSON object, or named after no version.
 */
export async function readReleased(folder: string): Promise<ReleasedSchema[]> {
  const found: ReleasedSchema[] = [];
  for (const entry of await listIfThere(folder)) {
    if (!entry.isDirectory()) continue;
    for (const name of await readdir(path.join(folder, entry.name))) {
      const file = `${entry.name}/${name}`;
      found.push(parseReleased(file, await readFile(path.join(folder, file), 'utf8')));
    }
  }
  return found.toSorted(byTypeAndVersion);
}

/**
 * Reads one snapshot.
 *
 * @param file - as {@link ReleasedSchema.file}.
 * @throws {@link SchemaError} `invalid_snapshot`.
 */
export function parseReleased(file: string, text: string): ReleasedSchema {
  const [type = '', name = ''] = file.split('/');
  const version = name.replace(/\.json$/, '');
  if (!name.endsWith('.json') || valid(version) !== version) {
    throw invalid(file, 'is named after no version; call it as in 1.0.0.json, or move it away');
  }
  return { type, version, file, schema: parseObject(file, text) };
}

/** Sorts by type, then by semantic version. */
export function byTypeAndVersion(
  a: Pick<ReleasedSchema, 'type' | 'version'>,
  b: Pick<ReleasedSchema, 'type' | 'version'>,
): number {
  if (a.type !== b.type) return a.type < b.type ? -1 : 1;
  return compare(a.version, b.version);
}

/** The index as it must be written when these versions are released. */
export function indexReleased(released: readonly ReleasedSchema[]): ReleasedIndex {
  return Object.fromEntries(released.map(({ file, schema }) => [file, digest(schema)]));
}

/**
 * The committed index; undefined when there is none.
 *
 * @throws {@link SchemaError} `invalid_snapshot`: it is no JSON object of strings.
 */
export async function readReleasedIndex(folder: string): Promise<ReleasedIndex | undefined> {
  const entries = await listIfThere(folder);
  if (!entries.some(({ name }) => name === RELEASED_INDEX)) return undefined;
  return parseReleasedIndex(await readFile(path.join(folder, RELEASED_INDEX), 'utf8'));
}

/**
 * Digests that the index once had of snapshots that nobody was ever given, each with the reason: they
 * were written again before anything was published. Empty when there is no such file.
 *
 * @throws {@link SchemaError} `invalid_snapshot`: it is no JSON object of strings.
 */
export async function readWithdrawn(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await listIfThere(folder);
  if (!entries.some(({ name }) => name === WITHDRAWN)) return {};
  return parseStrings(WITHDRAWN, await readFile(path.join(folder, WITHDRAWN), 'utf8'), 'reason');
}

/** {@link readReleasedIndex} from the text. */
export function parseReleasedIndex(text: string): ReleasedIndex {
  return parseStrings(RELEASED_INDEX, text, 'digest');
}

function parseStrings(file: string, text: string, what: string): Record<string, string> {
  const strings: Record<string, string> = {};
  for (const [key, value] of Object.entries(parseObject(file, text))) {
    if (typeof value !== 'string' || value === '') throw invalid(file, `has no ${what} for ${key}`);
    strings[key] = value;
  }
  return strings;
}

/** Of the content, not of the bytes: a checkout may change line ends. */
function digest(schema: JsonSchema): string {
  return `sha256-${createHash('sha256').update(canonicalJson(schema)).digest('hex')}`;
}

function parseObject(file: string, text: string): JsonSchema {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, 'is not JSON; restore it from the commit that released it', { cause });
  }
  if (isObject(value)) return value;
  throw invalid(file, 'is not a JSON object; restore it from the commit that released it');
}

function invalid(file: string, why: string, options?: ErrorOptions): SchemaError {
  return new SchemaError('invalid_snapshot', `${RELEASED_FOLDER}/${file} ${why}.`, options);
}

async function listIfThere(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
