import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { InvocationResult } from '@clickstream/event-source-mapping';
import { processVariables, type ResolvedFunction } from './function-definition.ts';
import { createRuntimeApi } from './runtime-api.ts';

const bootstrap = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));
const maxResponseBytes = 6 * 1024 * 1024;
// Lambda gives the start of a runtime ten seconds, and starts it over within the function's own
// timeout if that is longer: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
const maxInitMs = 10_000;

/** Options of {@link startEnvironment}. */
export interface EnvironmentOptions {
  /** Variables of all functions: region, credentials, local endpoints. */
  readonly sharedVariables: Readonly<Record<string, string>>;
  /** Arguments of Node.js for the process. */
  readonly nodeArguments: readonly string[];
  /** Told each line that the process writes, and Lambda's own line of a timeout. */
  readonly onLog: (line: string) => void;
  /** Told once when the process is gone; the environment cannot be used any more. */
  readonly onExit: () => void;
}

/** One execution environment: a process that runs one function, one invocation at a time. */
export interface Environment {
  readonly pid: number | undefined;
  readonly invoke: (payload: string) => Promise<InvocationResult>;
  /** Kills the process and waits until it is gone. */
  readonly close: () => Promise<void>;
}

interface Invocation {
  readonly requestId: string;
  readonly payload: string;
  readonly settle: (result: InvocationResult) => void;
  result?: InvocationResult;
}

/** Starts a process for a function; the function itself is loaded while the first event waits. */
export async function startEnvironment(
  fn: ResolvedFunction,
  options: EnvironmentOptions,
): Promise<Environment> {
  let invocation: Invocation | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isReady = false;
  let initError: string | undefined;
  let exit: string | undefined;

  function fail(errorType: string, reason: string): void {
    if (!invocation) return;
    const { requestId } = invocation;
    const payload = JSON.stringify({
      errorType,
      errorMessage: `RequestId: ${requestId} Error: ${reason}`,
    });
    invocation.result ??= { kind: 'function_error', payload, requestId };
  }

  // A result is passed on when the runtime asks for more or its process is gone, not before: then
  // whoever gets it knows whether this environment can be used again.
  function settle(): void {
    clearTimeout(timer);
    const done = invocation;
    invocation = undefined;
    if (done?.result) done.settle(done.result);
  }

  function expireAfter(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const reason = `Task timed out after ${(fn.timeoutMs / 1000).toFixed(2)} seconds`;
      options.onLog(`${new Date().toISOString()} ${invocation?.requestId} ${reason}`);
      fail('Sandbox.Timedout', reason);
      child.kill('SIGKILL');
    }, ms);
  }

  function deliver(): void {
    if (!isReady || !invocation) return;
    isReady = false;
    expireAfter(fn.timeoutMs);
    const { requestId, payload } = invocation;
    api.send({ requestId, payload, functionArn: fn.arn, deadlineMs: Date.now() + fn.timeoutMs });
  }

  function endIfGone(): void {
    if (exit === undefined) return;
    if (invocation && initError !== undefined)
      invocation.result ??= {
        kind: 'function_error',
        payload: initError,
        requestId: invocation.requestId,
      };
    fail('Runtime.ExitError', exit);
    settle();
  }

  const api = await createRuntimeApi({
    onNext() {
      isReady = true;
      if (invocation?.result) settle();
      else deliver();
    },
    onResult(requestId, outcome, payload) {
      if (requestId !== invocation?.requestId) return;
      if (outcome === 'error') invocation.result ??= { kind: 'function_error', payload, requestId };
      else if (Buffer.byteLength(payload) <= maxResponseBytes)
        invocation.result ??= { kind: 'ok', payload, requestId };
      else
        fail(
          'Function.ResponseSizeTooLarge',
          `Response payload size exceeded maximum allowed payload size (${maxResponseBytes} bytes).`,
        );
    },
    onInitError(payload) {
      initError = payload;
    },
  });

  const variables = processVariables(fn, api.host, options.sharedVariables);
  const child = spawnRuntime(fn, variables, options.nodeArguments);
  forwardLines(child.stdout, options.onLog);
  forwardLines(child.stderr, options.onLog);
  const gone = once(child, 'exit')
    .then(
      ([code, signal]: unknown[]) => exitReason(code, signal),
      (error: unknown) => `Runtime could not be started: ${String(error)}`,
    )
    .then((reason) => {
      exit = reason;
      options.onExit();
      endIfGone();
      return api.close();
    });

  return {
    pid: child.pid,
    invoke: (payload) =>
      new Promise((resolve) => {
        invocation = { requestId: randomUUID(), payload, settle: resolve };
        if (!isReady) expireAfter(Math.max(maxInitMs, fn.timeoutMs));
        deliver();
        endIfGone();
      }),
    async close() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function spawnRuntime(
  fn: ResolvedFunction,
  env: Record<string, string>,
  nodeArguments: readonly string[],
) {
  // V8's heap is most of a process, not all of it.
  const heapMb = Math.floor(fn.memoryMb * 0.9);
  // A small young generation saves some 12 MB in each of the many processes on one machine.
  const flags = [`--max-old-space-size=${heapMb}`, '--max-semi-space-size=1'];
  return spawn(process.execPath, [...flags, ...nodeArguments, bootstrap], {
    cwd: fn.codeDir,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

function forwardLines(stream: Readable, onLog: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLog);
}

const signalNames: Readonly<Record<string, string>> = { SIGKILL: 'killed', SIGABRT: 'aborted' };

function exitReason(code: unknown, signal: unknown): string {
  if (typeof signal === 'string')
    return `Runtime exited with error: signal: ${signalNames[signal] ?? signal}`;
  if (code === 0) return 'Runtime exited without providing a reason';
  return `Runtime exited with error: exit status ${String(code)}`;
}
