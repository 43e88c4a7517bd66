import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EventModel, generate } from '../src/index.ts';

const PACKAGE = path.resolve(import.meta.dirname, '..');
const EVENTS = path.resolve(PACKAGE, '../events/src');

const TSCONFIG = {
  extends: path.resolve(PACKAGE, '../../tsconfig.base.json'),
  compilerOptions: {
    paths: { '@clickstream/events': ['./packages/events/src/index.ts'] },
    typeRoots: [path.join(PACKAGE, 'node_modules/@types')],
  },
  include: ['**/*.ts'],
};

/** A folder like the repository, with generated code only for the events that a test defines. */
export interface Workspace extends AsyncDisposable {
  readonly root: string;
  readonly write: (file: string, content: string) => Promise<void>;
  /** Generates everything; what was there stays. */
  readonly generate: (models: readonly EventModel[]) => Promise<void>;
}

/** The hand-written part of the events package is the real one; of the SDKs, the two types needed. */
export async function createWorkspace(): Promise<Workspace> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'schemas-')));
  const write = async (file: string, content: string): Promise<void> => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), content);
  };
  await write('package.json', '{ "type": "module" }');
  await write('tsconfig.json', JSON.stringify(TSCONFIG));
  const [receipt, context] = [
    'packages/producer/src/receipt.ts',
    'packages/consumer/src/record-context.ts',
  ];
  await write(receipt, 'export interface Receipt { eventId: string }');
  await write(context, 'export interface RecordContext { shardId: string }');
  await mkdir(path.join(root, 'packages/events/src'), { recursive: true });
  for (const name of await readdir(EVENTS)) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
    await cp(path.join(EVENTS, name), path.join(root, 'packages/events/src', name));
  }
  return {
    root,
    write,
    async generate(models) {
      for (const [file, content] of generate(models, 'a test')) await write(file, content);
    },
    async [Symbol.asyncDispose]() {
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** What the type checker says about the workspace; nothing when all is well. */
export async function typeCheck({ root }: Workspace): Promise<string> {
  const tsc = path.join(PACKAGE, 'node_modules/typescript/bin/tsc');
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '-p', root], (error, stdout, stderr) => {
      resolve(error === null ? '' : stdout || stderr || error.message);
    });
  });
}
