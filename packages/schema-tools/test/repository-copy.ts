import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  copySources,
  type Exit,
  exit,
  openRepository,
  type Repository,
  ROOT,
} from './repository.ts';

/** This repository, as a developer has it before her first change. */
export interface RepositoryCopy extends Repository {
  readonly remove: (file: string) => Promise<void>;
  /** Runs a module of the copy as a process of its own. */
  readonly node: (file: string, ...args: readonly string[]) => Promise<Exit>;
  /** What the type checker says about these workspaces; nothing when all is well. */
  readonly types: (...folders: readonly string[]) => Promise<string>;
}

/**
 * Copies what git knows of this repository, and links what is installed, the workspaces among it to
 * those of the copy. Changes of schemas that wait for a release are released in the copy, so that it
 * does not matter what this repository is in the middle of.
 */
export async function copyRepository(): Promise<RepositoryCopy> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'journey-')));
  const repository = openRepository(root, path.join(root, 'packages/schema-tools/src/main.ts'));
  try {
    await fill(repository);
  } catch (error) {
    await repository[Symbol.asyncDispose]();
    throw error;
  }
  const remove = (file: string): Promise<void> => rm(path.join(root, file));
  return {
    ...repository,
    remove,
    node: (file, ...args) => exit([path.join(root, file), ...args], root),
    async types(...folders) {
      const include = folders.flatMap((folder) => [`${folder}/src`, `${folder}/test`]);
      await repository.write('tsconfig.json', JSON.stringify({ ...TSCONFIG, include }));
      const { out, err } = await exit([TSC, '-p', '.'], root);
      await remove('tsconfig.json');
      return out + err;
    },
  };
}

/** All workspaces have the same options, so one run can do for several. */
const TSCONFIG = {
  extends: './tsconfig.base.json',
  compilerOptions: { typeRoots: ['packages/schema-tools/node_modules/@types'] },
};
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc');

async function fill(repository: Repository): Promise<void> {
  const { root, git, commit } = repository;
  await copySources(root, ['.']);
  for (const folder of ['.', ...(await findWorkspaces(root))]) await linkModules(root, folder);
  await git('init', '--quiet', '--initial-branch=main');
  await commit();
  await settle(repository);
}

async function findWorkspaces(root: string): Promise<string[]> {
  const inside = async (folder: string): Promise<string[]> =>
    (await readdir(path.join(root, folder))).map((name) => `${folder}/${name}`);
  const folders = [...(await inside('packages')), ...(await inside('apps')), 'schemas', 'infra'];
  return folders.filter((folder) => existsSync(path.join(root, folder, 'package.json')));
}

/** Links what a workspace has installed, one by one: its neighbours are those of the copy. */
async function linkModules(root: string, folder: string): Promise<void> {
  const from = path.join(ROOT, folder, 'node_modules');
  const to = path.join(root, folder, 'node_modules');
  if (!existsSync(from)) return;
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (name.startsWith('.') && name !== '.bin') continue;
    if (name !== '@clickstream') await symlink(path.join(from, name), path.join(to, name));
  }
  if (!existsSync(path.join(from, '@clickstream'))) return;
  await mkdir(path.join(to, '@clickstream'));
  for (const name of await readdir(path.join(from, '@clickstream'))) {
    const original = await realpath(path.join(from, '@clickstream', name));
    const copied = path.join(root, path.relative(ROOT, original));
    await symlink(copied, path.join(to, '@clickstream', name));
  }
}

/** Releases whatever is pending. */
async function settle({ schemas, changed, commit }: Repository): Promise<void> {
  for (const step of [['bump', '--write'], ['generate'], ['release']]) {
    const { code, out, err } = await schemas(...step);
    if (code !== 0) throw new Error(`\`schemas ${step.join(' ')}\` in a copy:\n${out}${err}`);
    if ((await changed()).length > 0) await commit();
  }
}
