import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createWorkspace, type Workspace } from '../../test/workspace.ts';
import { runCommand } from '../command.ts';
import { composeEvents } from '../compose.ts';
import { canonicalJson } from '../json-schema.ts';
import { loadRegistry } from '../load-registry.ts';
import { indexReleased, readReleased } from '../released.ts';

const SOURCE = path.resolve(import.meta.dirname, '../index.ts');
const FIXTURES = path.resolve(import.meta.dirname, '../../test/fixtures.ts');

async function run(root: string, ...args: string[]) {
  let [out, err] = ['', ''];
  const code = await runCommand(['check', ...args], {
    cwd: root,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  });
  return { code, out, err };
}

/** Another module every time, because a module is imported only once. */
async function registry(
  { write }: Workspace,
  name: string,
  version: string,
  fields: string,
  more = '',
): Promise<string> {
  const source = `import { count, defineEvent, identifier, optional } from ${JSON.stringify(SOURCE)};
    import { registryOf, addToCart } from ${JSON.stringify(FIXTURES)};
    const word = (maxLength) => identifier({ description: 'A word.', examples: ['x'], maxLength });
    const number = count({ description: 'A number.', examples: [1], maximum: 9 });
    const search = defineEvent({ type: 'search', version: '${version}', description: 'A search.', payload: { ${fields} } });
    export default { ...registryOf(search), ...{ ${more} } };`;
  await write(`schemas/src/${name}.ts`, source);
  return `schemas/src/${name}.ts`;
}

/** Snapshots what a registry says, as `release` does. */
async function release({ root, write }: Workspace, file: string): Promise<void> {
  for (const { type, version, schema } of composeEvents(
    await loadRegistry(path.join(root, file)),
  )) {
    await write(`schemas/released/${type}/${version}.json`, canonicalJson(schema));
  }
  const folder = path.join(root, 'schemas/released');
  await write(
    'schemas/released/index.json',
    canonicalJson(indexReleased(await readReleased(folder))),
  );
}

test.each([
  ['1.0.0', 'query: word(9)', 0, 'Nothing has changed'],
  [
    '1.0.0',
    'query: word(9), page: optional(number)',
    1,
    'set the version of search to 1.1.0, it says 1.0.0',
  ],
  [
    '1.0.1',
    'query: word(9), page: optional(number)',
    1,
    'set the version of search to 1.1.0, it says 1.0.1',
  ],
  ['1.1.0', 'query: word(9), page: optional(number)', 0, 'Every declared version is high enough'],
  [
    '1.1.0',
    'query: word(10)',
    1,
    'running consumers: they refuse what new producers send (forward)',
  ],
  ['1.1.0', 'query: word(8)', 1, 'new consumers: they refuse what running producers send'],
  ['2.0.0', 'query: word(8)', 1, 'search 1.0.0: released, but no longer in the registry'],
  ['0.9.0', 'query: word(9)', 1, 'put search 1.0.0 back'],
])('declared as %s with %s: exit %i, %s', async (version, fields, code, message) => {
  await using workspace = await createWorkspace();
  await release(workspace, await registry(workspace, 'released', '1.0.0', 'query: word(9)'));
  const result = await run(
    workspace.root,
    '--registry',
    await registry(workspace, 'index', version, fields),
  );
  expect(result).toMatchObject({ code, err: '' });
  expect(result.out).toContain(message);
});

test('compares with every release of the major, not only the last', async () => {
  await using workspace = await createWorkspace();
  await release(
    workspace,
    await registry(workspace, 'a', '1.0.0', 'query: word(9), page: optional(number)'),
  );
  await release(workspace, await registry(workspace, 'b', '1.1.0', 'query: word(9)'));
  const file = await registry(workspace, 'c', '1.2.0', 'query: word(9), page: optional(word(3))');
  const { code, out } = await run(workspace.root, '--registry', file, '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    snapshots: [],
    events: [
      {
        type: 'search',
        compared: ['1.0.0', '1.1.0'],
        needed: '2.0.0',
        bump: 'major',
        changes: [
          { rule: 'property-added-optional', against: '1.1.0', backward: true, forward: true },
          {
            rule: 'type-changed',
            against: '1.0.0',
            path: '/properties/page/type',
            backward: false,
          },
        ],
      },
    ],
  });
  expect(await run(workspace.root, '--registry', file, '--against', '1.1.0')).toMatchObject({
    code: 0,
  });
});

test('a new event, and one that is declared as gone', async () => {
  await using workspace = await createWorkspace();
  await release(workspace, await registry(workspace, 'a', '1.0.0', 'query: word(9)'));
  const added = await registry(
    workspace,
    'b',
    '1.0.0',
    'query: word(9)',
    'events: [search, addToCart]',
  );
  expect((await run(workspace.root, '--registry', added)).out).toContain(
    'add_to_cart 1.0.0: new event (minor)',
  );
  const old = await run(workspace.root, '--registry', added, '--against', '1.0.0');
  expect(old.out).not.toContain('add_to_cart');
  const gone = await registry(
    workspace,
    'c',
    '1.0.0',
    'query: word(9)',
    'events: [addToCart], reserved: ["search"]',
  );
  const result = await run(workspace.root, '--registry', gone);
  expect(result.code).toBe(0);
  expect(result.out).toContain('search 1.0.0: released, but no longer in the registry (major)');
});

test('a new major lists what differs, and a retired one says what becomes of its records', async () => {
  await using workspace = await createWorkspace();
  const { root, write } = workspace;
  await release(workspace, await registry(workspace, 'a', '1.0.0', 'query: word(9)'));
  const next = await registry(workspace, 'b', '2.0.0', 'query: number');
  const major = await run(root, '--registry', next);
  expect(major.out).toContain('search 2.0.0: new major version (major), beside 1.0.0\n');
  expect(major.out).toContain('\n  /properties/query/type  type-changed: string → integer\n');
  expect(major.out).not.toContain('breaks');
  expect(major.out).toContain('a major that nobody sends any more under "retired"');

  await release(workspace, next);
  const retired = 'retired: [{ type: "search", major: 1, why: "None is left." }]';
  const gone = await registry(workspace, 'c', '2.0.0', 'query: number', retired);
  const once = await run(root, '--registry', gone);
  expect(once.code).toBe(0);
  expect(once.out).toContain(
    'search 1.0.0: retired major, its records are quarantined as unknown_version (major)',
  );
  expect(once.out).toContain('Next: `pnpm schemas bump`');
  await write('schemas/released/retired.json', '["search/1.0.0"]');
  const later = await run(root, '--registry', gone);
  expect(later.code).toBe(0);
  expect(later.out).toContain('unknown_version (since an earlier release)');
  expect(later.out).toContain('Nothing has changed since the last release.');
});

test('a snapshot that was changed, added by hand or removed', async () => {
  await using workspace = await createWorkspace();
  const { root, write } = workspace;
  const file = await registry(workspace, 'a', '1.0.0', 'query: word(9)');
  await release(workspace, file);
  const snapshot = path.join(root, 'schemas/released/search/1.0.0.json');
  const original = await readFile(snapshot, 'utf8');
  await writeFile(snapshot, original.replace('A search.', 'Another search.'));
  // Nothing is said about the event: what would it be compared with?
  const changed = await run(root, '--registry', file);
  expect(changed).toEqual({
    code: 1,
    err: '',
    out: `schemas/released/search/1.0.0.json: was released and is immutable, but has changed (see the index)

There is no git history here: a snapshot that was changed together with its digest would not be seen.
To do:
  restore schemas/released/ from git
`,
  });
  await writeFile(snapshot, original);
  await write('schemas/released/search/0.9.0.json', original);
  const added = await run(root, '--registry', file, '--json');
  expect(JSON.parse(added.out)).toMatchObject({
    ok: false,
    snapshots: [{ file: 'search/0.9.0.json', problem: 'unlisted' }],
  });
});

test('git: a changed snapshot with its digest, and the registry of a commit', async () => {
  await using workspace = await createWorkspace();
  const { root } = workspace;
  const git = async (...args: string[]) =>
    promisify(execFile)('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args], {
      cwd: root,
    });
  await release(workspace, await registry(workspace, 'first', '1.0.0', 'query: word(9)'));
  await registry(workspace, 'index', '1.0.0', 'query: word(9)');
  await git('init', '-q');
  await git('add', '.');
  await git('commit', '-qm', 'first');
  const before = await readdir(tmpdir());

  await registry(workspace, 'released', '1.0.0', 'query: word(7)');
  const next = await registry(
    workspace,
    'index',
    '1.1.0',
    'query: word(9), page: optional(number)',
  );
  const against = await run(root, '--against', 'HEAD', '--registry', next, '--json');
  expect(against.code).toBe(0);
  expect(JSON.parse(against.out)).toMatchObject({
    events: [
      { compared: ['1.0.0'], needed: '1.1.0', changes: [{ rule: 'property-added-optional' }] },
    ],
  });
  expect(
    (await readdir(tmpdir())).filter(
      (name) => name.startsWith('schemas-at-') && !before.includes(name),
    ),
  ).toEqual([]);
  expect((await git('status', '--porcelain', '--ignored')).stdout).not.toContain('worktree');

  await release(workspace, 'schemas/src/released.ts');
  const both = await run(root, '--registry', next);
  expect(both.code).toBe(1);
  expect(both.out).toMatch(/but has changed \(see [0-9a-f]+\)/);
});

test('git: a snapshot and its digest that changed in one commit, however long ago', async () => {
  await using workspace = await createWorkspace();
  await using elsewhere = await createWorkspace();
  const { root, write } = workspace;
  const git = async (cwd: string, ...args: string[]) =>
    promisify(execFile)('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args], {
      cwd,
    });
  const commit = async () => {
    await git(root, 'add', '.');
    await git(root, 'commit', '-qm', 'a change', '--allow-empty');
  };
  await git(root, 'init', '-q');
  await release(workspace, await registry(workspace, 'first', '1.0.0', 'query: word(9)'));
  const digest = Object.values(
    indexReleased(await readReleased(path.join(root, 'schemas/released'))),
  );
  await commit();
  const file = await registry(workspace, 'index', '1.0.0', 'query: word(7)');
  await release(workspace, file);
  await commit();
  await commit();

  const found = await run(root, '--json');
  expect(found.code).toBe(1);
  expect(JSON.parse(found.out)).toMatchObject({
    ok: false,
    events: [],
    snapshots: [{ file: 'search/1.0.0.json', problem: 'changed' }],
    history: 'whole',
  });

  // Where the history ends too early to see it, that is said, and how to get the rest.
  const url = `file://${root}`;
  await git(elsewhere.root, 'clone', '-q', '--depth', '1', url, 'clone');
  const clone = path.join(elsewhere.root, 'clone');
  const shallow = await run(clone);
  expect(shallow.code).toBe(0);
  expect(shallow.out).toContain('This clone is shallow');
  expect(shallow.out).toContain('`git fetch --unshallow`');
  expect(JSON.parse((await run(clone, '--json')).out)).toMatchObject({ history: 'shallow' });
  await git(clone, 'fetch', '-q', '--unshallow');
  expect((await run(clone)).code).toBe(1);

  // Unless nobody was ever given the old one, and somebody says so.
  const withdrawn = 'schemas/released/withdrawn.json';
  await write(
    withdrawn,
    JSON.stringify({ [digest[0] ?? '']: 'cut before anything was published' }),
  );
  expect(await run(root)).toMatchObject({ code: 0, err: '' });
  await write(withdrawn, JSON.stringify({ [digest[0] ?? '']: '' }));
  const silent = await run(root);
  expect(silent.code).toBe(1);
  expect(silent.err).toContain('withdrawn.json has no reason for sha256-');
});

test('two files, alone', async () => {
  await using workspace = await createWorkspace();
  const { root, write } = workspace;
  const fields = (count: number, maxLength: number) => ({
    type: 'object',
    properties: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`f${index}`, { type: 'string', maxLength }]),
    ),
  });
  await write('old.json', JSON.stringify(fields(1000, 5)));
  await write('new.json', JSON.stringify(fields(1001, 5)));
  await write('wide.json', JSON.stringify(fields(1000, 6)));
  const added = await run(root, '--files', 'old.json', 'new.json', '--json');
  expect(added).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(added.out)).toEqual({
    compatible: { backward: true, forward: true },
    changes: [
      {
        rule: 'property-added-optional',
        path: '/properties/f1000',
        backward: true,
        forward: true,
        bump: 'minor',
        message: 'optional field "f1000" added',
      },
    ],
  });
  const wide = await run(root, '--files', 'old.json', 'wide.json');
  expect(wide.code).toBe(1);
  expect(wide.out).toContain('Not compatible: old readers refuse new data.');
  expect((await run(root, '--files', 'old.json', 'old.json')).out).toBe(
    'The schemas are the same.\n',
  );
});

test('two files of which one is of a dialect that the diff does not read', async () => {
  await using workspace = await createWorkspace();
  const { root, write } = workspace;
  await write('old.json', '{ "type": "string" }');
  await write(
    'new.json',
    '{ "$schema": "http://json-schema.org/draft-07/schema#", "type": "string" }',
  );
  const { code, out } = await run(root, '--files', 'old.json', 'new.json');
  expect(code).toBe(1);
  expect(out).toContain('the diff reads JSON Schema 2020-12');
  expect(out).toContain('\nNot judged: nothing is compared');
  expect(out).not.toContain('ompatible');
});

test('two files with open enums, of which somebody has to say that writers keep to them', async () => {
  await using workspace = await createWorkspace();
  const { root, write } = workspace;
  await write('old.json', '{ "type": "string", "x-open-enum": ["a"] }');
  await write('new.json', '{ "type": "string", "maxLength": 1, "x-open-enum": ["a"] }');
  const files = ['--files', 'old.json', 'new.json'];
  expect((await run(root, ...files)).out).toContain('say so with --open-enums');
  expect(await run(root, ...files, '--open-enums')).toMatchObject({ code: 0, err: '' });
});

test.each([
  [['--open-enums'], '--open-enums is for --files'],
  [['--files', 'absent.json', 'list.json'], 'absent.json cannot be read'],
  [['--files', 'broken.json', 'list.json'], 'broken.json is not JSON'],
  [['--files', 'list.json', 'list.json'], 'must hold an object'],
  [['--files', 'list.json'], 'takes two files'],
  [['--files', 'list.json', 'list.json', '--against', '1.0.0'], 'cannot be combined'],
  [['--against', '9.9.9'], 'No event was released as 9.9.9'],
  [['--against', 'no-such-ref'], 'neither a version nor a git ref'],
  [['--against', '--help'], 'neither a version nor a git ref'],
])('wrong usage %j exits 2 and says why', async (args, message) => {
  await using workspace = await createWorkspace();
  await workspace.write('broken.json', '{');
  await workspace.write('list.json', '[]');
  await registry(workspace, 'index', '1.0.0', 'query: word(9)');
  const { code, out, err } = await run(workspace.root, ...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});
