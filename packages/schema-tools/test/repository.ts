import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { composeEvents } from '../src/compose.ts';
import { generateAll } from '../src/generate-all.ts';
import { findDrift, repairDrift } from '../src/generated-files.ts';
import { loadRegistry } from '../src/load-registry.ts';
import { writeSnapshots } from '../src/release/apply.ts';
import { planRelease } from '../src/release/plan.ts';
import { RELEASED_FOLDER, readReleased } from '../src/released.ts';

export const ROOT = path.resolve(import.meta.dirname, '../../..');
const MAIN = path.join(ROOT, 'packages/schema-tools/src/main.ts');

/** What a process did. */
export interface Exit {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A repository in which a test may release. */
export interface Repository extends AsyncDisposable {
  readonly root: string;
  /** Runs `pnpm schemas …`, as a process of its own: a module is imported only once in each. */
  readonly schemas: (...args: readonly string[]) => Promise<Exit>;
  readonly git: (...args: readonly string[]) => Promise<string>;
  readonly commit: () => Promise<void>;
  readonly read: (file: string) => Promise<string>;
  readonly write: (file: string, content: string) => Promise<void>;
  /** Replaces text that must be there. */
  readonly edit: (file: string, from: string, to: string) => Promise<void>;
  /** What git sees as changed since the last commit. */
  readonly changed: () => Promise<string[]>;
}

/**
 * A repository with the manifests of this one and one event, `click`, which is released as 1.0.0 with
 * packages of that version. Independent of the events that this repository has by now. The tools
 * themselves run from where they are.
 */
export async function createRepository(): Promise<Repository> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'release-')));
  const repository = openRepository(root, MAIN);
  await fill(repository);
  return repository;
}

/** @param main - the command that it runs */
export function openRepository(root: string, main: string): Repository {
  const git = async (...args: readonly string[]): Promise<string> => {
    const settings = ['user.name=test', 'user.email=test@test.example', 'commit.gpgsign=false'];
    const own = settings.flatMap((setting) => ['-c', setting]);
    return (await run('git', [...own, ...args], root)).stdout;
  };
  const repository: Repository = {
    root,
    git,
    async commit() {
      await git('add', '--all');
      await git('commit', '--quiet', '--no-verify', '--message', 'a change');
    },
    schemas: (...args) => exit([main, ...args], root),
    read: (file) => readFile(path.join(root, file), 'utf8'),
    async write(file, content) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), content);
    },
    async edit(file, from, to) {
      const text = await repository.read(file);
      if (!text.includes(from)) throw new Error(`${file} does not say ${from}`);
      await repository.write(file, text.replace(from, to));
    },
    async changed() {
      const status = await git('status', '--porcelain', '--untracked-files=all');
      return status.split('\n').filter((line) => line !== '');
    },
    async [Symbol.asyncDispose]() {
      await rm(root, { recursive: true, force: true });
    },
  };
  return repository;
}

async function fill({ root, git, write, read, commit }: Repository): Promise<void> {
  await copySources(root, [
    '.gitignore',
    '.changeset/config.json',
    'pnpm-workspace.yaml',
    ':(glob)**/package.json',
  ]);
  for (const folder of ['schemas', 'packages/schema-tools', ...SDK_FOLDERS]) {
    const manifest = await read(`${folder}/package.json`);
    const versioned = manifest.replace(/"version": "[^"]*"/, '"version": "1.0.0"');
    await write(`${folder}/package.json`, versioned);
  }
  await link(root, 'node_modules/@changesets/cli', 'node_modules/@changesets/cli');
  await link(root, 'schemas/node_modules/@clickstream/schema-tools', 'packages/schema-tools');
  await write('schemas/src/index.ts', REGISTRY);
  await write('schemas/src/click.ts', CLICK);
  const models = composeEvents(await loadRegistry(path.join(root, 'schemas/src/index.ts')));
  const pending = { version: '1.0.0', declared: undefined, packages: [], texts: [] };
  const { snapshots } = planRelease({ models, released: [], changes: [], pending });
  await writeSnapshots(root, snapshots);
  const released = await readReleased(path.join(root, RELEASED_FOLDER));
  const files = generateAll(models, released, 'schemas/src/index.ts');
  await repairDrift(root, files, await findDrift(root, files));
  await git('init', '--quiet', '--initial-branch=main');
  await commit();
}

const SDK_FOLDERS = [
  'packages/events',
  'packages/aggregation',
  'packages/producer',
  'packages/consumer',
];

const REGISTRY = `import { constant, defineRegistry, identifier, timestamp, uuidV7, versionOfMajor } from '@clickstream/schema-tools';
import { click } from './click.ts';
export default defineRegistry({
  baseUri: 'https://test.example/schemas/',
  envelope: {
    stamped: ({ type, version }) => ({
      event_id: uuidV7({ description: 'Identity, minted once.', examples: ['01a207d9-2100-7c3e-9d5b-2f1e8a6b4c0d'], pii: 'none' }),
      event_type: constant(type, { description: 'Which event this is.' }),
      schema_version: versionOfMajor(Number.parseInt(version, 10), { description: 'What the writer used.', examples: [version] }),
    }),
    given: { user_id: identifier({ description: 'Whose event.', examples: ['user-1'], pii: 'pseudonym', maxLength: 256 }) },
    defaulted: { timestamp: timestamp({ description: 'When.', examples: ['2026-11-23T10:00:00.000Z'] }) },
  },
  events: [click],
});
`;

const CLICK = `import { defineEvent, identifier, optional, text } from '@clickstream/schema-tools';
export const click = defineEvent({
  type: 'click',
  version: '1.0.0',
  description: 'A user clicked.',
  owner: 'web',
  payload: {
    element_id: identifier({ description: 'What was clicked.', examples: ['buy'], pii: 'none', maxLength: 256 }),
    note: optional(text({ description: 'What the user typed beside it.', examples: ['hi'], pii: 'none', maxLength: 99 })),
  },
});
`;

/** Copies what git would commit of some pathspecs. */
export async function copySources(root: string, pathspecs: readonly string[]): Promise<void> {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...pathspecs];
  const { stdout } = await run('git', ['-C', ROOT, ...list]);
  for (const file of new Set(stdout.split('\n'))) {
    if (file !== '') await cp(path.join(ROOT, file), path.join(root, file)).catch(ignoreMissing);
  }
}

/** What is committed may be deleted in the working tree. */
function ignoreMissing(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
  throw error;
}

async function link(root: string, from: string, to: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, from)), { recursive: true });
  await symlink(await realpath(path.join(ROOT, to)), path.join(root, from));
}

export async function run(file: string, args: readonly string[], cwd = ROOT) {
  return new Promise<{ stdout: string; stderr: string }>((resolve, reject) => {
    execFile(file, [...args], { cwd }, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else reject(new Error(`${error.message}\n${stdout}${stderr}`, { cause: error }));
    });
  });
}

/** Runs a module without a build. */
export async function exit(args: readonly string[], cwd: string): Promise<Exit> {
  const node = ['--conditions=@clickstream/source', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, node, { cwd }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}
