import { SchemaError } from '../errors.ts';
import { canonicalJson } from '../json-schema.ts';
import {
  type Alternative,
  type Alternatives,
  acceptsAnything,
  alternativesOf,
  formOf,
  haveCommon,
  isUnconstrained,
  type Kind,
  kindOf,
} from './alternatives.ts';
import { compareAnnotations } from './annotations.ts';
import { type Compare, compareArrays } from './arrays.ts';
import {
  type Change,
  type Compatibility,
  change,
  compatibilityOf,
  excuse,
  type Rule,
} from './change.ts';
import { compareFacets, keepsLimits, openWords } from './facets.ts';
import { compareLiterals } from './literals.ts';
import { compareObjects } from './objects.ts';
import { at, followRefs, keyword, type Place, same } from './place.ts';

/** Far more than any schema that people write needs; stops those made of circles in circles. */
const MOST_COMPARISONS = 500_000;

/** Compares two alternatives of one kind. */
type CompareAlternatives = (from: Alternative, to: Alternative) => readonly Change[];

/**
 * What compares two places of two documents. A pair of places that is met again inside itself is
 * taken to be compatible: values are finite, so the proof is by induction over them.
 */
export function createCompare(): Compare {
  const done = new Map<string, readonly Change[]>();
  const open = new Set<string>();
  let [assumed, comparisons] = [0, 0];
  const once = (key: string, run: () => readonly Change[]): readonly Change[] => {
    const known = done.get(key);
    if (known !== undefined) return known;
    if (open.has(key)) {
      assumed += 1;
      return [];
    }
    comparisons += 1;
    if (comparisons > MOST_COMPARISONS) {
      throw new SchemaError(
        'unsupported_schema',
        'The schemas have more branches and references to themselves than can be compared; tell the branches of a union apart by a required const, or split them.',
      );
    }
    const before = assumed;
    open.add(key);
    const changes = run();
    open.delete(key);
    // What rests on an assumption is not kept: elsewhere the assumption may not hold.
    if (assumed === before) done.set(key, changes);
    return changes;
  };
  const compare: Compare = (from, to) =>
    once(`${keyOf(from)} ${keyOf(to)}`, () => comparePlaces(from, to, alternatives));
  const alternatives: CompareAlternatives = (from, to) =>
    once(`${branchKey(from)} ${branchKey(to)}`, () => compareAlternatives(from, to, compare));
  return compare;
}

/** `true` and `false` mean the same everywhere; every other schema is known by its place. */
function keyOf({ pointer, schema }: Place): string {
  return typeof schema === 'boolean' ? String(schema) : JSON.stringify(pointer);
}

function branchKey({ kind, integer, values, place }: Alternative): string {
  return JSON.stringify([kind, integer, values ?? null, keyOf(place)]);
}

function comparePlaces(from: Place, to: Place, alternatives: CompareAlternatives): Change[] {
  const changes = compareAnnotations(from, to);
  if (acceptsAnything(from) && acceptsAnything(to)) return changes;
  const [old, now] = [followRefs(from), followRefs(to)];
  const [olds, news] = [alternativesOf(old), alternativesOf(now)];
  const pairs = pairUp(olds.list, news.list, alternatives);
  for (const [a, b] of pairs) {
    if (a.place.pointer !== old.pointer || b.place.pointer !== now.pointer) {
      changes.push(...compareAnnotations(a.place, b.place));
    }
    changes.push(...covered(alternatives(a, b), a, b, olds, news, alternatives));
  }
  const paired = new Set(pairs.flat());
  const removed = olds.list.filter((a) => !paired.has(a));
  const added = news.list.filter((b) => !paired.has(b));
  return [
    ...changes,
    ...compareKinds({ old, now, removed, added, olds, news, compare: alternatives }),
    ...compareAmbiguity(old, now, olds, news),
  ];
}

/** A change inside a branch breaks nobody when another branch accepts the same values. */
function covered(
  changes: readonly Change[],
  a: Alternative,
  b: Alternative,
  olds: Alternatives,
  news: Alternatives,
  compare: CompareAlternatives,
): Change[] {
  const isAlone = news.list.length === 1 && olds.list.length === 1;
  if (changes.length === 0 || isAlone) return [...changes];
  const flags = {
    backward:
      changes.some((each) => !each.backward) &&
      isCovered(a, news.list, (other) => compare(a, other).every((each) => each.backward)),
    forward:
      changes.some((each) => !each.forward) &&
      isCovered(b, olds.list, (other) => compare(other, b).every((each) => each.forward)),
  };
  return changes.map((each) => excuse(each, flags));
}

/** Whether all that a writer sends of an alternative, one of the reader's accepts. */
function isCovered(
  writer: Alternative,
  readers: readonly Alternative[],
  fits: (reader: Alternative) => boolean,
): boolean {
  const alike = readers.filter(({ kind }) => kind === writer.kind);
  if (alike.some((reader) => mayFit(writer, reader) && fits(reader))) return true;
  const written = writer.values ?? openWords(writer);
  return written?.every((value) => alike.some((reader) => accepts(reader, value))) ?? false;
}

/**
 * A quick look, for unions of many branches. What it refuses, the comparison would too: strings of
 * another pattern, objects of another tag or without a field that the reader requires.
 */
function mayFit(writer: Alternative, reader: Alternative): boolean {
  if (writer.values !== undefined || openWords(writer) !== undefined) return true;
  if (writer.kind === 'string') {
    const pattern = keyword(reader.place, 'pattern');
    return pattern === undefined || pattern === keyword(writer.place, 'pattern');
  }
  if (writer.kind !== 'object') return true;
  const always = formOf(writer).required;
  return (
    relation(writer, reader) !== 'other' &&
    Array.from(formOf(reader).required).every((name) => always.has(name))
  );
}

/** Whether the alternative surely accepts the value. */
function accepts(reader: Alternative, value: unknown): boolean {
  if (reader.kind !== kindOf(value)) return false;
  if (reader.values !== undefined && !haveCommon(reader.values, [value])) return false;
  const isScalar = typeof value !== 'object' || value === null;
  return isScalar ? keepsLimits(value, reader) : isUnconstrained(reader);
}

/** Which old branch became which new one. Only the report depends on it, never the verdict. */
function pairUp(
  olds: readonly Alternative[],
  news: readonly Alternative[],
  compare: CompareAlternatives,
): [Alternative, Alternative][] {
  const pairs: [Alternative, Alternative][] = [];
  const [oldLeft, newLeft] = [new Set(olds), new Set(news)];
  const pair = (a: Alternative, b: Alternative): void => {
    pairs.push([a, b]);
    oldLeft.delete(a);
    newLeft.delete(b);
  };
  // First what is the same to the letter, which of a long union is nearly all.
  const byText = Map.groupBy(news, textOf);
  for (const a of olds) {
    const b = byText.get(textOf(a))?.shift();
    if (b !== undefined) pair(a, b);
  }
  const pass = (belong: (a: Alternative, b: Alternative) => boolean): void => {
    for (const a of oldLeft) {
      for (const b of newLeft) {
        if (b.kind !== a.kind || !belong(a, b)) continue;
        pair(a, b);
        break;
      }
    }
  };
  const [oldsByKind, newsByKind] = [countKinds(olds), countKinds(news)];
  pass(({ kind }) => oldsByKind.get(kind) === 1 && newsByKind.get(kind) === 1);
  pass((a, b) => relation(a, b) === 'same');
  const mayBelong = (a: Alternative, b: Alternative): boolean =>
    relation(a, b) !== 'other' && (a.values === undefined) === (b.values === undefined);
  const isAlike = (a: Alternative, b: Alternative): boolean =>
    mayBelong(a, b) && mayFit(a, b) && mayFit(b, a);
  pass((a, b) => isAlike(a, b) && compare(a, b).length === 0);
  pass(isAlike);
  pass(mayBelong);
  return pairs;
}

function textOf({ kind, integer, values, place }: Alternative): string {
  return canonicalJson([kind, integer, values ?? null, place.schema]);
}

function countKinds(alternatives: readonly Alternative[]): ReadonlyMap<Kind, number> {
  const counts = new Map<Kind, number>();
  for (const { kind } of alternatives) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Whether two objects carry the same tag (a required field with one value), another one, or none. */
function relation(a: Alternative, b: Alternative): 'same' | 'other' | 'unknown' {
  if (a.kind !== 'object' || b.kind !== 'object') return 'unknown';
  const [form, other] = [formOf(a), formOf(b)];
  for (const [name, values] of form.tags) {
    const theirs = other.tags.get(name);
    if (theirs === undefined || !form.required.has(name) || !other.required.has(name)) continue;
    return haveCommon(values, theirs) ? 'same' : 'other';
  }
  return 'unknown';
}

/** Compares two alternatives of one kind. */
function compareAlternatives(from: Alternative, to: Alternative, compare: Compare): Change[] {
  return [
    ...compareIntegers(from, to),
    ...compareLiterals(from, to),
    ...compareFacets(from, to),
    ...(to.kind === 'array' ? compareArrays(from, to, compare) : []),
    ...(to.kind === 'object' ? compareObjects(from, to, compare) : []),
  ];
}

function compareIntegers(from: Alternative, to: Alternative): Change[] {
  if (from.integer === to.integer) return [];
  const whole = (values: readonly unknown[] | undefined): boolean =>
    values?.every((value) => Number.isInteger(value)) ?? false;
  const path = at(to.place, 'type');
  if (to.integer) {
    return [
      change(
        'type-narrowed',
        path,
        { backward: whole(from.values), forward: true },
        'number → integer',
      ),
    ];
  }
  return [
    change('type-widened', path, { backward: true, forward: whole(to.values) }, 'integer → number'),
  ];
}

interface Unpaired {
  readonly old: Place;
  readonly now: Place;
  readonly removed: readonly Alternative[];
  readonly added: readonly Alternative[];
  readonly olds: Alternatives;
  readonly news: Alternatives;
  readonly compare: CompareAlternatives;
}

/** Branches that are only on one side. */
function compareKinds({ old, now, removed, added, olds, news, compare }: Unpaired): Change[] {
  if (removed.length === 0 && added.length === 0) return [];
  const isUnion = [old, now].some((place) =>
    ['anyOf', 'oneOf'].some((name) => keyword(place, name) !== undefined),
  );
  if (!isUnion && removed.length > 0 && added.length > 0) {
    const flags = { backward: false, forward: false };
    const path = added[0]?.path ?? at(now, 'type');
    const isConst = [...removed, ...added].every((each) => each.path.endsWith('/const'));
    return [
      change(
        isConst ? 'const-changed' : 'type-changed',
        path,
        flags,
        `${show(removed)} → ${show(added)}`,
      ),
    ];
  }
  const gone = removed.map(
    (a): KindChange => ({
      rule: `${stem(a, isUnion)}-narrowed`,
      path: isUnion ? a.place.pointer || a.path : a.path,
      backward: isCovered(a, news.list, (b) => compare(a, b).every((each) => each.backward)),
      forward: true,
      verb: 'no longer',
      alternative: a,
    }),
  );
  const come = added.map(
    (b): KindChange => ({
      rule: `${stem(b, isUnion)}-widened`,
      path: isUnion ? b.place.pointer || b.path : b.path,
      backward: true,
      forward: isCovered(b, olds.list, (a) => compare(a, b).every((each) => each.forward)),
      verb: 'also',
      alternative: b,
    }),
  );
  return [...together(gone), ...together(come)];
}

/** One change at one place: what becomes of each kind is one thing to whoever reads it. */
function together(changes: readonly KindChange[]): Change[] {
  const groups = Map.groupBy(changes, ({ rule, path }) => `${rule} ${path}`);
  return Array.from(groups.values()).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const what = show(group.map(({ alternative }) => alternative));
    return [change(first.rule, first.path, compatibilityOf(group), `${first.verb} ${what}`)];
  });
}

/** A branch that came or went. */
interface KindChange extends Compatibility {
  readonly rule: Rule;
  readonly path: string;
  readonly verb: 'no longer' | 'also';
  readonly alternative: Alternative;
}

function stem({ path }: Alternative, isUnion: boolean): 'union' | 'enum' | 'type' {
  if (isUnion) return 'union';
  return path.endsWith('/enum') ? 'enum' : 'type';
}

/**
 * `oneOf` refuses what two branches accept. Readers are open and accept more than was written, so
 * even an unchanged `oneOf` may refuse what was written to one branch of it.
 */
function compareAmbiguity(
  old: Place,
  now: Place,
  olds: Alternatives,
  news: Alternatives,
): Change[] {
  const text = JSON.stringify(old.schema);
  const isPlain = !/"(?:properties|patternProperties|additionalProperties|x-open-enum|\$ref)"/.test(
    text,
  );
  if (isPlain && same(old.schema, now.schema)) return [];
  const message =
    'two branches of oneOf may accept one value; use anyOf, or tell them apart by a required const';
  return [
    ...news.ambiguous.map((path) =>
      change('union-ambiguous', path, { backward: false, forward: true }, message),
    ),
    ...olds.ambiguous.map((path) =>
      change('union-ambiguous', path, { backward: true, forward: false }, message),
    ),
  ];
}

function show(alternatives: readonly Alternative[]): string {
  const names = alternatives.map(({ kind, integer, values }) =>
    values === undefined
      ? integer
        ? 'integer'
        : kind
      : values.map((value) => JSON.stringify(value)).join(', '),
  );
  return names.join(' or ');
}
