import { execFile } from 'node:child_process';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../../..');
const MAIN = path.join(ROOT, 'packages/schema-tools/src/main.ts');

/** What a process did. */
export interface Exit {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A copy of the repository in which a test may release. */
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
 * Copies the schemas, the generated code, what was released and every manifest of the repository, and
 * commits them. The tools themselves run from where they are.
 */
export async function createRepository(): Promise<Repository> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'release-')));
  await copySources(root, COPIED);
  await link(root, 'node_modules/@changesets/cli', 'node_modules/@changesets/cli');
  await link(root, 'schemas/node_modules/@clickstream/schema-tools', 'packages/schema-tools');
  const git = async (...args: readonly string[]): Promise<string> => {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@test.example'];
    return (await run('git', [...identity, ...args], root)).stdout;
  };
  const commit = async (): Promise<void> => {
    await git('add', '--all');
    await git('commit', '--quiet', '--no-verify', '--allow-empty', '--message', 'a change');
  };
  const repository: Repository = {
    root,
    git,
    commit,
    schemas: (...args) => exit([MAIN, ...args], root),
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
  await git('init', '--quiet', '--initial-branch=main');
  for (const name of await readdir(path.join(root, '.changeset'))) {
    if (name.endsWith('.md')) await rm(path.join(root, '.changeset', name));
  }
  await commit();
  return repository;
}

const COPIED = [
  '.gitignore',
  '.changeset',
  'pnpm-workspace.yaml',
  'schemas',
  ':(glob)**/package.json',
  ':(glob)**/CHANGELOG.md',
  ':(glob)packages/*/src/gen/**',
];

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

async function exit(args: readonly string[], cwd: string): Promise<Exit> {
  const node = ['--conditions=@clickstream/source', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, node, { cwd }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}
