import type { EventType } from './gen/registry.ts';

/** A value that must be refused, and why. */
export interface InvalidFixture {
  /** The keyword of JSON Schema that it breaks: `maxLength`. What is too long may break a pattern too. */
  readonly rule: string;
  /** JSON pointer (RFC 6901) to what is wrong, as the issues of `explain` have it: `/url`. */
  readonly path: string;
  /** The whole value. */
  readonly value: unknown;
}

/** Values for tests; generated from the schema, the same ones every time. */
export interface Fixtures<Value> {
  /** In this order: with every field, with the required fields only, the least, the most, odd text. */
  readonly valid: readonly Value[];
  /** One for every rule of every field. Each differs in one place from the first valid one. */
  readonly invalid: readonly InvalidFixture[];
}

/** The fixtures of one version. */
export interface VersionFixtures<Value> extends Fixtures<Value> {
  readonly version: string;
}

/** The fixtures of one event: of its newest version, and of the released ones before it. */
export interface EventFixtures<Event> extends VersionFixtures<Event> {
  readonly type: EventType;
  /** Other versions of the same major, in ascending order. A reader of today accepts them. */
  readonly earlier: readonly VersionFixtures<Event>[];
}

/**
 * The value with one thing replaced or added, or removed when no replacement is given.
 *
 * @param path - JSON pointer; everything but its last part must be there.
 */
export function breakAt(
  valid: object,
  rule: string,
  path: string,
  ...replacement: readonly [unknown?]
): InvalidFixture {
  if (path === '') return { rule, path, value: replacement[0] };
  const parts = path.slice(1).split('/');
  const keys = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  const value: unknown = structuredClone(valid);
  let parent = value;
  for (const key of keys) parent = isObject(parent) ? parent[key] : undefined;
  if (!isObject(parent)) throw new RangeError(`There is nothing at ${path} to break.`);
  if (replacement.length === 0) delete parent[last];
  else parent[last] = replacement[0];
  return { rule, path, value };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
