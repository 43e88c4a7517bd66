import { SchemaError } from '../errors.ts';
import {
  type Alternative,
  type Alternatives,
  acceptsAnything,
  alternativesOf,
  haveCommon,
  isUnconstrained,
  kindOf,
  tagsOf,
} from './alternatives.ts';
import { compareAnnotations } from './annotations.ts';
import { type Compare, compareArrays } from './arrays.ts';
import { type Change, change, excuse } from './change.ts';
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
        'The schema refers to itself in too many ways to be compared; split it.',
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
  const removed = olds.list.filter((a) => !pairs.some(([paired]) => paired === a));
  const added = news.list.filter((b) => !pairs.some(([, paired]) => paired === b));
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
  const [others, oldOthers] = [
    news.list.filter((each) => each !== b),
    olds.list.filter((each) => each !== a),
  ];
  if (changes.length === 0 || (others.length === 0 && oldOthers.length === 0)) return [...changes];
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
  if (alike.some(fits)) return true;
  const written = writer.values ?? openWords(writer);
  return written?.every((value) => alike.some((reader) => accepts(reader, value))) ?? false;
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
  const pass = (belong: (a: Alternative, b: Alternative) => boolean): void => {
    for (const a of oldLeft) {
      const b = [...newLeft].find((each) => each.kind === a.kind && belong(a, each));
      if (b === undefined) continue;
      pairs.push([a, b]);
      oldLeft.delete(a);
      newLeft.delete(b);
    }
  };
  const isOnly = (list: readonly Alternative[], { kind }: Alternative): boolean =>
    list.filter((each) => each.kind === kind).length === 1;
  pass((a, b) => isOnly(olds, a) && isOnly(news, b));
  pass((a, b) => relation(a, b) === 'same');
  pass(
    (a, b) =>
      relation(a, b) !== 'other' &&
      (a.values === undefined) === (b.values === undefined) &&
      compare(a, b).length === 0,
  );
  pass(
    (a, b) => relation(a, b) !== 'other' && (a.values === undefined) === (b.values === undefined),
  );
  return pairs;
}

/** Whether two objects carry the same tag (a required field with one value), another one, or none. */
function relation(a: Alternative, b: Alternative): 'same' | 'other' | 'unknown' {
  if (a.kind !== 'object' || b.kind !== 'object') return 'unknown';
  const [tags, others] = [tagsOf(a), tagsOf(b)];
  for (const [name, values] of tags) {
    const theirs = others.get(name);
    if (theirs !== undefined) return haveCommon(values, theirs) ? 'same' : 'other';
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
  const gone = removed.map((a): Change => {
    const backward = isCovered(a, news.list, (b) => compare(a, b).every((each) => each.backward));
    const rule = `${stem(a, isUnion)}-narrowed` as const;
    return change(
      rule,
      isUnion ? a.place.pointer || a.path : a.path,
      { backward, forward: true },
      `no longer ${show([a])}`,
    );
  });
  const come = added.map((b): Change => {
    const forward = isCovered(b, olds.list, (a) => compare(a, b).every((each) => each.forward));
    const rule = `${stem(b, isUnion)}-widened` as const;
    return change(
      rule,
      isUnion ? b.place.pointer || b.path : b.path,
      { backward: true, forward },
      `also ${show([b])}`,
    );
  });
  return [...gone, ...come];
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
