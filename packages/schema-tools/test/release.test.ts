import { expect, test, vi } from 'vitest';
import { createRepository, type Repository } from './repository.ts';

// Every step is a process of its own.
vi.setConfig({ testTimeout: 120_000 });

const CLICK = 'schemas/src/click.ts';
const BUTTON =
  "button: optional(text({ description: 'Which button.', examples: ['left'], pii: 'none', maxLength: 9 })),";

/** What a developer does: a new optional field in the definition of an event. */
async function addField({ edit }: Repository): Promise<void> {
  await edit(CLICK, 'payload: {', `payload: {\n    ${BUTTON}`);
}

async function draft(repository: Repository): Promise<string> {
  const file = (await repository.changed()).find((line) => line.startsWith('?? .changeset/'));
  return repository.read((file ?? '').slice('?? '.length));
}

test('from a new field to a release, in two commands', async () => {
  await using repository = await createRepository();
  const { schemas, changed, read, commit } = repository;
  await addField(repository);

  const refused = await schemas('bump', '--json');
  expect(refused).toMatchObject({ code: 1, err: '' });
  expect(JSON.parse(refused.out)).toMatchObject({
    ok: false,
    needed: 'minor',
    declared: null,
    shortfalls: [
      {
        rule: 'changeset-bump',
        event: 'click',
        field: 'button',
        because: 'property-added-optional',
      },
      {
        rule: 'event-version',
        event: 'click',
        field: 'button',
        because: 'property-added-optional',
      },
      { rule: 'changelog-text', event: 'click', field: 'button' },
    ],
  });

  expect(await schemas('bump', '--write')).toMatchObject({ code: 0, err: '' });
  expect(await read(CLICK)).toContain("version: '1.1.0'");
  const changeset = await draft(repository);
  expect(changeset).toContain('"@clickstream/consumer": minor');
  expect(changeset).toContain('- `click` 1.1.0: optional field `button` added.');
  const before = await changed();
  expect(await schemas('bump', '--write')).toMatchObject({ code: 0 });
  expect(await changed()).toEqual(before);

  await schemas('generate');
  await commit();
  const dry = await schemas('release', '--dry-run', '--json');
  expect(JSON.parse(dry.out)).toEqual({
    ok: true,
    released: false,
    from: '1.0.0',
    to: '1.1.0',
    snapshots: [{ type: 'click', version: '1.1.0', file: 'schemas/released/click/1.1.0.json' }],
    written: [],
  });
  expect(await changed()).toEqual([]);

  const released = await schemas('release');
  expect(released).toMatchObject({ code: 0, err: '' });
  expect(released.out).toContain('raised from 1.0.0 to 1.1.0');
  expect(released.out).toContain('git commit -m "Release 1.1.0"');
  expect(await read('schemas/released/click/1.1.0.json')).toContain('"button"');
  expect(await read('schemas/released/index.json')).toContain('"click/1.1.0.json": "sha256-');
  for (const folder of ['schemas', 'packages/events', 'packages/producer', 'packages/consumer']) {
    expect(await read(`${folder}/CHANGELOG.md`)).toMatch(
      /## 1\.1\.0[^]*`click` 1\.1\.0[^]*`button`/,
    );
    expect(JSON.parse(await read(`${folder}/package.json`))).toMatchObject({ version: '1.1.0' });
  }
  expect(await schemas('generate', '--check')).toMatchObject({ code: 0 });
  expect(
    (await changed()).filter((line) => !/released|package\.json|CHANGELOG|\.changeset/.test(line)),
  ).toEqual([]);

  const after = await changed();
  const again = await schemas('release');
  expect(again).toMatchObject({ code: 0, err: '' });
  expect(again.out).toContain('nothing to release: 1.1.0');
  expect(await changed()).toEqual(after);
});

test('a field is deprecated in the next version: `bump --write`, and everything agrees', async () => {
  await using repository = await createRepository();
  const { schemas, commit, edit, read } = repository;
  const promise = "deprecated: { since: '1.1.0', removeIn: '2.0.0' }";
  await edit(CLICK, "examples: ['hi'],", `examples: ['hi'], ${promise},`);
  const early = await schemas('lint');
  expect(early).toMatchObject({ code: 1, err: '' });
  expect(early.out).toContain('It says to be deprecated since 1.1.0; this is 1.0.0.');
  expect(early.out).toContain('let `pnpm schemas bump --write` raise it');
  expect(await schemas('bump', '--write')).toMatchObject({ code: 0, err: '' });
  expect(await read(CLICK)).toContain("version: '1.1.0'");
  expect(await draft(repository)).toContain('- `click` 1.1.0: `note`: deprecated.');
  for (const args of [['lint'], ['check'], ['bump'], ['generate']]) {
    expect({ args, ...(await schemas(...args)) }).toMatchObject({ args, code: 0, err: '' });
  }
  await commit();
  expect(await schemas('release')).toMatchObject({ code: 0, err: '' });
});

test('nothing is judged by a snapshot that is not what was released', async () => {
  await using repository = await createRepository();
  const { schemas, edit, changed } = repository;
  await edit('schemas/released/click/1.0.0.json', 'A user clicked.', 'Somebody clicked.');
  const before = await changed();
  for (const args of [['bump'], ['bump', '--write'], ['release']]) {
    const refused = await schemas(...args);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain(
      'click/1.0.0.json: was released and is immutable, but has changed',
    );
    expect(refused.err).toContain('run `pnpm schemas check`');
  }
  expect(await changed()).toEqual(before);
});

test('a release that fails half way leaves nothing behind', async () => {
  await using repository = await createRepository();
  const { schemas, changed, commit, edit } = repository;
  await addField(repository);
  await schemas('bump', '--write');
  await schemas('generate');

  const uncommitted = await schemas('release');
  expect(uncommitted).toMatchObject({ code: 1, out: '' });
  expect(uncommitted.err).toContain('is not committed; commit or stash it');

  // The changelogs are written after the snapshots.
  await edit('.changeset/config.json', '@changesets/cli/changelog', './nowhere.js');
  await commit();
  const failed = await schemas('release', '--json');
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.out)).toMatchObject({ ok: false, error: { code: 'release_failed' } });
  expect(failed.err).toContain('everything is as it was before. `changeset version` failed');
  expect(await changed()).toEqual([]);
});

test('a release is refused when the changesets declare too little, and says what is wrong', async () => {
  await using repository = await createRepository();
  const { schemas, changed, commit, edit, write } = repository;
  await addField(repository);
  await edit(CLICK, "version: '1.0.0'", "version: '1.1.0'");
  await write('.changeset/small.md', '---\n"@clickstream/events": patch\n---\n\nclick: button\n');
  await commit();
  const refused = await schemas('release');
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toContain('click.button (property-added-optional) needs a minor release');
  expect(refused.err).toContain('Nothing was released: `pnpm schemas bump` fails');
  expect(await changed()).toEqual([]);
});

test('a fix of the packages is released without any change of the events', async () => {
  await using repository = await createRepository();
  const { schemas, commit, read, write } = repository;
  await write('.changeset/fix.md', '---\n"@clickstream/producer": patch\n---\n\nRetries sooner.\n');
  await commit();
  const released = await schemas('release', '--json');
  expect(JSON.parse(released.out)).toMatchObject({ released: true, to: '1.0.1', snapshots: [] });
  expect(await read('packages/producer/CHANGELOG.md')).toContain('Retries sooner.');
  expect(JSON.parse(await read('packages/consumer/package.json'))).toMatchObject({
    version: '1.0.1',
  });
});

test('what cannot be read is named', async () => {
  await using repository = await createRepository();
  const { schemas, edit, write } = repository;
  await write('.changeset/broken.md', 'no front matter');
  const broken = await schemas('bump');
  expect(broken).toMatchObject({ code: 2, out: '' });
  expect(broken.err).toContain('A changeset cannot be read; mend it.');
  await edit('.changeset/config.json', '"@clickstream/consumer"', '"@clickstream/other"');
  const apart = await schemas('bump', '--json');
  expect(JSON.parse(apart.out)).toMatchObject({ ok: false, error: { code: 'wrong_usage' } });
  expect(apart.err).toContain('as one group of "fixed" in .changeset/config.json');
});
