import type { TSchema } from '@sinclair/typebox';
import { checkDeprecations, type Deprecatable } from './deprecation.ts';
import { SchemaError } from './errors.ts';
import { groupMajors, majorOf } from './majors.ts';
import type { Lintable } from './marks.ts';
import type { UpcastDefinition } from './upcast.ts';

/** Fields by name, in the order in which they are shown. */
export type Fields = Readonly<Record<string, TSchema>>;

/** One event: its own fields; the envelope comes from the registry. */
export interface EventDefinition<Payload extends Fields = Fields> extends Lintable, Deprecatable {
  /** Snake case, a noun and what happened to it: `page_view`. Names the event everywhere. */
  readonly type: string;
  /** Semantic version of this schema, stamped on every event that the SDK writes. */
  readonly version: string;
  /** What has happened when this event is sent. */
  readonly description: string;
  /** The team to ask. */
  readonly owner?: string;
  /**
   * Fields that this event once had, by path, such as `items.colour`. Their names are never used
   * again: records that still lie somewhere mean something else by them. Nothing is ever taken off.
   */
  readonly reserved?: readonly string[];
  readonly payload: Payload;
}

/** The fields that all events share. */
export interface EnvelopeDefinition {
  /** What the SDK writes and a caller cannot: the identity of the event and of its schema. */
  readonly stamped: (event: Pick<EventDefinition, 'type' | 'version'>) => Fields;
  /** What is always there: the caller may give it, else the SDK does. */
  readonly defaulted: Fields;
  /** What only the caller knows. */
  readonly given: Fields;
}

/** An older major whose records nobody waits for any more. */
export interface RetiredMajor {
  readonly type: string;
  readonly major: number;
  /** How it is known that none are left to be read: for whoever finds one in quarantine. */
  readonly why: string;
}

/** All that the generator reads. */
export interface Registry {
  /** Where the `$id` of every schema begins; ends in a slash. */
  readonly baseUri: string;
  readonly envelope: EnvelopeDefinition;
  /** Of one type there may be several, each in another major; the newest is what is written. */
  readonly events: readonly EventDefinition[];
  /** For every older major, the way to the next one. */
  readonly upcasts?: readonly UpcastDefinition[];
  /**
   * Majors that were released and are not defined any more: a record of one is quarantined as
   * `unknown_version`. Nothing is ever taken off, unless the major is defined again.
   */
  readonly retired?: readonly RetiredMajor[];
  /** Types of events that once were, and that no record may mean anything else by, ever. */
  readonly reserved?: readonly string[];
}

const EVENT_TYPE = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const FIELD_NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const SEMVER = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/;

/**
 * Defines one event.
 *
 * @throws {@link SchemaError} `invalid_definition`: a name is not snake_case, the version is not
 *   semantic, or the description is missing.
 */
export function defineEvent<Payload extends Fields>(
  event: EventDefinition<Payload>,
): EventDefinition<Payload> {
  if (!EVENT_TYPE.test(event.type)) {
    throw invalid(
      `The event type "${event.type}" is not snake_case; rename it, as in "page_view".`,
    );
  }
  if (!SEMVER.test(event.version)) {
    throw invalid(
      `The version "${event.version}" of ${event.type} is not semantic; write it as in "1.0.0".`,
    );
  }
  if (event.description.trim() === '') {
    throw invalid(`${event.type} has no description; say what has happened when it is sent.`);
  }
  for (const name of Object.keys(event.payload)) {
    if (!FIELD_NAME.test(name)) {
      throw invalid(`The field "${name}" of ${event.type} is not snake_case; rename it.`);
    }
  }
  return event;
}

/**
 * Puts the events and the envelope together.
 *
 * @throws {@link SchemaError} `invalid_definition`: there is no event, two events have one type and
 *   major, an older major has no upcast to the next one, an event defines a field of the envelope
 *   again, a deprecation cannot be kept, a retired major is defined or its event is not, or the base URI is not absolute or does not end in a slash.
 */
export function defineRegistry(registry: Registry): Registry {
  if (!URL.canParse(registry.baseUri) || !registry.baseUri.endsWith('/')) {
    throw invalid(`The base URI "${registry.baseUri}" must be absolute and end in a slash.`);
  }
  if (registry.events.length === 0) throw invalid('The registry lists no event; add the first.');
  checkUpcasts(registry);
  checkRetired(registry);
  for (const event of registry.events) {
    const { stamped, defaulted, given } = registry.envelope;
    const envelope = { ...stamped(event), ...defaulted, ...given };
    for (const name of Object.keys(event.payload)) {
      if (Object.hasOwn(envelope, name)) {
        throw invalid(`${event.type} defines "${name}" again, a field of the envelope; remove it.`);
      }
    }
  }
  checkDeprecations(registry);
  return registry;
}

/** Every older major has one upcast to the next one, and there is no other. */
function checkUpcasts({ events, upcasts = [] }: Registry): void {
  const needed = groupMajors(events).flatMap(({ newest, older }) =>
    older.map((from, index) => ({ from, to: older[index + 1] ?? newest })),
  );
  for (const { from, to } of needed) {
    const found = upcasts.filter((upcast) => upcast.from === from && upcast.to === to);
    if (found.length === 1) continue;
    const versions = `${from.type} ${majorOf(from.version)} to ${majorOf(to.version)}`;
    throw invalid(
      `There must be one upcast of ${versions}, not ${found.length}; list defineUpcast({…}) in "upcasts".`,
    );
  }
  for (const { from, to } of upcasts) {
    if (needed.some((step) => step.from === from && step.to === to)) continue;
    throw invalid(
      `The upcast of ${from.type} ${from.version} to ${to.type} ${to.version} does not lead from a listed major to the next one of its type; remove it.`,
    );
  }
}

function checkRetired({ events, retired = [] }: Registry): void {
  for (const { type, major, why } of retired) {
    const majors = events
      .filter((event) => event.type === type)
      .map((each) => majorOf(each.version));
    if (majors.includes(major)) {
      throw invalid(
        `${type} ${major}.x is listed in "retired" and defined; remove the one or the other.`,
      );
    }
    if (!majors.some((defined) => defined > major)) {
      throw invalid(
        `${type} ${major}.x is listed in "retired", but no later major of ${type} is defined; for an event that is gone as a whole, list it in "reserved".`,
      );
    }
    if (why.trim() !== '') continue;
    throw invalid(`${type} ${major}.x is retired without a reason; say why none is left to read.`);
  }
}

function invalid(message: string): SchemaError {
  return new SchemaError('invalid_definition', message);
}
