import type { Alternative, Kind } from './alternatives.ts';
import { type Change, change, type Rule } from './change.ts';
import { at, keyword, type Place, same } from './place.ts';

/** A limit on values of one kind that can be compared without a look at anything else. */
interface Facet<Limit> {
  /** The keywords that make it; the first that is there is the path. */
  readonly keywords: readonly string[];
  /** What the keywords say; undefined when they are absent or refuse nothing. */
  readonly read: (place: Place) => Limit | undefined;
  /** Whether whatever keeps the one limit keeps the other. */
  readonly implies: (one: Limit, other: Limit) => boolean;
  /** Whether a value of the kind surely keeps the limit. */
  readonly admits: (value: unknown, limit: Limit) => boolean;
  readonly loosened: Rule;
  readonly tightened: Rule;
  /** Neither limit implies the other. */
  readonly changed: Rule;
}

interface Bound {
  readonly limit: number;
  readonly exclusive: boolean;
}

const length = (value: unknown): number => Array.from(String(value)).length;
const items = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
const fields = (value: unknown): number =>
  typeof value === 'object' && value !== null ? Object.keys(value).length : 0;

/** The comparisons of every facet of a kind. */
const FACETS: Readonly<
  Record<Kind, readonly ((from: Alternative, to: Alternative) => Change[])[]>
> = {
  null: [],
  boolean: [],
  number: [
    compareFacet({
      keywords: ['minimum', 'exclusiveMinimum'],
      read: (place) => bound(place, 'minimum', 'exclusiveMinimum', 1),
      implies: (one, other) => isInside(one, other, 1),
      admits: (value, other) => isInside({ limit: Number(value), exclusive: false }, other, 1),
      ...directed('minimum'),
    }),
    compareFacet({
      keywords: ['maximum', 'exclusiveMaximum'],
      read: (place) => bound(place, 'maximum', 'exclusiveMaximum', -1),
      implies: (one, other) => isInside(one, other, -1),
      admits: (value, other) => isInside({ limit: Number(value), exclusive: false }, other, -1),
      ...directed('maximum'),
    }),
    compareFacet({
      keywords: ['multipleOf'],
      read: (place) => number(place, 'multipleOf'),
      implies: isMultiple,
      admits: (value, step) => isMultiple(Number(value), step),
      loosened: 'multiple-of-loosened',
      tightened: 'multiple-of-tightened',
      changed: 'multiple-of-changed',
    }),
  ],
  string: [
    compareFacet(atLeast('minLength', 'min-length', length)),
    compareFacet(atMost('maxLength', 'max-length', length)),
    compareFacet({
      keywords: ['pattern'],
      read: (place) => text(place, 'pattern'),
      implies: same,
      admits: (value, pattern) => new RegExp(pattern, 'u').test(String(value)),
      loosened: 'pattern-removed',
      tightened: 'pattern-added',
      changed: 'pattern-changed',
    }),
    compareFacet({
      keywords: ['format'],
      read: (place) => text(place, 'format'),
      implies: same,
      admits: () => false, // which strings a format accepts is up to the validator
      loosened: 'format-removed',
      tightened: 'format-added',
      changed: 'format-changed',
    }),
  ],
  array: [
    compareFacet(atLeast('minItems', 'min-items', items)),
    compareFacet(atMost('maxItems', 'max-items', items)),
    compareFacet({
      keywords: ['uniqueItems'],
      read: (place) => (keyword(place, 'uniqueItems') === true ? true : undefined),
      implies: same,
      admits: () => false,
      loosened: 'unique-items-removed',
      tightened: 'unique-items-added',
      changed: 'unique-items-added',
    }),
  ],
  object: [
    compareFacet(atLeast('minProperties', 'min-properties', fields)),
    compareFacet(atMost('maxProperties', 'max-properties', fields)),
  ],
};

/** Compares the limits of two alternatives of one kind. */
export function compareFacets(from: Alternative, to: Alternative): Change[] {
  return FACETS[to.kind].flatMap((compare) => compare(from, to));
}

function compareFacet<Limit>(facet: Facet<Limit>) {
  return (from: Alternative, to: Alternative): Change[] => {
    const [old, now] = [facet.read(from.place), facet.read(to.place)];
    if (same(old, now)) return [];
    const looser = now === undefined || (old !== undefined && facet.implies(old, now));
    const tighter = old === undefined || (now !== undefined && facet.implies(now, old));
    const rule = looser ? facet.loosened : tighter ? facet.tightened : facet.changed;
    const place = now === undefined ? from.place : to.place;
    const name = facet.keywords.find((each) => keyword(place, each) !== undefined) ?? '';
    const flags = {
      backward: keeps(from, facet, now, looser),
      forward: keeps(to, facet, old, tighter),
    };
    return [change(rule, at(place, name), flags, `${name} ${show(old)} → ${show(now)}`)];
  };
}

/** Whether all that a writer of the alternative writes keeps the limit. */
function keeps<Limit>(
  writer: Alternative,
  facet: Facet<Limit>,
  limit: Limit | undefined,
  implied: boolean,
): boolean {
  if (limit === undefined) return true;
  const written = writer.values ?? openWords(writer);
  return implied || (written?.every((value) => facet.admits(value, limit)) ?? false);
}

/** What writers of an open enum write, although readers accept any string. */
export function openWords({ kind, place }: Alternative): readonly unknown[] | undefined {
  if (kind !== 'string') return undefined;
  const words = keyword(place, 'x-open-enum');
  return Array.isArray(words) ? words : undefined;
}

/** Whether a value of the kind of the alternative surely keeps all its limits. */
export function keepsLimits(value: unknown, { kind, place, integer }: Alternative): boolean {
  if (integer && !Number.isInteger(value)) return false;
  const literal: Alternative = {
    kind,
    place: { ...place, schema: {} },
    integer,
    path: '',
    values: [value],
  };
  return FACETS[kind].every((compare) => {
    const changes = compare(literal, { ...literal, place });
    return changes.every(({ backward }) => backward);
  });
}

function directed(
  stem:
    | 'minimum'
    | 'maximum'
    | 'min-length'
    | 'max-length'
    | 'min-items'
    | 'max-items'
    | 'min-properties'
    | 'max-properties',
) {
  const tightened = `${stem}-tightened` as const;
  return { loosened: `${stem}-loosened`, tightened, changed: tightened } as const;
}

function atLeast(
  name: string,
  stem: Parameters<typeof directed>[0],
  measure: (value: unknown) => number,
): Facet<number> {
  return {
    keywords: [name],
    read: (place) => number(place, name) || undefined,
    implies: (one, other) => one >= other,
    admits: (value, limit) => measure(value) >= limit,
    ...directed(stem),
  };
}

function atMost(
  name: string,
  stem: Parameters<typeof directed>[0],
  measure: (value: unknown) => number,
): Facet<number> {
  return {
    keywords: [name],
    read: (place) => number(place, name),
    implies: (one, other) => one <= other,
    admits: (value, limit) => measure(value) <= limit,
    ...directed(stem),
  };
}

/** The stricter of the two bounds; `sign` is 1 for lower bounds and -1 for upper ones. */
function bound(
  place: Place,
  inclusive: string,
  exclusive: string,
  sign: 1 | -1,
): Bound | undefined {
  const [soft, hard] = [number(place, inclusive), number(place, exclusive)];
  if (hard === undefined) return soft === undefined ? undefined : { limit: soft, exclusive: false };
  if (soft === undefined || (hard - soft) * sign >= 0) return { limit: hard, exclusive: true };
  return { limit: soft, exclusive: false };
}

function isInside(one: Bound, other: Bound, sign: 1 | -1): boolean {
  const distance = (one.limit - other.limit) * sign;
  return distance > 0 || (distance === 0 && (one.exclusive || !other.exclusive));
}

/** In decimals and exact, because 0.3 / 0.1 is not 3 in binary. */
function isMultiple(value: number, step: number): boolean {
  const [a, b] = [decimal(value), decimal(step)];
  const places = Math.max(a.places, b.places);
  const scaled = ({ digits, places: own }: typeof a): bigint =>
    digits * 10n ** BigInt(places - own);
  return scaled(a) % scaled(b) === 0n;
}

function decimal(value: number): { readonly digits: bigint; readonly places: number } {
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return places >= 0 ? { digits, places } : { digits: digits * 10n ** BigInt(-places), places: 0 };
}

function number(place: Place, name: string): number | undefined {
  const value = keyword(place, name);
  return typeof value === 'number' ? value : undefined;
}

function text(place: Place, name: string): string | undefined {
  const value = keyword(place, name);
  return typeof value === 'string' ? value : undefined;
}

function show(limit: unknown): string {
  if (limit === undefined) return 'none';
  if (typeof limit === 'string') return limit;
  return isBound(limit)
    ? `${limit.limit}${limit.exclusive ? ' (exclusive)' : ''}`
    : JSON.stringify(limit);
}

function isBound(limit: unknown): limit is Bound {
  return typeof limit === 'object' && limit !== null && 'exclusive' in limit;
}
