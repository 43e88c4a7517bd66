import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { BenchError } from './errors.ts';

/** A package of its own, outside the workspace: only who runs the bench installs the rivals. */
export const RIVALS = path.resolve(import.meta.dirname, '../rivals');

const LOCKFILE = path.join(RIVALS, 'package-lock.json');
/** A copy of the lockfile that was installed last. */
const INSTALLED = path.join(RIVALS, 'node_modules/.installed-lock.json');

/**
 * Installs the rivals at the versions of their lockfile, unless that has been done.
 *
 * @throws {@link BenchError} `no_rivals`
 */
export async function installRivals(onInstall: () => void): Promise<void> {
  const lock = await readFile(LOCKFILE, 'utf8');
  if (existsSync(INSTALLED) && (await readFile(INSTALLED, 'utf8')) === lock) return;
  onInstall();
  try {
    await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: RIVALS,
      shell: process.platform === 'win32', // npm is a batch file there
    });
  } catch (cause) {
    const why = `run \`npm ci\` in ${RIVALS} to see why`;
    throw new BenchError('no_rivals', `The rivals could not be installed; ${why}.`, { cause });
  }
  await writeFile(INSTALLED, lock);
}
