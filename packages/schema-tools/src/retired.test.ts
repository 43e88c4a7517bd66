import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readReleased } from './released.ts';
import { readRetired, writeRetired } from './retired.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'retired-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('what is retired stays so, is listed once, and is no snapshot', async () => {
  expect(await readRetired(folder)).toEqual([]);
  await writeRetired(folder, ['view/1.0.0']);
  await writeRetired(folder, ['buy/1.2.0', 'view/1.0.0']);
  await writeRetired(folder, []);
  expect(await readRetired(folder)).toEqual(['buy/1.2.0', 'view/1.0.0']);
  expect(await readFile(path.join(folder, 'retired.json'), 'utf8')).toMatch(/^\[\n/);
  expect(await readReleased(folder)).toEqual([]);
});

test.each(['{', '{}', '[1]'])('refuses %s', async (text) => {
  await writeFile(path.join(folder, 'retired.json'), text);
  await expect(readRetired(folder)).rejects.toMatchObject({ code: 'invalid_snapshot' });
});
