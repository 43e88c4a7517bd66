import type { EventModel, JsonSchema } from './json-schema.ts';
import { majorOf } from './majors.ts';
import { byTypeAndVersion, type ReleasedSchema } from './released.ts';

/** One version of an event, be it released or still in the making. */
export interface EventVersion {
  readonly type: string;
  /** Semantic version, such as `1.2.0`. */
  readonly version: string;
  /** What a reader accepts. */
  readonly schema: JsonSchema;
}

/** All versions of one event that records of one major may have. */
export interface EventMajor {
  readonly type: string;
  readonly major: number;
  /** Sorted; the last one is what readers of this major are made for. Never empty. */
  readonly versions: readonly [EventVersion, ...EventVersion[]];
  readonly newest: EventVersion;
}

/**
 * What has been released and what is in the making, by event and major: sorted by type, then by
 * major. The working schema of a version stands for that version even when it has been released.
 */
export function eventMajors(
  models: readonly EventModel[],
  released: readonly ReleasedSchema[],
): EventMajor[] {
  const versions = new Map<string, EventVersion>();
  for (const { type, version, schema } of [...released, ...models]) {
    versions.set(`${type} ${version}`, { type, version, schema });
  }
  const majors: EventMajor[] = [];
  for (const next of [...versions.values()].toSorted(byTypeAndVersion)) {
    const number = majorOf(next.version);
    const last = majors.at(-1);
    if (last?.type === next.type && last.major === number) {
      majors[majors.length - 1] = { ...last, versions: [...last.versions, next], newest: next };
    } else {
      majors.push({ type: next.type, major: number, versions: [next], newest: next });
    }
  }
  return majors;
}
