import { expect, test } from 'vitest';
import { addToCart, envelope, registryOf, search } from '../test/fixtures.ts';
import {
  composeEvents,
  defineEvent,
  defineRegistry,
  defineUpcast,
  type EventDefinition,
  groupMajors,
  text,
} from './index.ts';

const note = text({ description: 'A note.', examples: ['hi'], maxLength: 9 });

test.each<[Partial<EventDefinition>, string]>([
  [
    { type: 'pageView' },
    'The event type "pageView" is not snake_case; rename it, as in "page_view".',
  ],
  [{ type: '' }, 'The event type "" is not snake_case; rename it, as in "page_view".'],
  [{ version: '1.0' }, 'The version "1.0" of search is not semantic; write it as in "1.0.0".'],
  [{ description: ' ' }, 'search has no description; say what has happened when it is sent.'],
  [{ payload: { userName: note } }, 'The field "userName" of search is not snake_case; rename it.'],
])('defineEvent refuses %j', (wrong, message) => {
  expect(() => defineEvent({ ...search, ...wrong })).toThrow(
    expect.objectContaining({ code: 'invalid_definition', message }),
  );
});

test('a registry refuses to be empty', () => {
  expect(() => registryOf()).toThrow('The registry lists no event');
});

test('a registry refuses two events of one type, and a field of the envelope', () => {
  expect(() => registryOf(search, search)).toThrow('There are two events of type search');
  for (const name of ['user_id', 'timestamp', 'event_type']) {
    const greedy = defineEvent({ ...addToCart, payload: { [name]: note } });
    expect(() => registryOf(greedy)).toThrow(`add_to_cart defines "${name}" again`);
  }
});

test.each(['schemas/', 'https://a.example/schemas'])(
  'a registry refuses the base URI %s',
  (baseUri) => {
    expect(() => defineRegistry({ baseUri, envelope, events: [] })).toThrow(
      'must be absolute and end in a slash',
    );
  },
);

test('an event is composed with the envelope', () => {
  const [model] = composeEvents(registryOf(search));
  expect(model?.schema).toMatchObject({
    $id: 'https://test.example/schemas/search/1.2.0.json',
    properties: { event_type: { const: 'search' }, schema_version: { examples: ['1.2.0'] } },
    required: ['event_type', 'schema_version', 'user_id', 'timestamp', 'query', 'results'],
  });
  expect(model?.schema).not.toHaveProperty('additionalProperties');
  expect(model?.inputSchema).toMatchObject({
    $id: 'https://test.example/schemas/search/1.2.0/input.json',
    required: ['user_id', 'query', 'results'],
    additionalProperties: false,
  });
  expect(model?.inputSchema).not.toHaveProperty('properties.event_type');
});

const [older, newer, newest] = ['1.9.0', '2.0.0', '10.0.0'].map((version) =>
  defineEvent({ ...search, version }),
);
const step = (from = search, to = search) => defineUpcast({ from, to, upcast: (old) => old });

test.each([
  [[], 'one upcast of search 1 to 2, not 0'],
  [[step(older, newer)], 'one upcast of search 2 to 10, not 0'],
  [[step(older, newest), step(newer, newest)], 'one upcast of search 1 to 2, not 0'],
  [
    [step(older, newer), step(older, newer), step(newer, newest)],
    'one upcast of search 1 to 2, not 2',
  ],
  [
    [step(older, newer), step(newer, newest), step(newest, older)],
    'The upcast of search 10.0.0 to search 1.9.0 does not lead from a listed major to the next one',
  ],
])('every older major needs its one upcast', (upcasts, message) => {
  const events = [newest, older, newer].filter((event) => event !== undefined);
  const registry = { baseUri: 'https://test.example/schemas/', envelope, events, upcasts };
  expect(() => defineRegistry(registry)).toThrow(message);
});

test('majors are told apart by number, in the order of the newest', () => {
  const events = [newer, newest, addToCart, older].filter((event) => event !== undefined);
  expect(groupMajors(events)).toEqual([
    { newest, older: [older, newer] },
    { newest: addToCart, older: [] },
  ]);
  const upcasts = [step(older, newer), step(newer, newest)];
  const registry = { baseUri: 'https://test.example/schemas/', envelope, events, upcasts };
  const models = composeEvents(defineRegistry(registry));
  expect(models.map(({ version, upcast }) => [version, typeof upcast])).toEqual([
    ['2.0.0', 'string'],
    ['10.0.0', 'undefined'],
    ['1.0.0', 'undefined'],
    ['1.9.0', 'string'],
  ]);
  expect(models[0]?.envelope).toEqual([
    'event_type',
    'schema_version',
    'user_id',
    'session_id',
    'timestamp',
  ]);
});

test.each([
  [[{ type: 'search', major: 2, why: 'Gone.' }], 'search 2.x is listed in "retired" and defined'],
  [[{ type: 'search', major: 3, why: 'Gone.' }], 'no later major of search is defined'],
  [[{ type: 'view', major: 1, why: 'Gone.' }], 'no later major of view is defined'],
  [[{ type: 'search', major: 1, why: ' ' }], 'search 1.x is retired without a reason'],
])('majors that are retired: %j', (retired, message) => {
  const events = [{ ...search, version: '2.0.0' }];
  const registry = { baseUri: 'https://test.example/schemas/', envelope, events };
  expect(() => defineRegistry({ ...registry, retired })).toThrow(message);
  const kept = [{ type: 'search', major: 1, why: 'None is left.' }];
  expect(defineRegistry({ ...registry, retired: kept }).retired).toBe(kept);
});
