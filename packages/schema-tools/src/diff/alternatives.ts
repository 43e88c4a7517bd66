import { isAnnotation } from './annotations.ts';
import {
  at,
  followRefs,
  inside,
  isObject,
  keyword,
  listed,
  members,
  type Place,
  same,
} from './place.ts';

const KINDS = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const;
/** Keywords that say what kind of value it is, or nothing. */
const NO_CONSTRAINTS = new Set(['type', 'const', 'enum', '$defs', 'definitions']);

export type Kind = (typeof KINDS)[number];

/**
 * One kind of value that a schema accepts. Every schema is a list of these: a union is flattened,
 * a list of types is taken apart, and literals are a constraint on their kind, so that `const`,
 * `enum` and a union of literals are one thing.
 */
export interface Alternative {
  readonly kind: Kind;
  /** Where its other constraints stand. */
  readonly place: Place;
  /** Of numbers: whole ones only. */
  readonly integer: boolean;
  /** The only values, when it lists them. */
  readonly values?: readonly unknown[];
  /** Pointer to what makes it this kind: `type`, `enum`, `const` or a union. */
  readonly path: string;
}

/** What is accepted, and the unions of which two branches may accept one value. */
export interface Alternatives {
  readonly list: readonly Alternative[];
  readonly ambiguous: readonly string[];
}

/** Takes a schema apart. */
export function alternativesOf(place: Place): Alternatives {
  const ambiguous: string[] = [];
  return { list: flatten(place, ambiguous), ambiguous };
}

function flatten(unresolved: Place, ambiguous: string[]): Alternative[] {
  const place = followRefs(unresolved);
  const union = ['anyOf', 'oneOf'].find((name) => keyword(place, name) !== undefined);
  if (union === undefined) return plainAlternatives(place);
  const branches = listed(place, union).map((_, index) =>
    flatten(inside(place, false, union, String(index)), ambiguous),
  );
  if (union === 'oneOf' && !areDisjoint(branches)) ambiguous.push(at(place, union));
  return mergeLiterals(branches.flat(), at(place, union));
}

function plainAlternatives(place: Place): Alternative[] {
  if (place.schema === false) return [];
  const type = keyword(place, 'type') ?? [...KINDS];
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  const literal = keyword(place, 'const') !== undefined ? 'const' : 'enum';
  const values = literalsOf(place);
  return KINDS.flatMap((kind): Alternative[] => {
    const integer = kind === 'number' && !types.includes('number');
    if (!types.includes(kind) && !(integer && types.includes('integer'))) return [];
    const path = at(place, values === undefined ? 'type' : literal);
    const alternative = { kind, place, integer, path };
    if (values === undefined) return [alternative];
    const own = values.filter(
      (value) => kindOf(value) === kind && (!integer || Number.isInteger(value)),
    );
    return own.length === 0 ? [] : [withValues(alternative, own)];
  });
}

/** The literals that both `const` and `enum` allow; undefined when neither is there. */
function literalsOf(place: Place): readonly unknown[] | undefined {
  const values = keyword(place, 'enum') === undefined ? undefined : listed(place, 'enum');
  if (!isObject(place.schema) || !Object.hasOwn(place.schema, 'const')) return values;
  const only = place.schema['const'];
  return values === undefined || values.some((value) => same(value, only)) ? [only] : [];
}

/** All values of a kind are no constraint. */
function withValues(alternative: Alternative, values: readonly unknown[]): Alternative {
  const distinct = values.filter(
    (value, index) => values.findIndex((other) => same(value, other)) === index,
  );
  const all =
    alternative.kind === 'null' || (alternative.kind === 'boolean' && distinct.length === 2);
  return all ? alternative : { ...alternative, values: distinct };
}

/** `anyOf` of constants is the `enum` that it means. */
function mergeLiterals(alternatives: readonly Alternative[], path: string): Alternative[] {
  const merged: Alternative[] = [];
  for (const kind of KINDS) {
    const own = alternatives.filter((alternative) => alternative.kind === kind);
    const literals = own.filter((alternative) => isBareLiteral(alternative));
    const [first] = literals;
    merged.push(...own.filter((alternative) => !literals.includes(alternative)));
    if (first === undefined) continue;
    const values = literals.flatMap((alternative) => alternative.values ?? []);
    const place = { ...first.place, schema: {} };
    merged.push(
      literals.length === 1 ? first : withValues({ kind, place, integer: false, path }, values),
    );
  }
  return merged;
}

function isBareLiteral({ values, place }: Alternative): boolean {
  return values !== undefined && constraintsOf(place).length === 0;
}

/** Names of the keywords that refuse values, besides the kind and the literals. */
function constraintsOf({ schema }: Place): string[] {
  return Object.keys(isObject(schema) ? schema : {}).filter(
    (name) => !NO_CONSTRAINTS.has(name) && !isAnnotation(name),
  );
}

/** Whether the schema accepts every value there is. */
export function acceptsAnything(place: Place): boolean {
  const { schema, ...rest } = followRefs(place);
  if (typeof schema === 'boolean') return schema;
  const limits = ['type', 'const', 'enum'].some((name) => Object.hasOwn(schema, name));
  return !limits && constraintsOf({ schema, ...rest }).length === 0;
}

/** Whether the alternative has no constraint but its kind and its literals. */
export function isUnconstrained({ place }: Alternative): boolean {
  return constraintsOf(place).length === 0;
}

function areDisjoint(branches: readonly (readonly Alternative[])[]): boolean {
  return branches.every((branch, index) =>
    branches
      .slice(index + 1)
      .every((other) => branch.every((a) => other.every((b) => isDisjoint(a, b)))),
  );
}

function isDisjoint(a: Alternative, b: Alternative): boolean {
  if (a.kind !== b.kind) return true;
  if (a.values !== undefined && b.values !== undefined) return !haveCommon(a.values, b.values);
  if (a.kind !== 'object') return false;
  const [formA, formB] = [formOf(a), formOf(b)];
  return Array.from(formA.tags).some(([name, values]) => {
    const others = formB.tags.get(name);
    const isThere = formA.required.has(name) || formB.required.has(name);
    return others !== undefined && isThere && !haveCommon(values, others);
  });
}

/** What tells the branches of a union apart. */
export interface Form {
  /** Properties that can only have certain values. */
  readonly tags: ReadonlyMap<string, readonly unknown[]>;
  readonly required: ReadonlySet<unknown>;
}

/** Each branch of a union is held against all others, so its form is worked out once. */
const forms = new WeakMap<Alternative, Form>();

/** The form of an object. */
export function formOf(alternative: Alternative): Form {
  const known = forms.get(alternative);
  if (known !== undefined) return known;
  const { place } = alternative;
  const tags = new Map<string, readonly unknown[]>();
  for (const name of Object.keys(members(place, 'properties'))) {
    const values = literalsOf(followRefs(inside(place, true, 'properties', name)));
    if (values !== undefined) tags.set(name, values);
  }
  const form = { tags, required: new Set(listed(place, 'required')) };
  forms.set(alternative, form);
  return form;
}

export function haveCommon(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.some((value) => b.some((other) => same(value, other)));
}

export function kindOf(value: unknown): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'boolean' || type === 'number' || type === 'string' ? type : 'object';
}
