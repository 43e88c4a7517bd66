import { readdir, readFile } from 'node:fs/promises';
import { canonicalJson, composeEvents, generate } from '@clickstream/schema-tools';
import { describe, expect, test } from 'vitest';
import registry from './index.ts';

const RELEASED = new URL('../released/', import.meta.url);
const models = composeEvents(registry);

describe('released schemas', () => {
  test('are those of today, as long as the version is', async () => {
    for (const { type, version, schema } of models) {
      const versions = await readdir(new URL(`${type}/`, RELEASED)).catch((): string[] => []);
      if (!versions.includes(`${version}.json`)) continue;
      const released = await readFile(new URL(`${type}/${version}.json`, RELEASED), 'utf8');
      expect(
        canonicalJson(schema),
        `${type} has changed since ${version}: give it a new version`,
      ).toBe(released);
    }
  });

  test('belong to events and say which', async () => {
    const entries = await readdir(RELEASED, { withFileTypes: true });
    const types = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(types).not.toEqual([]);
    for (const type of types) {
      for (const file of await readdir(new URL(`${type}/`, RELEASED))) {
        const schema: unknown = JSON.parse(
          await readFile(new URL(`${type}/${file}`, RELEASED), 'utf8'),
        );
        expect(schema).toMatchObject({ $id: `${registry.baseUri}${type}/${file}`, title: type });
      }
    }
  });
});

test('the generated code in the repository is that of these schemas', async () => {
  for (const [file, content] of generate(models, 'schemas/src/index.ts')) {
    const found = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
    expect(found, `${file}: run \`pnpm schemas generate\``).toBe(content);
  }
});
