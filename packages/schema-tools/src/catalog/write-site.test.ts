import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeSite } from './write-site.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'site-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('what an earlier site had goes, what somebody else put there stays', async () => {
  const site = path.join(folder, 'site');
  await writeSite(
    site,
    new Map([
      ['a/b.html', 'old'],
      ['a/c.html', 'old'],
    ]),
  );
  await writeFile(path.join(site, 'a/notes.md'), 'not ours');
  await writeSite(site, new Map([['a/b.html', 'new']]));
  expect((await readdir(path.join(site, 'a'))).toSorted()).toEqual(['b.html', 'notes.md']);
  expect(await readFile(path.join(site, 'a/b.html'), 'utf8')).toBe('new');
});

test('a folder that holds something else is left alone', async () => {
  const refusal = /holds something that is no catalog; choose an empty folder with --out/;
  await writeFile(path.join(folder, 'thesis.txt'), 'ten years');
  await expect(writeSite(folder, new Map([['a', 'b']]))).rejects.toThrow(refusal);
  expect(await readdir(folder)).toEqual(['thesis.txt']);
  await writeFile(path.join(folder, '.catalog.json'), '{}');
  await expect(writeSite(folder, new Map([['a', 'b']]))).rejects.toThrow(refusal);
});

test('a list that names files outside removes none of them', async () => {
  const site = path.join(folder, 'site');
  await mkdir(site);
  await writeFile(path.join(folder, 'keep'), 'mine');
  await writeFile(path.join(site, '.catalog.json'), '["../keep", 1]');
  await writeSite(site, new Map([['a', 'b']]));
  expect((await readdir(folder)).toSorted()).toEqual(['keep', 'site']);
});
