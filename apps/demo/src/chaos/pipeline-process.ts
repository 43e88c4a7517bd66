import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DemoError } from '../demo-error.ts';
import type { RunningStack } from '../pipeline.ts';
import type { Blow, FromPipeline, PipelineSettings, ToPipeline } from './messages.ts';

/** The pipeline, in a process that can be killed and goes on where it was. */
export interface PipelineProcess {
  readonly stack: RunningStack;
  /** SIGKILL, and a new process on the same directory and the same ports. */
  restart(): Promise<void>;
  /** Strikes a process of a function, now or as soon as one is at work. */
  strike(blow: Blow): void;
  /** Ends all faults and blows. */
  calm(): void;
  /** Faults so far. Those of the last moment before a kill may be missing. */
  faults(): Record<string, number>;
  close(): Promise<void>;
}

export interface PipelineProcessOptions extends PipelineSettings {
  readonly onLog: (source: string, line: string) => void;
  readonly onStruck: (blow: Blow) => void;
  /** Told when the process ends although nobody wanted it to. */
  readonly onEnd: (error: DemoError) => void;
}

const entry = fileURLToPath(new URL('pipeline-main.ts', import.meta.url));
const closeTimeoutMs = 15_000;

/**
 * Starts the pipeline and waits until it runs.
 *
 * @throws DemoError `pipeline_failed`
 */
export async function startPipelineProcess(
  options: PipelineProcessOptions,
): Promise<PipelineProcess> {
  const { onLog, onStruck, onEnd, ...settings } = options;
  /** What has not had its effect; a pipeline that is killed before takes its functions with it. */
  const owed: Blow[] = [];
  /** They cannot notice that their pipeline is gone. */
  const frozen = new Set<number>();
  const earlier = { settled: 0, faults: {} as Record<string, number> };
  let latest: Extract<FromPipeline, { type: 'status' }> | undefined;
  let starts = 0;
  /** The process that is to end. */
  let ending: ChildProcess | undefined;
  let child = await start();

  async function start(): Promise<{ process: ChildProcess; ready: Ready }> {
    const seed = settings.seed + 7919 * starts;
    starts += 1;
    const flags = ['--conditions=@clickstream/source', '--max-semi-space-size=4', '--no-warnings'];
    const spawned = spawn(
      process.execPath,
      [...flags, entry, JSON.stringify({ ...settings, seed })],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    const ready = await new Promise<Ready>((resolve, reject) => {
      const fail = (reason: string): void =>
        reject(new DemoError('pipeline_failed', `The pipeline did not start: ${reason}`));
      spawned.on('message', (message: FromPipeline) => {
        if (message.type === 'ready') resolve(message);
        else if (message.type === 'failed') fail(message.message);
        else take(message);
      });
      spawned.once('error', reject);
      spawned.once('exit', (code, signal) => fail(`it ended with ${signal ?? code}.`));
    });
    spawned.once('exit', (code, signal) => {
      if (ending === spawned) return;
      const how = `The pipeline's process ended by itself (${signal ?? `exit code ${code}`})`;
      onEnd(new DemoError('pipeline_failed', `${how}; --verbose shows what it said.`));
    });
    for (const blow of owed) tell(spawned, { type: 'strike', blow });
    return { process: spawned, ready };
  }

  function take(message: Exclude<FromPipeline, { type: 'ready' | 'failed' }>): void {
    if (message.type === 'status') latest = message;
    if (message.type === 'log') onLog(message.source, message.line);
    if (message.type === 'frozen') frozen.add(message.pid);
    if (message.type !== 'struck') return;
    const { blow } = message;
    const { function: name, signal } = blow;
    owed.splice(
      owed.findIndex((one) => one.function === name && one.signal === signal),
      1,
    );
    onStruck(blow);
  }

  async function end(signal: 'SIGKILL' | undefined): Promise<void> {
    const old = child.process;
    if (old.exitCode !== null || old.signalCode !== null) return;
    ending = old;
    const exited = once(old, 'exit');
    if (signal) old.kill(signal);
    else tell(old, { type: 'close' });
    const timer = setTimeout(() => old.kill('SIGKILL'), closeTimeoutMs);
    await exited;
    clearTimeout(timer);
    for (const pid of frozen) killIfThere(pid);
    frozen.clear();
  }

  const faults = (): Record<string, number> => sum(earlier.faults, latest?.faults ?? {});
  return {
    stack: {
      ...child.ready.stack,
      settled: () => earlier.settled + (latest?.settled ?? 0),
      drained: async ({ timeoutMs }) => {
        const { process: draining } = child;
        tell(draining, { type: 'drain', timeoutMs });
        return new Promise((resolve) => {
          draining.once('exit', () => resolve(false));
          draining.on('message', (message: FromPipeline) => {
            if (message.type === 'drained') resolve(message.isDry);
          });
        });
      },
    },
    async restart() {
      await end('SIGKILL');
      Object.assign(earlier, {
        settled: earlier.settled + (latest?.settled ?? 0),
        faults: faults(),
      });
      latest = undefined;
      child = await start();
    },
    strike(blow) {
      owed.push(blow);
      tell(child.process, { type: 'strike', blow });
    },
    calm() {
      owed.length = 0;
      tell(child.process, { type: 'calm' });
    },
    faults,
    close: () => end(undefined),
  };
}

type Ready = Extract<FromPipeline, { type: 'ready' }>;

/** A process that has just been killed is not told: what it is owed is told to the next one. */
function tell(child: ChildProcess, message: ToPipeline): void {
  if (child.connected) child.send(message, () => undefined);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // Its time was up before.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function sum(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted();
  return Object.fromEntries(names.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}
