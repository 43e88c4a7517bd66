import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { raiseVersion } from './raise-version.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'raise-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function raise(files: Record<string, string>) {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  const raised = await raiseVersion(folder, { type: 'click', from: '1.0.0', to: '1.1.0' });
  const after: Record<string, string> = {};
  for (const name of Object.keys(files)) {
    after[name] = await readFile(path.join(folder, name), 'utf8');
  }
  return { raised, after };
}

const other = "defineEvent({ type: 'double_click', version: '1.0.0' })";

test.each([
  ["type: 'click',\n  version: '1.0.0',", "type: 'click',\n  version: '1.1.0',"],
  ["version: '1.0.0', type: 'click'", "version: '1.1.0', type: 'click'"],
  ['type: "click", version: "1.0.0"', 'type: "click", version: "1.1.0"'],
  [
    "type: 'click', version: '1.0.0', example: '1.0.0'",
    "type: 'click', version: '1.1.0', example: '1.0.0'",
  ],
  [
    "type: 'click', version: '1.0.0' }, { type: 'click', version: '2.0.0'",
    "type: 'click', version: '1.1.0' }, { type: 'click', version: '2.0.0'",
  ],
])('raises %j', async (source, expected) => {
  const { raised, after } = await raise({ 'web/click.ts': source, 'other.ts': other });
  expect(raised).toEqual({ ok: true, file: 'web/click.ts' });
  expect(after).toEqual({ 'web/click.ts': expected, 'other.ts': other });
});

test.each<[string, Record<string, string>]>([
  ['is nowhere', { 'other.ts': other }],
  ['is made elsewhere', { 'click.ts': "type: 'click', version: VERSION" }],
  ['has something between', { 'click.ts': "type: 'click', owner: 'web', version: '1.0.0'" }],
  [
    'is there twice',
    { 'a.ts': "type: 'click', version: '1.0.0'", 'b.ts': "type: 'click', version: '1.0.0'" },
  ],
  ['is another version', { 'click.ts': "type: 'click', version: '1x0.0'" }],
  ['is in a test', { 'click.test.ts': "type: 'click', version: '1.0.0'" }],
])('leaves it to a person when it %s', async (_, files) => {
  const { raised, after } = await raise(files);
  expect(after).toEqual(files);
  expect(raised).toEqual({
    ok: false,
    message: "Write `version: '1.1.0'` into the definition of click that says 1.0.0.",
  });
});
