import { describe, expect, test } from 'vitest';
import type { JsonSchema } from '../json-schema.ts';
import { type Bump, RULES, type Rule } from './change.ts';
import { diffSchemas } from './diff.ts';

/** Rule, old, new, backward, forward, bump, pointer. */
type Golden = readonly [Rule, JsonSchema, JsonSchema, boolean, boolean, Bump, string];

const [yes, no] = [true, false];
const string = { type: 'string' };
const number = { type: 'number' };
const array = { type: 'array', items: string };
const object = { type: 'object', properties: { a: string } };
const b = { ...object, properties: { a: string, b: number } };
const tuple = (...prefixItems: JsonSchema[]) => ({ type: 'array', prefixItems, items: false });
const open = (...words: string[]) => ({ type: 'string', maxLength: 9, 'x-open-enum': words });
const map = (patternProperties: JsonSchema) => ({
  type: 'object',
  properties: {},
  patternProperties,
});

/** What stands before `-tightened` and `-loosened` in the name of a rule. */
type Stem = Rule extends infer Name
  ? Name extends `${infer Start}-tightened`
    ? Start
    : never
  : never;

/** A limit that is tightened one way and loosened the other. */
function limit(
  stem: Stem,
  base: JsonSchema,
  loose: JsonSchema,
  tight: JsonSchema,
  path: string,
): Golden[] {
  const [from, to] = [
    { ...base, ...loose },
    { ...base, ...tight },
  ];
  return [
    [`${stem}-tightened`, from, to, no, yes, 'major', path],
    [`${stem}-loosened`, to, from, yes, no, 'major', path],
  ];
}

const GOLDEN: readonly Golden[] = [
  ['property-added-optional', object, b, yes, yes, 'minor', '/properties/b'],
  ['property-added-required', object, { ...b, required: ['b'] }, no, yes, 'major', '/properties/b'],
  [
    'property-added-required',
    object,
    { ...b, required: ['b'], properties: { ...b.properties, b: { ...number, default: 1 } } },
    no,
    yes,
    'major',
    '/properties/b',
  ],
  ['property-removed-optional', b, object, yes, yes, 'major', '/properties/b'],
  [
    'property-removed-required',
    { ...b, required: ['b'] },
    object,
    yes,
    no,
    'major',
    '/properties/b',
  ],
  [
    'property-made-required',
    object,
    { ...object, required: ['a'] },
    no,
    yes,
    'major',
    '/properties/a',
  ],
  [
    'property-made-optional',
    { ...object, required: ['a'] },
    object,
    yes,
    no,
    'major',
    '/properties/a',
  ],
  ['enum-widened', { enum: ['x'] }, { enum: ['x', 'y'] }, yes, no, 'major', '/enum'],
  ['enum-narrowed', { enum: ['x', 'y'] }, { enum: ['x'] }, no, yes, 'major', '/enum'],
  [
    'enum-widened',
    { anyOf: [{ const: 'x' }, { const: 'y' }] },
    { anyOf: [{ const: 'x' }, { const: 'y' }, { const: 'z' }] },
    yes,
    no,
    'major',
    '/anyOf',
  ],
  [
    'enum-widened',
    { enum: ['x', 'y'] },
    { anyOf: [{ const: 'x' }, { const: 'y' }, { const: 'z' }] },
    yes,
    no,
    'major',
    '/anyOf',
  ],
  ['enum-widened', { const: 'x' }, { enum: ['x', 'y'] }, yes, no, 'major', '/enum'],
  ['enum-widened', { enum: ['x'] }, { enum: ['x', 1] }, yes, no, 'major', '/enum'],
  ['enum-removed', { enum: ['x'] }, string, yes, no, 'major', '/enum'],
  ['enum-added', string, { type: 'string', enum: ['x'] }, no, yes, 'major', '/enum'],
  [
    'open-enum-widened',
    { anyOf: [{ const: 'x' }, string] },
    { anyOf: [{ const: 'x' }, { const: 'y' }, string] },
    yes,
    yes,
    'minor',
    '/anyOf',
  ],
  ['open-enum-widened', open('x'), open('x', 'y'), yes, yes, 'minor', '/x-open-enum'],
  ['open-enum-narrowed', open('x', 'y'), open('x'), yes, yes, 'major', '/x-open-enum'],
  ['open-enum-added', { ...string, maxLength: 9 }, open('x'), yes, yes, 'major', '/x-open-enum'],
  ['open-enum-removed', open('x'), { ...string, maxLength: 9 }, yes, yes, 'minor', '/x-open-enum'],
  ['enum-opened', { enum: ['x'] }, open('x'), yes, yes, 'major', '/x-open-enum'],
  ['enum-opened', { enum: ['x'] }, open('x', 'y'), yes, no, 'major', '/x-open-enum'],
  ['enum-closed', open('x'), { enum: ['x', 'y'] }, yes, yes, 'major', '/enum'],
  ['enum-closed', open('x', 'y'), { enum: ['x'] }, no, yes, 'major', '/enum'],
  ['const-changed', { const: 'x' }, { const: 'y' }, no, no, 'major', '/const'],
  ['const-changed', { const: 'x' }, { const: 1 }, no, no, 'major', '/const'],
  ['type-changed', string, number, no, no, 'major', '/type'],
  ['type-changed', object, array, no, no, 'major', '/type'],
  ['type-widened', { type: 'integer' }, number, yes, no, 'major', '/type'],
  ['type-widened', string, { type: ['string', 'null'] }, yes, no, 'major', '/type'],
  ['type-narrowed', number, { type: 'integer' }, no, yes, 'major', '/type'],
  ['type-narrowed', { type: ['string', 'null'] }, string, no, yes, 'major', '/type'],
  [
    'union-widened',
    { anyOf: [string, number] },
    { anyOf: [string, number, { type: 'null' }] },
    yes,
    no,
    'major',
    '/anyOf/2',
  ],
  [
    'union-narrowed',
    { oneOf: [string, number, object] },
    { oneOf: [string, number] },
    no,
    yes,
    'major',
    '/oneOf/2',
  ],
  [
    'union-ambiguous',
    { oneOf: [string, object] },
    { oneOf: [string, object, b] },
    no,
    yes,
    'major',
    '/oneOf',
  ],
  ...limit('minimum', number, { minimum: 1 }, { minimum: 2 }, '/minimum'),
  ...limit('minimum', number, { minimum: 1 }, { exclusiveMinimum: 1 }, '/'),
  ...limit('minimum', number, {}, { minimum: 2 }, '/minimum'),
  ...limit('maximum', number, { maximum: 2 }, { maximum: 1 }, '/maximum'),
  ...limit('maximum', number, { maximum: 1 }, { exclusiveMaximum: 1 }, '/'),
  ...limit('multiple-of', number, { multipleOf: 0.1 }, { multipleOf: 0.3 }, '/multipleOf'),
  [
    'multiple-of-changed',
    { ...number, multipleOf: 2 },
    { ...number, multipleOf: 3 },
    no,
    no,
    'major',
    '/multipleOf',
  ],
  ...limit('min-length', string, { minLength: 1 }, { minLength: 2 }, '/minLength'),
  ...limit('max-length', string, { maxLength: 2 }, { maxLength: 1 }, '/maxLength'),
  ...limit('max-length', string, {}, { maxLength: 1 }, '/maxLength'),
  ['pattern-added', string, { ...string, pattern: '^a' }, no, yes, 'major', '/pattern'],
  ['pattern-removed', { ...string, pattern: '^a' }, string, yes, no, 'major', '/pattern'],
  [
    'pattern-changed',
    { ...string, pattern: '^a' },
    { ...string, pattern: '^b' },
    no,
    no,
    'major',
    '/pattern',
  ],
  ['format-added', string, { ...string, format: 'uri' }, no, yes, 'major', '/format'],
  ['format-removed', { ...string, format: 'uri' }, string, yes, no, 'major', '/format'],
  [
    'format-changed',
    { ...string, format: 'uri' },
    { ...string, format: 'date' },
    no,
    no,
    'major',
    '/format',
  ],
  ...limit('min-items', array, { minItems: 1 }, { minItems: 2 }, '/minItems'),
  ...limit('max-items', array, { maxItems: 2 }, { maxItems: 1 }, '/maxItems'),
  ['unique-items-added', array, { ...array, uniqueItems: true }, no, yes, 'major', '/uniqueItems'],
  [
    'unique-items-removed',
    { ...array, uniqueItems: true },
    array,
    yes,
    no,
    'major',
    '/uniqueItems',
  ],
  ['tuple-item-added', tuple(string), tuple(string, number), yes, no, 'major', '/prefixItems/1'],
  ['tuple-item-removed', tuple(string, number), tuple(string), no, yes, 'major', '/prefixItems/1'],
  [
    'type-changed',
    tuple(string, number),
    tuple(string, string),
    no,
    no,
    'major',
    '/prefixItems/1/type',
  ],
  ...limit('min-properties', object, {}, { minProperties: 1 }, '/minProperties'),
  ...limit('max-properties', object, {}, { maxProperties: 1 }, '/maxProperties'),
  [
    'additional-properties-loosened',
    { ...object, additionalProperties: false },
    object,
    yes,
    yes,
    'minor',
    '/additionalProperties',
  ],
  [
    'additional-properties-tightened',
    object,
    { ...object, additionalProperties: false },
    yes,
    yes,
    'minor',
    '/additionalProperties',
  ],
  [
    'additional-properties-tightened',
    { type: 'object' },
    { type: 'object', additionalProperties: string },
    no,
    yes,
    'major',
    '/additionalProperties',
  ],
  [
    'property-added-optional',
    { ...object, additionalProperties: false },
    { ...b, additionalProperties: false },
    yes,
    no,
    'major',
    '/properties/b',
  ],
  [
    'property-added-optional',
    { type: 'object', additionalProperties: string },
    { type: 'object', additionalProperties: string, properties: { b: number } },
    no,
    no,
    'major',
    '/properties/b',
  ],
  [
    'pattern-property-added',
    map({}),
    map({ '^x': string }),
    yes,
    yes,
    'major',
    '/patternProperties/^x',
  ],
  [
    'pattern-property-removed',
    map({ '^x': string }),
    map({}),
    yes,
    yes,
    'major',
    '/patternProperties/^x',
  ],
  [
    'pattern-property-added',
    object,
    { ...object, patternProperties: { '^a': number } },
    no,
    yes,
    'major',
    '/patternProperties/^a',
  ],
  [
    'pattern-property-added',
    { ...map({}), additionalProperties: false },
    { ...map({ '^x': string }), additionalProperties: false },
    yes,
    no,
    'major',
    '/patternProperties/^x',
  ],
  [
    'pattern-property-removed',
    { ...map({ '^x': string }), additionalProperties: false },
    { ...map({}), additionalProperties: false },
    no,
    yes,
    'major',
    '/patternProperties/^x',
  ],
  ['annotation-changed', { ...string, default: 'x' }, string, yes, yes, 'patch', '/default'],
  ['annotation-changed', string, { ...string, title: 'T' }, yes, yes, 'patch', '/title'],
  [
    'annotation-changed',
    { ...string, description: 'x' },
    { ...string, description: 'y' },
    yes,
    yes,
    'patch',
    '/description',
  ],
  [
    'annotation-changed',
    string,
    { ...string, $id: 'https://a.example/b' },
    yes,
    yes,
    'patch',
    '/$id',
  ],
  ['annotation-changed', string, { ...string, 'x-unit': 'ms' }, yes, yes, 'patch', '/x-unit'],
  ['deprecation-added', string, { ...string, deprecated: true }, yes, yes, 'minor', '/deprecated'],
  [
    'deprecation-removed',
    { ...string, deprecated: true },
    string,
    yes,
    yes,
    'minor',
    '/deprecated',
  ],
  ['unknown-keyword', string, { ...string, contains: string }, no, no, 'major', '/contains'],
];

/** Where a schema may stand, and the pointer to it there. */
const PLACES: Readonly<Record<string, readonly [(schema: JsonSchema) => JsonSchema, string]>> = {
  'the top': [(schema) => schema, ''],
  'a field': [(schema) => ({ type: 'object', properties: { 'a/b': schema } }), '/properties/a~1b'],
  'a field of a field': [
    (schema) => ({
      type: 'object',
      properties: { x: { type: 'object', required: ['y'], properties: { y: schema } } },
    }),
    '/properties/x/properties/y',
  ],
  'an array': [(schema) => ({ type: 'array', items: schema }), '/items'],
  'a map': [
    (schema) => ({ type: 'object', additionalProperties: schema }),
    '/additionalProperties',
  ],
  'a definition': [
    (schema) => ({
      type: 'object',
      properties: { x: { $ref: '#/$defs/d' }, y: { $ref: '#/$defs/d' } },
      $defs: { d: schema },
    }),
    '/$defs/d',
  ],
  'a union': [
    (schema) => ({
      anyOf: [
        {
          type: 'object',
          required: ['kind'],
          properties: { kind: { const: 'other' }, it: number },
        },
        { type: 'object', required: ['kind'], properties: { kind: { const: 'this' }, it: schema } },
      ],
    }),
    '/anyOf/1/properties/it',
  ],
};

describe.each(Object.entries(PLACES))('at %s', (_, [wrap, prefix]) => {
  test.each(GOLDEN)('%s: %j → %j', (rule, old, now, backward, forward, bump, pointer) => {
    const { changes, compatible } = diffSchemas(wrap(old), wrap(now));
    const found = changes.filter((change) => change.rule === rule);
    expect(changes.map((change) => change.rule)).toContain(rule);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ backward, forward, bump });
    expect(found[0]?.path.startsWith(prefix + pointer)).toBe(true);
    expect(compatible).toEqual({ backward, forward });
  });
});

test('every rule has a golden pair', () => {
  const own = new Set<string>([...GOLDEN.map(([rule]) => rule), 'type-renamed']);
  expect(RULES.filter((rule) => !own.has(rule))).toEqual([]);
});

test('the title of a record inside an event is the name of an exported type', () => {
  const wrap = (title: string) => ({ ...object, properties: { a: { ...object, title } } });
  const { changes } = diffSchemas(wrap('Item'), wrap('Line'));
  expect(changes).toMatchObject([
    {
      rule: 'type-renamed',
      path: '/properties/a/title',
      backward: yes,
      forward: yes,
      bump: 'major',
    },
  ]);
  expect(diffSchemas({ ...object, title: 'A' }, { ...object, title: 'B' }).changes).toMatchObject([
    { rule: 'annotation-changed', bump: 'patch' },
  ]);
});

test.each<[string, JsonSchema, JsonSchema]>([
  ['order', { anyOf: [string, number] }, { anyOf: [number, string] }],
  [
    'names of definitions',
    { $ref: '#/$defs/a', $defs: { a: string } },
    { $ref: '#/$defs/b', $defs: { b: string } },
  ],
  [
    'a literal union and its enum',
    { enum: ['x', 'y'] },
    { anyOf: [{ const: 'y' }, { const: 'x' }] },
  ],
  ['limits that limit nothing', string, { ...string, minLength: 0 }],
  [
    'a nullable as types and as a union',
    { type: ['string', 'null'] },
    { anyOf: [string, { type: 'null' }] },
  ],
])('no change: %s', (_, old, now) => {
  expect(diffSchemas(old, now).changes).toEqual([]);
});

test('a recursive definition is compared once, all the way down', () => {
  const tree = (leaf: JsonSchema) => ({
    $ref: '#/$defs/node',
    $defs: {
      node: {
        type: 'object',
        properties: { leaf, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
      },
    },
  });
  expect(diffSchemas(tree(string), tree(string)).changes).toEqual([]);
  expect(diffSchemas(tree(string), tree(number)).changes).toMatchObject([
    { rule: 'type-changed', path: '/$defs/node/properties/leaf/type' },
  ]);
});

test('an enum that fits into what replaces it breaks no new reader', () => {
  const { compatible } = diffSchemas(
    { enum: ['ab', 'abc'] },
    { type: 'string', maxLength: 3, pattern: '^ab' },
  );
  expect(compatible).toEqual({ backward: yes, forward: no });
  expect(diffSchemas({ enum: ['ab'] }, { type: 'string', maxLength: 1 }).compatible.backward).toBe(
    no,
  );
});

test.each([
  [['kind'], yes],
  [[], no],
])('oneOf is safe when a const tells the branches apart, required by %j', (required, safe) => {
  const branch = (kind: string) => ({
    type: 'object',
    properties: { kind: { const: kind } },
    required,
  });
  const schema = { oneOf: [branch('a'), branch('b')] };
  expect(diffSchemas(schema, schema).compatible).toEqual({ backward: safe, forward: safe });
});

test('the words of an open enum are nothing to the other kinds beside it', () => {
  const mixed = { type: ['string', 'integer'], 'x-open-enum': ['x'] };
  const { changes } = diffSchemas(mixed, { ...mixed, multipleOf: 2 });
  expect(changes).toMatchObject([{ rule: 'multiple-of-tightened', backward: no, forward: yes }]);
});

test.each<[JsonSchema, string, string]>([
  [{ allOf: [string] }, '/allOf', 'does not know the keyword allOf'],
  [{ type: 'object', properties: { a: { not: string } } }, '/properties/a/not', 'not'],
  [{ $ref: '#/$defs/none' }, '/$ref', 'points at no schema'],
  [{ $ref: 'https://a.example/b.json' }, '/$ref', 'points at no schema'],
  [
    { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }] } } },
    '/$ref',
    'leads back to itself',
  ],
  [{ anyOf: [string], minLength: 3 }, '/anyOf', 'beside minLength'],
  [{ type: 'array', items: [string] }, '/items', 'prefixItems'],
  [{ type: 'text' }, '/type', 'a type of JSON'],
  [{ maxLength: '3' }, '/maxLength', 'a whole number'],
  [{ pattern: '(' }, '/pattern', 'regular expression'],
  [{ 'x-open-enum': ['long'], maxLength: 3 }, '/x-open-enum', 'longer than its maxLength'],
  [{ items: { $id: 'https://a.example/', items: { $ref: '#' } } }, '/items/$id', 'its own $id'],
])('what it cannot judge, it says: %j', (schema, path, message) => {
  const { compatible, changes } = diffSchemas(schema, schema);
  expect(compatible).toEqual({ backward: no, forward: no });
  const found = changes.find((change) => change.path === path);
  expect(found?.rule).toBe('unknown-keyword');
  expect(found?.message).toContain(message);
});

test.each(['x-types', 'default', 'examples'])('a reference into %s is not followed', (name) => {
  const document = (target: JsonSchema): JsonSchema => ({
    type: 'object',
    properties: { a: { $ref: `#/${name}/a` } },
    [name]: { a: target },
  });
  // What is refused by the second was accepted by the first, behind a keyword nobody looked at.
  const { compatible, changes } = diffSchemas(
    document({ type: 'string' }),
    document({ type: 'string', not: { const: 'q' } }),
  );
  expect(compatible).toEqual({ backward: false, forward: false });
  expect(changes.map(({ rule, path }) => [rule, path])).toContainEqual([
    'unknown-keyword',
    '/properties/a/$ref',
  ]);
});

test('whatever happens to the kinds of a value is one change', () => {
  const types = ({ changes }: ReturnType<typeof diffSchemas>) =>
    changes.map(({ rule, path, message }) => [rule, path, message]);
  expect(types(diffSchemas({}, { type: 'string' }))).toEqual([
    ['type-narrowed', '/type', 'no longer null or boolean or number or array or object'],
  ]);
  expect(types(diffSchemas({ type: 'string' }, {}))).toEqual([
    ['type-widened', '/type', 'also null or boolean or number or array or object'],
  ]);
  expect(types(diffSchemas({}, { type: 'integer' }))).toEqual([
    [
      'type-narrowed',
      '/type',
      'number → integer; no longer null or boolean or string or array or object',
    ],
  ]);
  expect(diffSchemas({}, { type: 'string' }).compatible).toEqual({ backward: no, forward: yes });
});

describe.each(['anyOf', 'oneOf'])('%s of hundreds of branches', (union) => {
  const branches = (maxLength: number, tagged: boolean) =>
    Array.from({ length: 300 }, (_, index) => ({
      type: 'object',
      properties: {
        ...(tagged ? { kind: { const: `k${index}` } } : {}),
        [`own_${index}`]: { type: 'string', maxLength },
        more: { type: 'integer' },
        note: { type: 'string', maxLength: 5 },
      },
      required: [tagged ? 'kind' : `own_${index}`],
    }));

  test.each([
    ['told apart by a tag', yes],
    ['that require different fields', no],
  ])('%s are compared one by one', (_, tagged) => {
    const [old, now] = [
      { [union]: branches(5, tagged) },
      { [union]: branches(6, tagged).toReversed() },
    ];
    const { changes, compatible } = diffSchemas(old, now);
    const loosened = changes.filter(({ rule }) => rule === 'max-length-loosened');
    expect(new Set(loosened.map(({ path }) => path)).size).toBe(300);
    expect(compatible).toEqual({ backward: tagged || union === 'anyOf', forward: no });
  });
});

test.each(['http://json-schema.org/draft-07/schema#', 'https://a.example/own', 7])(
  'the dialect %s is refused, and nothing else is said',
  (dialect) => {
    const foreign = { $schema: dialect, type: 'string', dependencies: {} };
    const { changes, compatible } = diffSchemas({ type: 'string' }, foreign);
    expect(compatible).toEqual({ backward: no, forward: no });
    expect(changes).toMatchObject([{ rule: 'unknown-keyword', path: '/$schema' }]);
    expect(changes[0]?.message).toContain('the diff reads JSON Schema 2020-12');
    const inner = { properties: { a: foreign } };
    expect(diffSchemas(inner, {}).changes).toMatchObject([{ path: '/properties/a/$schema' }]);
  },
);

test.each(['https://json-schema.org/draft/2020-12/schema', undefined])(
  'the dialect %s is compared',
  (dialect) => {
    const known = { ...(dialect === undefined ? {} : { $schema: dialect }), type: 'string' };
    expect(diffSchemas(known, known).changes).toEqual([]);
  },
);

test('open enums are taken at their word only where somebody vouches for it', () => {
  const [old, now] = [open('a', 'b'), open('a', 'b', 'c')];
  expect(diffSchemas(old, now).changes).toMatchObject([{ rule: 'open-enum-widened' }]);
  const { changes } = diffSchemas(old, now, { openEnums: false });
  expect(changes).toMatchObject([{ rule: 'unknown-keyword', path: '/x-open-enum' }]);
  expect(changes[0]?.message).toContain('--open-enums');
});
