import { isRecord } from './checks.ts';
import type { EventContract, OlderContract, ValidationIssue } from './contract.ts';
import { describeValue } from './describe.ts';
import { formatIssues } from './explain.ts';
import { type AnyEvent, contracts, olderContracts } from './gen/registry.ts';
import { upcastEvent } from './upcast.ts';

/** Why the bytes of a record are no event that this version of the package can read. */
export type ParseFailureReason =
  /** Not UTF-8, or not JSON. */
  | 'not_json'
  /** JSON, but no object with a known `event_type`. */
  | 'unknown_event'
  /** A known event in a major version that this package does not know. */
  | 'unknown_version'
  /** A known event that does not match its schema, or cannot be made one of the newest major. */
  | 'invalid';

/** The bytes are no readable event. */
export interface ParseFailure {
  readonly ok: false;
  readonly reason: ParseFailureReason;
  /** One sentence. */
  readonly message: string;
  /** Every issue when the reason is `invalid`, else empty. */
  readonly issues: readonly ValidationIssue[];
  /** What the record calls itself, if it says so in at most 256 characters. */
  readonly eventId?: string;
  readonly eventType?: string;
}

/** A valid event of the newest major that this package knows. */
export interface ParsedEvent {
  readonly ok: true;
  readonly event: AnyEvent;
  /**
   * The `schema_version` that the writer stamped. Differs from that of the event when the record
   * had an older major, which was upcast.
   */
  readonly originalVersion: string;
}

export type ParseResult = ParsedEvent | ParseFailure;

/** Longer names are not repeated in a failure: they are no names but somebody's mistake. */
const MAX_NAME_CHARACTERS = 256;

const SEMVER = /^(0|[1-9]\d{0,8})\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/;

const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true });

/** Looks a name up that was just read from JSON several times as fast as an object does. */
const contractsByType = /* @__PURE__ */ new Map<string, EventContract<AnyEvent, unknown>>(
  /* @__PURE__ */ Object.entries(contracts),
);

/**
 * Reads the payload of a stream record, its bytes or the text that they are. A newer minor or patch version of a known major is read,
 * with the fields that this package does not know left in place. An older major is checked against
 * its own schema and upcast to the newest. Never throws.
 */
export function parseEvent(data: Uint8Array | string): ParseResult {
  let value: unknown;
  try {
    value = JSON.parse(typeof data === 'string' ? data : decoder.decode(data));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? 'JSON' : 'UTF-8';
    return failure('not_json', `The record is not ${why}.`, undefined);
  }
  if (!isRecord(value)) {
    return failure('unknown_event', `The record is ${describeValue(value)}, not an event.`, value);
  }
  const { event_type: type, schema_version: version } = value;
  const contract = typeof type === 'string' ? contractsByType.get(type) : undefined;
  if (contract === undefined) {
    const known = Object.keys(contracts).join(', ');
    const message = `The event_type is ${describeValue(type)}; known are ${known}.`;
    return failure('unknown_event', message, value);
  }
  if (contract.is(value) && typeof version === 'string') {
    return { ok: true, event: value, originalVersion: version };
  }
  const older = olderContracts[contract.type] ?? [];
  const major = typeof version === 'string' ? majorOf(version) : undefined;
  const first = older.findIndex((known) => majorOf(known.version) === major);
  if (typeof version === 'string' && first !== -1) {
    return readOlder(value, version, older.slice(first), contract);
  }
  if (major !== undefined && major !== majorOf(contract.version)) {
    const known = [...older, contract].map((each) => `${majorOf(each.version)}.x`);
    const message = `The ${contract.type} has version ${describeValue(version)}; known ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}.`;
    return failure('unknown_version', message, value);
  }
  const issues = contract.explain(value);
  return failure(
    'invalid',
    `The ${contract.type} is invalid: ${formatIssues(issues)}.`,
    value,
    issues,
  );
}

/** @param steps - the major of the event and those between it and the newest. */
function readOlder(
  value: object,
  version: string,
  steps: readonly OlderContract[],
  newest: EventContract<AnyEvent, unknown>,
): ParseResult {
  const { type } = newest;
  const [first] = steps;
  if (first !== undefined && !first.is(value)) {
    const unmet = first.explain(value);
    return failure('invalid', `The ${type} is invalid: ${formatIssues(unmet)}.`, value, unmet);
  }
  const upcast = upcastEvent(value, steps, newest);
  if ('event' in upcast) return { ok: true, event: upcast.event, originalVersion: version };
  const { to, issues } = upcast;
  const message = `The ${type} ${version} is invalid as ${to}: ${formatIssues(issues)}.`;
  return failure('invalid', message, value, issues);
}

function majorOf(version: string): string | undefined {
  return SEMVER.exec(version)?.[1];
}

function failure(
  reason: ParseFailureReason,
  message: string,
  value: unknown,
  issues: readonly ValidationIssue[] = [],
): ParseFailure {
  const { event_id: id, event_type: type } = isRecord(value) ? value : {};
  return {
    ok: false,
    reason,
    message,
    issues,
    ...(isName(id) ? { eventId: id } : {}),
    ...(isName(type) ? { eventType: type } : {}),
  };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_NAME_CHARACTERS;
}
