import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DemoError } from './demo-error.ts';
import { parseObject } from './parse-object.ts';
import { workspaceRoot } from './workspace-root.ts';

/** The storefront, running in a process of its own. */
export interface StorefrontProcess {
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly pid: number | undefined;
  /** Aborted, with a {@link DemoError}, when the process has ended. */
  readonly ended: AbortSignal;
  /** Lets it deliver what it has tracked, then ends it. */
  close(): Promise<void>;
  /** Ends it at once: what it has tracked and not sent is gone. */
  kill(): Promise<void>;
}

const entry = join(workspaceRoot, 'apps/storefront/src/main.ts');
const skewedClock = new URL('chaos/skewed-clock.ts', import.meta.url).href;
const closeTimeoutMs = 15_000;

/**
 * Starts the storefront and waits until it listens.
 *
 * @param env its settings: stream, port, endpoints
 * @param onLog gets each line that it writes
 * @param clockSkewMs how far its clock is ahead
 */
export async function startStorefront(
  env: Readonly<Record<string, string>>,
  onLog: (line: string) => void,
  clockSkewMs = 0,
): Promise<StorefrontProcess> {
  // Small young generations: the whole pipeline shares one machine's memory.
  const flags = ['--conditions=@clickstream/source', '--max-semi-space-size=4'];
  if (clockSkewMs !== 0) flags.push(`--import=${skewedClock}`);
  // The IPC channel has one use: its end tells the storefront that the demo is gone.
  const child = spawn(process.execPath, [...flags, entry], {
    env: { PATH: process.env['PATH'] ?? '', CLOCK_SKEW_MS: String(clockSkewMs), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('the storefront has no output pipes');
  const errors: string[] = [];
  createInterface({ input: stderr }).on('line', (line) => {
    errors.push(line);
    if (errors.length > 20) errors.shift();
    onLog(line);
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const listening = urlIn(line);
      if (listening) resolve(listening);
      else onLog(line);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      const reason = errors.join('\n') || `it exited with code ${code}`;
      const message = reason.includes('EADDRINUSE')
        ? `Port ${env['PORT']} is in use; pass another --port, or none for a free one.`
        : `The storefront did not start: ${reason}`;
      reject(new DemoError('storefront_failed', message));
    });
  });
  const ended = new AbortController();
  child.once('exit', (code, signal) => {
    const message = `The storefront ended (${signal ?? `exit code ${code}`}); run the demo with --verbose to see why.`;
    ended.abort(new DemoError('storefront_failed', message));
  });
  return {
    url,
    pid: child.pid,
    ended: ended.signal,
    close: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  };
}

function urlIn(line: string): string | undefined {
  try {
    const { url } = parseObject(line);
    return typeof url === 'string' ? url : undefined;
  } catch {
    return undefined; // not JSON: an ordinary line of output
  }
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), closeTimeoutMs);
  await exited;
  clearTimeout(timer);
}
