import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  composeEvents,
  count,
  defineEvent,
  defineRegistry,
  defineUpcast,
  type EventDefinition,
  generate,
  identifier,
  list,
  openChoice,
  optional,
  type PayloadOf,
  record,
  type UpcastDefinition,
} from '../src/index.ts';
import { addToCart, envelope } from './fixtures.ts';
import { createWorkspace, typeCheck, type Workspace } from './workspace.ts';

const word = { examples: ['shoes'], maxLength: 20 } as const;
const filter = (title: string) =>
  record({ name: identifier({ description: 'Which.', ...word }) }, { title, description: 'One.' });

const v1 = defineEvent({
  type: 'search',
  version: '1.2.0',
  description: 'A user searched.',
  payload: {
    query: identifier({ description: 'For what.', ...word }),
    results: optional(
      count({ description: 'How many.', unit: 'results', examples: [3], maximum: 99 }),
    ),
    filter: optional(filter('Filter')),
    engine: openChoice(['a', 'b'], { description: 'Which engine.', maxLength: 5 }),
  },
});
const v2 = defineEvent({
  ...v1,
  version: '2.1.0',
  payload: {
    query: identifier({ description: 'For what.', ...word }),
    found: record(
      { total: count({ description: 'How many.', unit: 'hits', examples: [3], maximum: 99 }) },
      { title: 'Found', description: 'What was found.' },
    ),
    filters: list(filter('Filter'), { description: 'By what.', maxItems: 2 }),
    engine: openChoice(['a', 'b', 'c'], { description: 'Which engine.', maxLength: 5 }),
  },
});
const v3 = defineEvent({
  ...v2,
  version: '3.0.0',
  payload: { ...v2.payload, words: count({ description: 'Of the query.', ...unit('words') }) },
});

function unit(name: string) {
  return { unit: name, examples: [1], maximum: 99 } as const;
}

const toV2 = defineUpcast({
  from: v1,
  to: v2,
  upcast: ({ results, filter: only, ...old }) => ({
    ...old,
    found: { total: results ?? 0 }, // a comment with a "quote'
    filters: only === undefined ? [] : [only],
  }),
});
const toV3 = defineUpcast({
  from: v2,
  to: v3,
  upcast: (old) => ({ ...old, words: old.query.split(' ').length }),
});

function models(events: readonly EventDefinition[], ...upcasts: UpcastDefinition[]) {
  const baseUri = 'https://test.example/schemas/';
  return composeEvents(defineRegistry({ baseUri, envelope, events, upcasts }));
}

interface Parsed {
  readonly ok: boolean;
  readonly event?: Record<string, unknown>;
  readonly originalVersion?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly issues?: readonly unknown[];
}

/** The generated and hand-written code of a workspace, at work. */
async function reader({ root }: Workspace): Promise<(event: unknown) => Parsed> {
  const file = pathToFileURL(path.join(root, 'packages/events/src/parse-event.ts')).href;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- code that this test has generated
  const module = (await import(file)) as { parseEvent: (data: Uint8Array) => Parsed };
  return (event) => module.parseEvent(new TextEncoder().encode(JSON.stringify(event)));
}

const stamped = {
  event_type: 'search',
  user_id: 'u1',
  timestamp: '2026-11-23T10:00:00.000Z',
};
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(isShort);

/** Counted as JSON Schema does. */
function isShort(value: string): boolean {
  return Array.from(value).length <= 20 && value.isWellFormed();
}

const v1Event = fc.record(
  {
    event_type: fc.constant('search'),
    schema_version: fc.constantFrom('1.0.0', '1.2.0', '1.99.0'),
    user_id: text,
    timestamp: fc
      .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
      .map((date) => date.toISOString()),
    session_id: fc.constantFrom('s1', 's2'),
    query: text,
    results: fc.nat(99),
    filter: fc.record({ name: text, more: fc.boolean() }, { requiredKeys: ['name'] }),
    engine: fc.string({ maxLength: 2 }),
    added_in_1_3: fc.constantFrom<unknown>(1, null, { x: [true] }),
  },
  { requiredKeys: ['event_type', 'schema_version', 'user_id', 'timestamp', 'query', 'engine'] },
);

test('every valid event of an old major is read as a valid one of the newest', async () => {
  await using workspace = await createWorkspace();
  await workspace.write(
    'app/handlers.ts',
    `import type { EventHandlers } from '../packages/consumer/src/gen/handlers.ts';
     import { isSearchV1, searchV1, type SearchV1, type SearchV2 } from '../packages/events/src/index.ts';
     export const old = (event: SearchV1, newer: SearchV2) => event.results ?? newer.found.total;
     export const known = isSearchV1(searchV1.sample);
     export const handlers: EventHandlers<number> = {
       search: ({ found, words, filters, engine }) => found.total + words + filters.length + Number(engine === 'a'),
     };`,
  );
  await workspace.write(
    'app/producer.ts',
    `import { eventMethods } from '../packages/producer/src/gen/methods.ts';
     const producer = eventMethods((contract) => Promise.resolve({ eventId: contract.version }));
     const payload = { user_id: 'u1', query: 'q', found: { total: 1 }, filters: [], words: 1 };
     await producer.search({ ...payload, engine: 'c' });
     // @ts-expect-error -- a writer sends one of the words that are known
     await producer.search({ ...payload, engine: 'd' });`,
  );
  await workspace.generate(models([v2, v1, v3], toV3, toV2));
  expect(await typeCheck(workspace)).toBe('');

  const parse = await reader(workspace);
  fc.assert(
    fc.property(v1Event, (event) => {
      const { results = 0, filter: only, query, ...rest } = event;
      const { ok, event: latest, originalVersion } = parse(event);
      expect({ ok, originalVersion }).toEqual({ ok: true, originalVersion: event.schema_version });
      expect(latest).toEqual({
        ...rest,
        query,
        schema_version: '3.0.0',
        found: { total: results },
        filters: only === undefined ? [] : [only],
        words: query.split(' ').length,
      });
    }),
    { numRuns: 500 },
  );
  const payload = { query: 'a b', found: { total: 1 }, filters: [], engine: 'new' };
  const second = { ...stamped, ...payload, schema_version: '2.7.0' };
  expect(parse(second)).toMatchObject({ ok: true, event: { words: 2 }, originalVersion: '2.7.0' });
  const third = { ...second, schema_version: '3.9.0', words: 7 };
  expect(parse(third)).toEqual({ ok: true, event: third, originalVersion: '3.9.0' });

  expect(parse({ ...third, schema_version: '4.0.0' })).toMatchObject({
    reason: 'unknown_version',
    message: 'The search has version "4.0.0"; known are 1.x, 2.x, 3.x.',
  });
  expect(parse({ ...second, schema_version: '1.0.0', query: 1 })).toMatchObject({
    reason: 'invalid',
    message: expect.stringContaining('The search is invalid: /query: expected') as unknown,
  });
  expect(parse({ ...third, schema_version: '3' })).toMatchObject({
    reason: 'invalid',
    issues: [{ path: '/schema_version' }],
  });
});

test('what an upcast cannot make valid, or throws on, comes to no handler', async () => {
  await using workspace = await createWorkspace();
  const picky = defineUpcast({
    from: v1,
    to: v2,
    upcast: ({ query, ...old }) => {
      if (query === 'throw') throw new RangeError('so picky');
      // An upcast is not as pure as it says, and takes the identity with it.
      delete (old as Record<string, unknown>)['user_id'];
      return { ...old, user_id: 'thief', query, found: { total: query.length * 30 }, filters: [] };
    },
  });
  await workspace.generate(models([v1, v2, v3], picky, toV3));
  const parse = await reader(workspace);
  const event = { ...stamped, schema_version: '1.0.0', query: 'abc', engine: 'a' };
  expect(parse(event)).toMatchObject({ ok: true, event: { user_id: 'u1', found: { total: 90 } } });
  expect(parse({ ...event, query: 'abcd' })).toEqual({
    ok: false,
    reason: 'invalid',
    message:
      'The search 1.0.0 is invalid as 2.1.0: /found/total: expected a whole number from 0 to 99, received 120.',
    issues: [{ path: '/found/total', expected: 'a whole number from 0 to 99', received: '120' }],
    eventType: 'search',
  });
  expect(parse({ ...event, query: 'throw' })).toMatchObject({
    reason: 'invalid',
    message: expect.stringContaining('throws RangeError: so picky') as unknown,
    issues: [{ path: '', expected: 'a search that can be upcast to 2.1.0' }],
  });
});

test('a wrong upcast is found by the type checker, where it is written and where it is used', async () => {
  // @ts-expect-error -- the new payload needs its total
  const wrong = defineUpcast({ from: v1, to: v2, upcast: (old) => ({ ...old, filters: [] }) });
  const misread = defineUpcast({
    from: v1,
    to: v2,
    // @ts-expect-error -- no such field
    upcast: ({ hits, ...old }) => ({ ...old, found: { total: Number(hits) }, filters: [] }),
  });
  expect(misread.from).toBe(v1);
  await using workspace = await createWorkspace();
  await workspace.generate(models([v1, v2], wrong));
  expect(await typeCheck(workspace)).toContain("Property 'found' is missing");
});

const outside = 7;

function unbound(old: PayloadOf<typeof v1.payload>) {
  return { ...old, found: { total: 0 }, filters: [] };
}

test.each<[string, (old: PayloadOf<typeof v1.payload>) => PayloadOf<typeof v2.payload>, string]>([
  [
    'uses what is outside',
    (old) => ({ ...old, found: { total: outside }, filters: [] }),
    'fails on its sample (outside is not defined); use nothing but',
  ],
  [
    'throws on a valid event',
    () => {
      throw new Error('never');
    },
    'fails on its sample (never)',
  ],
  [
    'does not end',
    () => {
      for (;;);
    },
    'fails on its sample (Script execution timed out',
  ],
  ['is bound', unbound.bind(undefined), 'is no function that can be copied'],
])('an upcast that %s is refused', (_what, upcast, message) => {
  const events = models([v1, v2], defineUpcast({ from: v1, to: v2, upcast }));
  expect(() => generate(events, 'a test')).toThrow(`The upcast of search 1.2.0 ${message}`);
});

test('the source of an upcast does not depend on how it was formatted', () => {
  const [searchV1, ...rest] = models([v1, v2], toV2);
  if (searchV1?.upcast === undefined) throw new Error('no upcast');
  const sources = [
    searchV1.upcast,
    `({ results, filter: only, ...old }         ) => {
      if (only === undefined) { /* none */ };
      return { ...old, 'found': { total: results ?? 0 }, filters: only === undefined ? [] : [only] } }`,
    `upcast({results,filter:only,...old}) {
      // found
      return { ...old, found: { total: results ?? 0 }, /* bracketed */ filters: [] };
    }`,
  ].map((upcast) => generate([{ ...searchV1, upcast }, ...rest], 'a test'));
  const files = sources.map((each) => each.get('packages/events/src/gen/search-v1.ts') ?? '');
  expect(files[0]).toContain('({ results, filter: only, ...old }) => ({ ...old, found: {');
  expect(files[1]).toBe(files[0]);
  expect(files[2]).toContain('  function({ results, filter: only, ...old }) {\n  return {');
  expect(files[2]).not.toContain('bracketed');
});

test('readers may see other words of an open choice, writers send one that is known', () => {
  const file = generate(models([v1, addToCart]), 'a test').get('packages/events/src/gen/search.ts');
  expect(file).toContain("  engine: 'a' | 'b' | (string & {});\n");
  expect(file).toContain("  engine: 'a' | 'b';\n");
});

test('a new major renames nothing but the one that it follows', () => {
  const names = (files: Map<string, string>, file: string) =>
    files.get(`packages/events/src/gen/${file}`)?.match(/(?<=^export \w+ )\w+/gm);
  const one = generate(models([v1, addToCart]), 'a test');
  const two = generate(models([v1, addToCart, v2], toV2), 'a test');
  const three = generate(models([v1, addToCart, v2, v3], toV2, toV3), 'a test');
  expect(names(two, 'search.ts')).toContain('isSearch');
  expect(names(one, 'search.ts')?.filter((name) => /Filter|Found/.test(name))).toEqual(['Filter']);
  expect(names(two, 'search-v1.ts')).toEqual([
    'SearchV1',
    'FilterV1',
    'searchV1Schema',
    'searchV1Sample',
    'isSearchV1',
    'searchV1',
  ]);
  expect(names(three, 'search-v1.ts')).toEqual(names(two, 'search-v1.ts'));
  const cart = 'packages/events/src/gen/add-to-cart.ts';
  expect(new Set([one, two, three].map((files) => files.get(cart))).size).toBe(1);
  const shared = ['consumer/src/gen/handlers.ts', 'producer/src/gen/methods.ts'];
  for (const file of shared) expect(three.get(`packages/${file}`)).not.toMatch(/V\d/);
});
