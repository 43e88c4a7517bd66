import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The shop, in a process of its own. */
export interface ShopProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** The URL that it says it listens on. Rejects if it ends before. */
  readonly listening: () => Promise<string>;
  /** Its exit code, and all that it wrote to standard error. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

export function spawnShop(
  env: Readonly<Record<string, string>>,
  ipc: 'ipc' | 'ignore' = 'ignore',
): ShopProcess {
  const child = spawn(process.execPath, ['--conditions=@clickstream/source', entry], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe', ipc],
  });
  return {
    child,
    listening: () => firstUrl(child),
    ended: end(child),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

async function firstUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('It has no standard output.');
  for await (const line of createInterface({ input: stdout })) {
    const message: unknown = JSON.parse(line);
    if (typeof message === 'object' && message !== null && 'url' in message) {
      return String(message.url);
    }
  }
  throw new Error('It ended before it listened.');
}

async function end(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  const exit = once(child, 'exit');
  const stderr = child.stderr === null ? '' : await text(child.stderr);
  await exit;
  return { code: child.exitCode, stderr };
}
