import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RELEASED_FOLDER, readReleasedIndex } from '../released.ts';
import { versionPackages, writeSnapshots } from './apply.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'apply-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const snapshot = (version: string, content = '{}\n') => ({
  type: 'click',
  version,
  file: `click/${version}.json`,
  content,
});

test('a snapshot is written once, and never again', async () => {
  await writeSnapshots(root, [snapshot('1.0.0')]);
  await writeSnapshots(root, [snapshot('1.1.0')]);
  await expect(writeSnapshots(root, [snapshot('1.0.0', '{"a":1}\n')])).rejects.toMatchObject({
    code: 'release_failed',
    message: expect.stringContaining('click/1.0.0.json') as unknown,
  });
  expect(await readFile(path.join(root, RELEASED_FOLDER, 'click/1.0.0.json'), 'utf8')).toBe('{}\n');
  const index = await readReleasedIndex(path.join(root, RELEASED_FOLDER));
  expect(Object.keys(index ?? {})).toEqual(['click/1.0.0.json', 'click/1.1.0.json']);
});

test('without changesets in the repository it is said why nothing is versioned', async () => {
  await expect(versionPackages(root)).rejects.toMatchObject({ code: 'release_failed' });
});
