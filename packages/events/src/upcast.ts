import type { EventContract, OlderContract, ValidationIssue } from './contract.ts';
import { describeValue } from './describe.ts';

/** What an upcast has come to: an event of the newest major, or why there is none. */
export type Upcast<Event> =
  | { readonly event: Event }
  /** `to`: the version that the event could not become. */
  | { readonly to: string; readonly issues: readonly ValidationIssue[] };

/**
 * Makes an event of an older major one of the newest, major by major, and checks it after every
 * step: what is handed on is valid, or it is not handed on. Never throws.
 *
 * @param old - a valid event of the first major in `steps`.
 * @param steps - the majors on the way, in ascending order, the newest not among them.
 */
export function upcastEvent<Event extends object>(
  old: object,
  steps: readonly OlderContract[],
  newest: EventContract<Event, unknown>,
): Upcast<Event> {
  let event = old;
  for (const [index, step] of steps.entries()) {
    const next = steps[index + 1];
    const to = (next ?? newest).version;
    try {
      const envelope = envelopeOf(event, step); // first, in case the upcast is not as pure as it says
      event = { ...step.upcast(event), ...envelope, schema_version: to };
    } catch (error) {
      const expected = `a ${step.type} that can be upcast to ${to}`;
      return { to, issues: [{ path: '', expected, received: thrown(error) }] };
    }
    if (next !== undefined && !next.is(event)) return { to, issues: next.explain(event) };
  }
  if (newest.is(event)) return { event };
  return { to: newest.version, issues: newest.explain(event) };
}

/** What an upcast cannot change: who, when, which. */
function envelopeOf(event: object, { envelope }: OlderContract): object {
  return Object.fromEntries(Object.entries(event).filter(([name]) => envelope.includes(name)));
}

function thrown(error: unknown): string {
  return error instanceof Error
    ? `one whose upcast throws ${error.name}: ${error.message}`
    : `one whose upcast throws ${describeValue(error)}`;
}
