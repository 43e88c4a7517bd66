// oxlint-disable typescript/no-explicit-any, typescript/no-unsafe-argument, typescript/no-unsafe-assignment, typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-return, typescript/no-unsafe-type-assertion -- JSON Schemas of any shape, for tests
import * as fc from 'fast-check';
import type { JsonSchema } from '../src/index.ts';
import { isObject } from './judge.ts';

/** Values of every keyword, few and close together, so that random schemas have much in common. */
const LIMITS: Readonly<Record<string, readonly unknown[]>> = {
  minimum: [0, 1, 2],
  maximum: [2, 3],
  exclusiveMinimum: [0, 1],
  exclusiveMaximum: [2, 3],
  multipleOf: [0.1, 0.5, 1, 2],
  minLength: [0, 1, 2],
  maxLength: [1, 2, 3],
  pattern: ['^a', 'b$'],
  format: ['alpha', 'beta'],
  'x-open-enum': [['a'], ['a', 'ab'], ['b', 'aaaa']],
  minItems: [0, 1, 2],
  maxItems: [0, 1, 2],
  uniqueItems: [true, false],
  minProperties: [0, 1, 2],
  maxProperties: [1, 2, 3],
  enum: [['a'], ['a', 'b'], [1, 2], ['a', 1, null], [true], ['ab', 'b'], [{}, []]],
  const: ['a', 'b', 1, null],
  additionalProperties: [true, false, { type: 'string' }, { type: 'integer' }],
};
const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'enum'],
  string: ['minLength', 'maxLength', 'pattern', 'format', 'x-open-enum', 'enum', 'const'],
  array: ['minItems', 'maxItems', 'uniqueItems'],
  object: ['minProperties', 'maxProperties', 'additionalProperties'],
};
const TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];
const NAMES = ['a', 'ab', 'b', 'c'];
const PATTERNS = ['^a', 'b$', '^c$'];

/** Numbers from a seed: a failure can be repeated. */
export type Random = (below: number) => number;

function randomOf(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random(items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** Any schema of any shape. */
function randomSchema(random: Random, depth: number): unknown {
  const shape = random(depth > 0 ? 12 : 6);
  const inner = (): unknown => randomSchema(random, depth - 1);
  const some = <Value>(most: number, make: () => Value): Value[] =>
    Array.from({ length: random(most + 1) }, make);
  if (shape === 0)
    return pick<unknown>(random, [
      true,
      {},
      { enum: pick(random, LIMITS['enum'] ?? []) },
      { const: 'a' },
      false,
    ]);
  if (shape === 1) return { $ref: pick(random, ['#/$defs/x', '#/$defs/y']) };
  if (shape === 2)
    return {
      type: [...new Set([pick(random, TYPES), pick(random, TYPES)])],
      ...limits(random, pick(random, TYPES)),
    };
  if (shape < 6) {
    const type = pick(random, TYPES);
    return { type, ...limits(random, type) };
  }
  if (shape === 6) return { type: 'array', items: inner(), ...limits(random, 'array') };
  if (shape === 7) {
    return {
      type: 'array',
      prefixItems: some(2, inner),
      ...(random(2) === 0 ? {} : { items: inner() }),
      ...limits(random, 'array'),
    };
  }
  if (shape === 8)
    return { [pick(random, ['anyOf', 'anyOf', 'oneOf'])]: [inner(), ...some(2, inner)] };
  const properties = Object.fromEntries(some(3, () => [pick(random, NAMES), inner()]));
  const tagged = random(4) === 0 ? { c: { const: pick(random, ['a', 'b']) } } : {};
  const required = [
    ...Object.keys(tagged),
    ...Object.keys(properties).filter(() => random(2) === 0),
  ];
  return {
    type: 'object',
    properties: { ...properties, ...tagged },
    required: [...new Set(required)],
    ...(random(5) === 0 ? { patternProperties: { [pick(random, PATTERNS)]: inner() } } : {}),
    ...(random(2) === 0 ? limits(random, 'object') : {}),
  };
}

function limits(random: Random, type: string): JsonSchema {
  const names = OF_TYPE[type === 'integer' ? 'number' : type] ?? [];
  if (names.length === 0 || random(3) === 0) return {};
  const chosen = Array.from({ length: 1 + random(2) }, () => pick(random, names));
  return Object.fromEntries(chosen.map((name) => [name, pick(random, LIMITS[name] ?? [])]));
}

function randomDocument(random: Random): JsonSchema {
  const root = randomSchema(random, 3);
  const defs = { x: randomSchema(random, 1), y: randomSchema(random, 2) };
  return { ...(isObject(root) ? root : { anyOf: [root] }), $defs: defs };
}

const INNER = ['items', 'additionalProperties'];
const INNER_MEMBERS = ['properties', 'patternProperties', 'anyOf', 'oneOf', 'prefixItems', '$defs'];

/** A copy with a few things about it changed, anywhere. */
function mutate(random: Random, schema: unknown): unknown {
  if (!isObject(schema)) return randomSchema(random, 1);
  const inside: [string, string | undefined][] = [];
  for (const name of INNER) if (isObject(schema[name])) inside.push([name, undefined]);
  for (const name of INNER_MEMBERS) {
    for (const key of Object.keys(Object(schema[name]))) inside.push([name, key]);
  }
  if (inside.length > 0 && random(4) > 0) {
    const [name, key] = pick(random, inside);
    const copy = structuredClone(schema) as Record<string, any>;
    if (key === undefined) copy[name] = mutate(random, copy[name]);
    else copy[name][key] = mutate(random, copy[name][key]);
    return copy;
  }
  return mutateHere(random, schema);
}

function mutateHere(random: Random, schema: JsonSchema): unknown {
  const {
    properties = {},
    required = [],
    $defs,
    ...rest
  } = structuredClone(schema) as Record<string, any>;
  const keep = $defs === undefined ? {} : { $defs };
  const names = Object.keys(properties);
  const isRecord = schema['properties'] !== undefined;
  const same = { ...schema };
  switch (random(9)) {
    case 0: {
      const {
        [pick(random, ['type', ...Object.keys(schema).filter((name) => name !== '$defs')])]: _,
        ...less
      } = same;
      return less;
    }
    case 1:
    case 2:
    case 3:
      return { ...same, ...limits(random, pick(random, [schema['type']].flat().map(String))) };
    case 4: {
      if (!isRecord)
        return {
          ...keep,
          anyOf: [rest, pick(random, [{ type: 'null' }, randomSchema(random, 0)])],
        };
      return {
        ...rest,
        ...keep,
        required,
        properties: { ...properties, [pick(random, NAMES)]: randomSchema(random, 1) },
      };
    }
    case 5: {
      if (names.length === 0) return randomSchema(random, 1);
      const { [pick(random, names)]: _, ...less } = properties;
      return {
        ...rest,
        ...keep,
        required: required.filter((name: string) => name in less),
        properties: less,
      };
    }
    case 6: {
      if (names.length === 0) return same;
      const name = pick(random, names);
      const without = required.filter((each: string) => each !== name);
      return {
        ...rest,
        ...keep,
        properties,
        required: without.length < required.length ? without : [...required, name],
      };
    }
    case 7: {
      const union = ['anyOf', 'oneOf', 'prefixItems', 'enum'].find((each) =>
        Array.isArray(schema[each]),
      );
      if (union === undefined)
        return {
          ...keep,
          anyOf: [
            { ...rest, ...(isRecord ? { properties, required } : {}) },
            randomSchema(random, 1),
          ],
        };
      const list = schema[union] as unknown[];
      const changed =
        random(2) === 0
          ? list.slice(1)
          : [...list, union === 'enum' ? pick(random, ['a', 'b', 2]) : randomSchema(random, 1)];
      return { ...same, [union]: changed };
    }
    default:
      return { ...keep, ...(randomSchema(random, 1) as object) };
  }
}

export interface Pair {
  readonly old: JsonSchema;
  readonly now: JsonSchema;
  readonly random: Random;
}

/** Two schemas: mostly one and a mutation of it, sometimes two that have nothing to do with each other. */
export const pair: fc.Arbitrary<Pair> = fc.noShrink(fc.integer()).map((seed) => {
  const random = randomOf(seed);
  const old = randomDocument(random);
  let now: unknown = random(8) === 0 ? randomDocument(random) : old;
  for (let times = random(3); times >= 0; times -= 1) now = mutate(random, now);
  return { old, now: isObject(now) ? now : { anyOf: [now] }, random };
});

const ANY: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  '',
  'a',
  'zzzz',
  [],
  {},
  { a: 1 },
  ['a'],
  [1, 1],
];
const NUMBERS = [-1, 0, 0.1, 0.5, 1, 1.5, 2, 2.5, 3, 4];
const STRINGS = ['', 'a', 'b', 'ab', 'aa', 'abb', 'aaaa', 'ba', 'bb', '\u{1F600}', 'a\u{1F600}b'];

/** A value that the schema may well accept, often at a boundary. */
export function randomValue(
  random: Random,
  document: JsonSchema,
  schema: unknown = document,
  depth = 5,
): unknown {
  if (!isObject(schema) || random(25) === 0 || depth === 0) return pick(random, ANY);
  const inner = (next: unknown): unknown => randomValue(random, document, next, depth - 1);
  if (typeof schema['$ref'] === 'string')
    return inner((document['$defs'] as JsonSchema)[schema['$ref'].slice(8)]);
  for (const union of ['anyOf', 'oneOf']) {
    const branches = schema[union];
    if (Array.isArray(branches) && branches.length > 0) return inner(pick(random, branches));
  }
  const literals = schema['enum'] ?? schema['x-open-enum'];
  if (Array.isArray(literals) && literals.length > 0) return pick(random, literals);
  if ('const' in schema) return schema['const'];
  const type = pick(random, schema['type'] === undefined ? TYPES : [schema['type']].flat());
  if (type === 'null') return null;
  if (type === 'boolean') return random(2) === 0;
  if (type === 'string') return pick(random, STRINGS);
  if (type === 'integer') return random(6) - 1;
  if (type === 'number') return pick(random, NUMBERS);
  if (type === 'array') {
    const prefix = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
    const length = Math.max(random(4), Number(schema['minItems'] ?? 0));
    const most = Math.min(length, Number(schema['maxItems'] ?? 4));
    return Array.from({ length: most }, (_, index) =>
      inner(prefix[index] ?? schema['items'] ?? true),
    );
  }
  const fields: [string, unknown][] = Object.entries(Object(schema['properties']));
  const required: unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const chosen = fields.filter(([name]) => required.includes(name) || random(2) === 0);
  const others = Object.values(Object(schema['patternProperties'])).concat(
    schema['additionalProperties'] ?? true,
  );
  const extra = random(3) === 0 ? [[pick(random, NAMES), inner(pick(random, others))]] : [];
  return Object.fromEntries([...extra, ...chosen.map(([name, field]) => [name, inner(field)])]);
}
