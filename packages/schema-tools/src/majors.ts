import { SchemaError } from './errors.ts';

/** The events of one type. */
export interface Majors<Event> {
  /** What is written today. */
  readonly newest: Event;
  /** What is only read, in ascending order. */
  readonly older: readonly Event[];
}

/** The major version of a semantic version. */
export function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

/**
 * Groups events by type, in the order in which the newest major of each is listed.
 *
 * @throws {@link SchemaError} `invalid_definition` when a type has two events of one major.
 */
export function groupMajors<Event extends { readonly type: string; readonly version: string }>(
  events: readonly Event[],
): Majors<Event>[] {
  const byType = Map.groupBy(events, ({ type }) => type);
  return events.flatMap((event) => {
    const ascending = (byType.get(event.type) ?? []).toSorted(
      (a, b) => majorOf(a.version) - majorOf(b.version),
    );
    for (const [index, { type, version }] of ascending.entries()) {
      const next = ascending[index + 1];
      if (next === undefined || majorOf(next.version) !== majorOf(version)) continue;
      throw new SchemaError(
        'invalid_definition',
        `There are two events of type ${type} in major ${majorOf(version)}; remove or rename one, or give it another major.`,
      );
    }
    return ascending.at(-1) === event ? [{ newest: event, older: ascending.slice(0, -1) }] : [];
  });
}
