import { execFile } from 'node:child_process';
import path from 'node:path';
import { BenchError } from './errors.ts';

/**
 * Runs a script in a fresh process of Node, workspaces resolving to their sources.
 *
 * @returns what it printed.
 * @throws {@link BenchError} `failed_run`
 */
export async function runNode(args: readonly string[], cwd = process.cwd()): Promise<string> {
  return new Promise((resolve, reject) => {
    const all = ['--conditions=@clickstream/source', ...args];
    execFile(process.execPath, all, { cwd, maxBuffer: 2 ** 26 }, (cause, stdout, stderr) => {
      if (cause === null) return resolve(stdout);
      const why = (stderr || stdout || cause.message).trim();
      reject(
        new BenchError(
          'failed_run',
          `${path.basename(args.find((arg) => !arg.startsWith('-')) ?? 'node')} failed: ${why}`,
          {
            cause,
          },
        ),
      );
    });
  });
}
