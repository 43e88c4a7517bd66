import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { generateFixtures } from '../src/fixtures/emit-fixtures.ts';
import { composeEvents, defineEvent, defineUpcast, flag, list, optional } from '../src/index.ts';
import { eventMajors } from '../src/versions.ts';
import { addToCart, registryOf, search } from './fixtures.ts';
import { createWorkspace, typeCheck } from './workspace.ts';

interface Version {
  readonly version: string;
  readonly valid: readonly unknown[];
  readonly invalid: readonly { readonly path: string; readonly value: unknown }[];
}

interface Module {
  readonly fixtures: Readonly<Record<string, Version>>;
  readonly searchFixtures: Version & { readonly earlier: readonly Version[] };
  readonly searchV1Fixtures: Version & { readonly earlier: readonly Version[] };
  readonly searchInputFixtures: Omit<Version, 'version'>;
}

const exact = optional(flag({ description: 'No guessing.', examples: [true] }));
const pages = list(search.payload['query'] ?? exact, { description: 'Which.', maxItems: 60 });
const second = defineEvent({
  ...search,
  version: '2.1.0',
  payload: { ...search.payload, exact, pages },
});

const registry = {
  ...registryOf(addToCart),
  events: [search, second, addToCart],
  upcasts: [defineUpcast({ from: search, to: second, upcast: (old) => ({ ...old, pages: [] }) })],
};
const models = composeEvents(registry);

/** Versions that came before those of the registry. */
const released = composeEvents(
  registryOf({ ...search, version: '1.1.9' }, { ...addToCart, version: '0.9.0' }),
).concat(composeEvents(registryOf({ ...second, version: '2.0.0' })));

test('fixtures of every major and version compile, and hold under the generated validators', async () => {
  await using workspace = await createWorkspace();
  await workspace.generate(models);
  const majors = eventMajors(
    models,
    released.map(({ type, version, schema }) => ({ type, version, schema, file: '' })),
  );
  const files = generateFixtures(models, majors, () => ['Generated.']);
  for (const [file, content] of files) await workspace.write(file, content);
  expect(await typeCheck(workspace)).toBe('');

  const folder = path.join(workspace.root, 'packages/events/src/gen/fixtures');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- code that this test has generated
  const module = (await import(pathToFileURL(path.join(folder, 'index.ts')).href)) as Module;
  const { searchFixtures, searchV1Fixtures, searchInputFixtures } = module;
  expect(Object.keys(module.fixtures)).toEqual(['add_to_cart', 'search']);
  expect(searchFixtures).toMatchObject({ version: '2.1.0', earlier: [{ version: '2.0.0' }] });
  expect(searchV1Fixtures).toMatchObject({ version: '1.2.0', earlier: [{ version: '1.1.9' }] });
  for (const { valid, invalid } of [searchFixtures, ...searchFixtures.earlier]) {
    expect(valid).toHaveLength(5);
    const tooMany = invalid.find(({ value }) => JSON.stringify(value).length > 600);
    expect(tooMany).toMatchObject({ rule: 'maxItems', path: '/pages' });
    expect(tooMany?.value).toMatchObject({ pages: { length: 61 } });
  }
  expect(searchInputFixtures.invalid.map(({ path: at }) => at)).toContain('/unknown_field');
});
