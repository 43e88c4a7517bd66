import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The root of the repository. */
export const ROOT = path.resolve(import.meta.dirname, '../../../..');

/** What is type-checked: what generated code goes into, and the schemas that it comes from. */
export const PROJECTS = [
  'packages/events',
  'packages/producer',
  'packages/consumer',
  'schemas',
] as const;

/** A copy of the repository that has other events. */
export interface Workspace extends AsyncDisposable {
  readonly root: string;
  /** Removes all generated code. */
  readonly clean: () => Promise<void>;
}

/**
 * Copies what {@link PROJECTS} need, without tests and generated code, and links what they depend on.
 *
 * @param files - what is put in the place of the repository's events.
 * @param keep - leaves the folder where it is.
 */
export async function createWorkspace(
  files: ReadonlyMap<string, string>,
  keep: boolean,
): Promise<Workspace> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'bench-generate-')));
  await cp(path.join(ROOT, 'tsconfig.base.json'), path.join(root, 'tsconfig.base.json'));
  for (const project of PROJECTS) await copyProject(root, project);
  await cp(path.join(ROOT, 'schemas/src/envelope.ts'), path.join(root, 'schemas/src/envelope.ts'));
  for (const [file, content] of files) await writeFile(path.join(root, file), content);
  return {
    root,
    async clean() {
      for (const project of PROJECTS) {
        await rm(path.join(root, project, 'src/gen'), { recursive: true, force: true });
      }
    },
    async [Symbol.asyncDispose]() {
      if (!keep) await rm(root, { recursive: true, force: true });
    },
  };
}

async function copyProject(root: string, project: string): Promise<void> {
  const [from, to] = [path.join(ROOT, project), path.join(root, project)];
  for (const file of ['package.json', 'tsconfig.json'])
    await cp(path.join(from, file), path.join(to, file));
  if (project === 'schemas') await mkdir(path.join(to, 'src'), { recursive: true });
  else {
    await cp(path.join(from, 'src'), path.join(to, 'src'), {
      recursive: true,
      filter: (file) => !file.endsWith('.test.ts') && path.basename(file) !== 'gen',
    });
  }
  await linkDependencies(root, path.join(from, 'node_modules'), path.join(to, 'node_modules'));
}

/** Packages that were copied come from the copy, all others from where the repository has them. */
async function linkDependencies(root: string, from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    const [target, link] = [path.join(from, name), path.join(to, name)];
    if (name.startsWith('@')) await linkDependencies(root, target, link);
    else if (!name.startsWith('.')) {
      const inside = path.relative(ROOT, await realpath(target));
      const copied = PROJECTS.find((project) => project === inside);
      await symlink(copied === undefined ? target : path.join(root, copied), link, 'junction');
    }
  }
}
