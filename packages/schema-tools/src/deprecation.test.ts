import { expect, test } from 'vitest';
import { addToCart, envelope, search } from '../test/fixtures.ts';
import {
  composeEvents,
  type Deprecation,
  defineRegistry,
  type EventDefinition,
  generate,
  list,
  record,
  text,
} from './index.ts';

const about = { description: 'A note.', examples: ['hi'], maxLength: 9 } as const;
const announced: Deprecation = { since: '1.1.0', removeIn: '2.0.0', use: 'query' };

function registry(...events: EventDefinition[]) {
  return defineRegistry({ baseUri: 'https://test.example/schemas/', envelope, events });
}

/** A search whose title, and whose item's label, are deprecated as told. */
function searchWith(title: Deprecation, label: Deprecation = announced) {
  const item = record(
    { label: text({ ...about, deprecated: label }), tag: text(about) },
    { title: 'Item', description: 'One.' },
  );
  const items = list(item, { description: 'All.', maxItems: 2 });
  return {
    ...search,
    payload: { ...search.payload, title: text({ ...about, deprecated: title }), items },
  };
}

test('a deprecation is an annotation of JSON Schema', () => {
  const [model] = composeEvents(registry(searchWith({ since: '1.1.0', removeIn: '2.0.0' })));
  expect(model?.schema).toHaveProperty('properties.title', {
    description: 'A note.',
    deprecated: true,
    'x-deprecated': { since: '1.1.0', removeIn: '2.0.0' },
    examples: ['hi'],
    maxLength: 9,
    type: 'string',
  });
  expect(model?.inputSchema).toHaveProperty(
    'properties.items.items.properties.label.x-deprecated.use',
    'query',
  );
});

test('editors show it, and contracts list it', () => {
  const old = { ...addToCart, deprecated: { since: '1.0.0', removeIn: '3.0.0', use: 'search' } };
  const models = composeEvents(registry(searchWith({ ...announced, use: 'user_id' }), old));
  const files = generate(models, 'a test');
  const file = (name: string) => files.get(`packages/${name}`) ?? '';
  const [searchFile, cartFile] = ['search', 'add-to-cart'].map((name) =>
    file(`events/src/gen/${name}.ts`),
  );
  expect(searchFile).toContain("  deprecated: ['search.title', 'search.items.label'],");
  const field =
    '   * @deprecated since 1.1.0, removed in 2.0.0; use user_id\n   */\n  title: string;';
  expect(searchFile?.split(field)).toHaveLength(3); // in the event and in its input
  expect(cartFile).toContain("  deprecated: ['add_to_cart'],");
  const event = '@deprecated since 1.0.0, removed in 3.0.0; use search\n';
  expect(cartFile?.split(` * ${event}`)).toHaveLength(4); // event, input, contract
  for (const sdk of ['producer/src/gen/methods.ts', 'consumer/src/gen/handlers.ts']) {
    expect(file(sdk).split(`   * ${event}`)).toHaveLength(2);
  }
});

test.each<[Deprecation, string]>([
  [{ since: '1.1', removeIn: '2.0.0' }, 'it names the version "1.1", which is not semantic'],
  [{ since: '1.1.0', removeIn: 'v2.0.0' }, 'it names the version "v2.0.0", which is not semantic'],
  [{ since: '1.1.0', removeIn: '1.9.0' }, 'only a later major can, such as "2.0.0"'],
  [{ since: '1.1.0', removeIn: '1.0.0' }, 'only a later major can, such as "2.0.0"'],
  [{ since: '1.1.0', removeIn: '2.1.0' }, 'it is to be removed in 2.1.0; only a later major can'],
])('%j cannot be kept', (deprecation, why) => {
  const error = (at: string) => `The deprecation of ${at} cannot be kept: `;
  expect(() => registry({ ...search, deprecated: deprecation })).toThrow(error('search'));
  expect(() => registry(searchWith(deprecation))).toThrow(error('search.title'));
  expect(() => registry(searchWith(announced, deprecation))).toThrow(error('search.items.label'));
  expect(() => registry(searchWith(deprecation))).toThrow(why);
});

test.each(['nothing', 'title', 'tag'])('a field cannot be replaced by %s', (use) => {
  expect(() => registry(searchWith({ ...announced, use }))).toThrow(
    `it says to use ${use}, which is no current field beside it`,
  );
});

test.each(['tag', 'query', 'user_id'])('a field of a record may be replaced by %s', (use) => {
  expect(registry(searchWith(announced, { ...announced, use })).events).toHaveLength(1);
});

test.each(['search', 'nothing', 'add_to_cart'])('an event cannot be replaced by %s', (use) => {
  const both = [search, addToCart].map((event) => ({
    ...event,
    version: '1.2.0',
    deprecated: { ...announced, use },
  }));
  expect(() => registry(...both)).toThrow(`it says to use ${use}, which is no other current event`);
});
