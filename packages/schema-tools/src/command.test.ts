import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createWorkspace, type Workspace } from '../test/workspace.ts';
import { runCommand } from './command.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../test/fixtures.ts');
const EVENTS = 'packages/events/src/gen';
const RELEASED = JSON.stringify({ type: 'object', properties: { query: { const: 'shoes' } } });

async function run(root: string, ...args: string[]) {
  let [out, err] = ['', ''];
  const code = await runCommand(args, {
    cwd: root,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  });
  return { code, out, err };
}

/** A registry of its own module, because a module is imported only once. */
async function registry({ write }: Workspace, name: string, ...events: string[]): Promise<string> {
  const source = `import { ${['registryOf', ...events].join(', ')} } from ${JSON.stringify(FIXTURES)};
    export default registryOf(${events.join(', ')});`;
  await write(`schemas/src/${name}`, source);
  return `schemas/src/${name}`;
}

test('generate writes, check compares, and what is stale goes', async () => {
  await using workspace = await createWorkspace();
  const { root } = workspace;
  await registry(workspace, 'index.ts', 'search', 'addToCart');

  const missing = await run(root, 'generate', '--check');
  expect(missing.code).toBe(1);
  expect(missing.out).toContain(`missing  ${EVENTS}/search.ts`);
  expect(missing.out).toContain('Run `pnpm schemas generate` and commit the result.');
  await expect(readdir(path.join(root, EVENTS))).rejects.toThrow('ENOENT');

  const written = await run(root, 'generate');
  expect(written).toMatchObject({ code: 0, err: '' });
  expect(written.out.match(/^wrote/gm)).toHaveLength(12);
  const expected = 'All 12 generated files are up to date.\n';
  expect(await run(root, 'generate', '--check')).toEqual({ code: 0, out: expected, err: '' });
  expect(await run(root, 'generate')).toEqual({ code: 0, out: expected, err: '' });
  const absolute = path.join(root, 'schemas/src/index.ts');
  expect(await run(root, 'generate', '--check', '--registry', absolute)).toMatchObject({ code: 0 });

  await workspace.write('schemas/released/search/1.1.0.json', RELEASED);
  const released = await run(root, 'generate', '--check');
  expect(released.out).toContain('missing  schemas/warehouse/search/alter-1.1.0-1.2.0.sql');
  expect(released.out).toContain(`changed  ${EVENTS}/fixtures/search.ts`);
  await rm(path.join(root, 'schemas/released'), { recursive: true });

  const edited = path.join(root, EVENTS, 'search.ts');
  const original = await readFile(edited, 'utf8');
  await writeFile(edited, original.replace('1.2.0', '1.2.1'));
  await writeFile(path.join(root, EVENTS, 'notes.md'), 'not ours');
  const changed = await run(root, 'generate', '--check', '--json');
  expect(changed.code).toBe(1);
  expect(JSON.parse(changed.out)).toEqual({
    ok: false,
    events: [
      { type: 'search', version: '1.2.0' },
      { type: 'add_to_cart', version: '1.0.0' },
    ],
    files: 12,
    drift: [{ file: `${EVENTS}/search.ts`, kind: 'changed' }],
  });

  const fewer = await registry(workspace, 'fewer.ts', 'search');
  const stale = await run(root, 'generate', '--check', '--registry', fewer);
  expect(stale.out).toContain(`stale    ${EVENTS}/add-to-cart.ts`);
  const removed = await run(root, 'generate', '--registry', fewer, '--json');
  expect(JSON.parse(removed.out)).toMatchObject({ ok: true, files: 9 });
  expect(await readdir(path.join(root, EVENTS))).toEqual([
    'envelope.ts',
    'fixtures',
    'index.ts',
    'notes.md',
    'registry.ts',
    'search.ts',
  ]);
});

test('help is no error', async () => {
  const help = await run('.', 'generate', '--help');
  expect(help).toMatchObject({ code: 0, err: '' });
  expect(help.out).toContain('--check');
});

test.each([
  [[]],
  [['bake']],
  [['generate', '--chek']],
  [['generate', 'now']],
  [['generate', '--registry']],
])('wrong usage %j exits 2 and says why', async (args) => {
  const { code, out, err } = await run('.', ...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).not.toBe('');
});

test('a registry that is not there, is none, or is broken', async () => {
  await using workspace = await createWorkspace();
  const { root, write } = workspace;
  const absent = await run(root, 'generate', '--json');
  expect(absent.code).toBe(2);
  expect(JSON.parse(absent.out)).toMatchObject({
    ok: false,
    error: { code: 'registry_not_found' },
  });
  expect(absent.err).toContain('run from the root of the repository or pass --registry');

  await write('none.ts', 'export const registry = 1;');
  expect(await run(root, 'generate', '--registry', 'none.ts')).toMatchObject({ code: 2, out: '' });

  await write('broken.ts', 'throw new Error("so broken");');
  const broken = await run(root, 'generate', '--registry', 'broken.ts');
  expect(broken).toMatchObject({ code: 1, out: '' });
  expect(broken.err).toContain('cannot be imported: so broken');
});
