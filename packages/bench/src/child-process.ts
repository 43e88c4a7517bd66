import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { BenchError } from './errors.ts';

/** A process that runs a script of the bench and talks over an IPC channel. */
export interface Child<Message extends { readonly kind: string }> extends AsyncDisposable {
  /**
   * Its next message, which must be of this kind.
   *
   * @throws {@link BenchError} when the process ends first
   */
  readonly next: <Kind extends Message['kind']>(
    kind: Kind,
  ) => Promise<Extract<Message, { kind: Kind }>>;
  readonly send: (message: Serializable) => void;
  /** From now on {@link next} throws this, unless it has failed before. */
  readonly fail: (error: BenchError) => void;
  readonly kill: (signal: NodeJS.Signals) => void;
}

export interface ChildOptions {
  /** Of the error when the process ends too early. Default `failed_run`. */
  readonly failsAs?: 'failed_run' | 'no_sink';
  /** Besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node. */
  readonly nodeArgs?: readonly string[];
}

/**
 * Starts a script, workspaces resolving to their sources. Disposed of, it may end by itself for a
 * moment.
 *
 * @param name for messages
 */
export function startChild<Message extends { readonly kind: string }>(
  name: string,
  script: string,
  args: readonly string[],
  { failsAs = 'failed_run', env = {}, nodeArgs = [] }: ChildOptions = {},
): Child<Message> {
  const child = fork(script, [...args], {
    execArgv: ['--conditions=@clickstream/source', ...nodeArgs],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  });
  const messages: Message[] = [];
  let waiting: PromiseWithResolvers<void> | undefined;
  let failure: BenchError | undefined;
  let complaint = '';
  const wake = (): void => {
    waiting?.resolve();
    waiting = undefined;
  };
  const fail = (error: BenchError): void => {
    failure ??= error;
    wake();
  };
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-4_000);
  });
  child.on('message', (message: Message) => {
    messages.push(message);
    wake();
  });
  child.on('error', (cause) =>
    fail(new BenchError(failsAs, `${name} could not be started or reached.`, { cause })),
  );
  child.once('close', (exitCode, signal) =>
    fail(new BenchError(failsAs, `${name} ended with ${signal ?? exitCode}: ${complaint.trim()}`)),
  );
  return {
    fail,
    send: (message) => void child.send(message),
    kill: (signal) => void child.kill(signal),
    async next(kind) {
      for (;;) {
        const message = messages.shift();
        if (message !== undefined) {
          if (isOf(message, kind)) return message;
          throw new BenchError(failsAs, `${name} said ${message.kind} instead of ${kind}.`);
        }
        if (failure !== undefined) throw failure;
        waiting = Promise.withResolvers();
        await waiting.promise;
      }
    },
    [Symbol.asyncDispose]: async () => end(child),
  };
}

function isOf<Message extends { readonly kind: string }, Kind extends Message['kind']>(
  message: Message,
  kind: Kind,
): message is Extract<Message, { kind: Kind }> {
  return message.kind === kind;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await ended;
  clearTimeout(timer);
}
