import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of the tests in a process of its own. */
export interface Child extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Lines of its standard output that were not read yet, as they come. */
  line(): Promise<string>;
  /** How it ended: `SIGTERM`, or `code 0`. */
  readonly ended: Promise<string>;
  /** What it wrote to its standard error. */
  stderr(): string;
}

/** Runs a program from its source. */
export function runChild(
  script: URL,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  wrapper: readonly string[] = [],
): Child {
  const [command = '', ...rest] = [
    ...wrapper,
    process.execPath,
    '--conditions=@clickstream/source',
    fileURLToPath(script),
    ...args,
  ];
  const child = spawn(command, rest, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) =>
    typeof signal === 'string' ? signal : `code ${String(code)}`,
  );
  return {
    process: child,
    ended,
    stderr: () => stderr,
    async line() {
      const next = await lines.next();
      if (next.done === true) throw new Error(`the program ended: ${stderr}`);
      return next.value;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
