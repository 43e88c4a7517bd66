import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The shop, in a process of its own. */
export interface ShopProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** The first line of its standard output, parsed; undefined if it ended before. */
  readonly listening: Promise<{ readonly url: string } | undefined>;
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
    listening: firstLine(child),
    ended: end(child),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

async function firstLine(child: ChildProcess): Promise<{ readonly url: string } | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    return JSON.parse(line) as { readonly url: string };
  }
  return undefined;
}

async function end(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  const exit = once(child, 'exit');
  const stderr = child.stderr === null ? '' : await text(child.stderr);
  await exit;
  return { code: child.exitCode, stderr };
}
