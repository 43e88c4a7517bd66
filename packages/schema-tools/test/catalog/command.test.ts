import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf } from '../../src/catalog/samples.ts';
import { runCommand } from '../../src/command.ts';
import { composeEvents } from '../../src/compose.ts';
import { loadRegistry } from '../../src/load-registry.ts';

const PACKAGE = path.resolve(import.meta.dirname, '../..');
const REPOSITORY = path.resolve(PACKAGE, '../..');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catalog-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  let [out, err] = ['', ''];
  const code = await runCommand(['catalog', ...args], {
    cwd: REPOSITORY,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  });
  return { code, out, err };
}

test('the catalog of the events of this repository is built, and says where to open it', async () => {
  const out = path.join(folder, 'a site');
  const entry = path.join(out, 'index.html');
  const told = await run('--out', out, '--title', 'Ours & yours');
  expect(told).toMatchObject({ code: 0, err: '' });
  expect(told.out).toContain(`Open ${pathToFileURL(entry).href}\n`);
  expect(await readFile(entry, 'utf8')).toContain('<title>Ours &amp; yours</title>');

  const machine = await run('--out', out, '--json');
  expect(machine).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(machine.out)).toMatchObject({ ok: true, open: entry });
});

test('a folder that is none of a catalog is wrong usage', async () => {
  const out = path.join(folder, 'full');
  await mkdir(out);
  await writeFile(path.join(out, 'thesis.txt'), 'ten years');
  const { code, out: json, err } = await run('--out', out, '--json');
  expect(code).toBe(2);
  expect(JSON.parse(json)).toMatchObject({ ok: false, error: { code: 'wrong_usage' } });
  expect(err).toContain('choose an empty folder with --out');
});

test('the code on the pages compiles against the real SDKs', async () => {
  const models = composeEvents(await loadRegistry(path.join(REPOSITORY, 'schemas/src/index.ts')));
  const project = path.join(folder, 'code');
  await mkdir(project);
  await symlink(path.join(REPOSITORY, 'node_modules'), path.join(project, 'node_modules'));
  for (const model of models) {
    const { produce, consume } = codeOf(model);
    await writeFile(path.join(project, `${model.type}.produce.ts`), produce);
    await writeFile(path.join(project, `${model.type}.consume.ts`), consume);
  }
  const packages = path.join(REPOSITORY, 'packages');
  const config = {
    extends: path.join(REPOSITORY, 'tsconfig.base.json'),
    compilerOptions: {
      paths: {
        '@clickstream/producer': [path.join(packages, 'producer/src/index.ts')],
        '@clickstream/consumer': [path.join(packages, 'consumer/src/index.ts')],
      },
      typeRoots: [path.join(PACKAGE, 'node_modules/@types')],
    },
    include: ['*.ts'],
  };
  await writeFile(path.join(project, 'package.json'), '{ "type": "module" }');
  await writeFile(path.join(project, 'tsconfig.json'), JSON.stringify(config));
  const tsc = path.join(PACKAGE, 'node_modules/typescript/bin/tsc');
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, [tsc, '-p', project], (error, stdout) =>
      resolve(error === null ? '' : stdout || error.message),
    );
  });
  expect(said).toBe('');
});
