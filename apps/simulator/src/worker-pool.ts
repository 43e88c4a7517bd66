import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { SimulationResult } from './simulate.ts';
import { SimulatorError } from './simulator-error.ts';
import type { Question, Reply } from './worker-protocol.ts';

/** Processes that simulate, one schedule at a time each. */
export interface WorkerPool extends AsyncDisposable {
  /**
   * Answers as soon as a worker is free and has done it.
   * @throws {SimulatorError} `worker_failed` when its process dies
   */
  readonly ask: (question: Question) => Promise<SimulationResult>;
}

/**
 * @param size how many processes
 * @param mutant the bug that they are to have
 */
export function createWorkerPool(size: number, mutant?: string): WorkerPool {
  const idle: Worker[] = [];
  const workers: Worker[] = [];
  const waiting: ((worker: Worker) => void)[] = [];

  async function free(): Promise<Worker> {
    const worker = idle.pop();
    if (worker !== undefined) return worker;
    if (workers.length < size) {
      const fresh = startWorker(mutant);
      workers.push(fresh);
      return fresh;
    }
    return new Promise((resolve) => void waiting.push(resolve));
  }

  return {
    async ask(question) {
      const worker = await free();
      const result = await worker.ask(question);
      const next = waiting.shift();
      if (next === undefined) idle.push(worker);
      else next(worker);
      return result;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

interface Worker {
  readonly ask: (question: Question) => Promise<SimulationResult>;
  readonly close: () => Promise<void>;
}

function startWorker(mutant: string | undefined): Worker {
  const child = fork(
    fileURLToPath(new URL('worker.ts', import.meta.url)),
    mutant === undefined ? [] : [mutant],
    {
      // Most objects live for one request: with room for them, few collections find any to keep. A worker
      // is to use one core; helpers would take it from the others.
      execArgv: [
        '--conditions=@clickstream/source',
        '--max-semi-space-size=64',
        '--single-threaded-gc',
      ],
      // Nothing of this machine's AWS settings may show up in a run.
      env: {
        PATH: process.env['PATH'],
        AWS_CONFIG_FILE: devNull,
        AWS_SHARED_CREDENTIALS_FILE: devNull,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  );
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000);
  });
  const gone = exitOf(child).then((code) => {
    throw new SimulatorError('worker_failed', `A worker process ended (${code}): ${said.trim()}`);
  });
  gone.catch(() => undefined); // told to whoever asks
  const ready = reply(child);

  return {
    async ask(question) {
      await Promise.race([ready, gone]);
      const answer = reply(child);
      child.send(question);
      const message = await Promise.race([answer, gone]);
      if (message.kind === 'result') return message.result;
      throw new SimulatorError('worker_failed', 'A worker process said that it is ready, twice.');
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function reply(child: ChildProcess): Promise<Reply> {
  return new Promise((resolve) => {
    child.once('message', (message: Reply) => resolve(message));
  });
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}
