import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { indexReleased, readReleased, readReleasedIndex } from './released.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'released-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(file: string, content: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), content);
}

test('sorts by type, then by version and not by name', async () => {
  for (const file of ['click/1.10.0.json', 'click/1.9.0.json', 'click/2.0.0.json', 'a/1.0.0.json'])
    await write(file, `{"title": "${file}"}`);
  await write('index.json', '{}');
  const released = await readReleased(folder);
  expect(released.map(({ file }) => file)).toEqual([
    'a/1.0.0.json',
    'click/1.9.0.json',
    'click/1.10.0.json',
    'click/2.0.0.json',
  ]);
  expect(released[1]).toEqual({
    type: 'click',
    version: '1.9.0',
    file: 'click/1.9.0.json',
    schema: { title: 'click/1.9.0.json' },
  });
});

test('nothing is released yet', async () => {
  expect(await readReleased(path.join(folder, 'absent'))).toEqual([]);
  expect(await readReleasedIndex(folder)).toBeUndefined();
});

test.each([
  ['click/latest.json', '{}', 'named after no version'],
  ['click/1.0.json', '{}', 'named after no version'],
  ['click/v1.0.0.json', '{}', 'named after no version'],
  ['click/1.0.0.yaml', '{}', 'named after no version'],
  ['click/1.0.0.json', '{', 'is not JSON'],
  ['click/1.0.0.json', '[]', 'is not a JSON object'],
])('refuses %s with %s', async (file, content, why) => {
  await write(file, content);
  await expect(readReleased(folder)).rejects.toThrow(why);
  await expect(readReleased(folder)).rejects.toMatchObject({ code: 'invalid_snapshot' });
});

test('a digest follows the content, not the bytes', async () => {
  await write('click/1.0.0.json', '{"type":"object","title":"a"}');
  const index = indexReleased(await readReleased(folder));
  await write('click/1.0.0.json', '{\r\n  "title": "a",\r\n  "type": "object"\r\n}\r\n');
  expect(indexReleased(await readReleased(folder))).toEqual(index);
  await write('click/1.0.0.json', '{"type":"object","title":"b"}');
  expect(indexReleased(await readReleased(folder))).not.toEqual(index);

  await write('index.json', JSON.stringify(index));
  expect(await readReleasedIndex(folder)).toEqual(index);
  await write('index.json', '{"click/1.0.0.json": 1}');
  await expect(readReleasedIndex(folder)).rejects.toMatchObject({ code: 'invalid_snapshot' });
});
