import { setTimeout as sleep } from 'node:timers/promises';
import type { InvocationResult } from '@clickstream/event-source-mapping';
import type { Caller } from './link.ts';
import type { World } from './world.ts';

/** What the function's code gets of an invocation. */
interface InvocationContext {
  readonly awsRequestId: string;
  readonly getRemainingTimeInMillis: () => number;
}

type Handler<Event> = (event: Event, context: InvocationContext) => Promise<unknown>;

export interface FunctionOptions<Event> {
  readonly world: World;
  readonly name: 'processor' | 'dlq_handler';
  readonly timeoutMs: number;
  readonly isEvent: (payload: unknown) => payload is Event;
  /** Starts the function's code in a new process, as a cold start does. */
  readonly start: (process: Caller) => Handler<Event>;
}

/** A Lambda function: processes that start, serve one invocation at a time, and die. */
export interface FunctionRuntime {
  readonly invoke: (payload: string) => Promise<InvocationResult>;
  /** How many invocations are under way. */
  readonly running: () => number;
}

/** One process with everything that the function's code remembers. */
interface Sandbox<Event> {
  readonly handler: Handler<Event>;
  readonly crash: (why: string) => void;
  isAlive: boolean;
  /** Ends the invocation under way when the process dies. */
  onCrash: ((why: string) => void) | undefined;
}

/**
 * Runs a function's shipped code. A dead process cannot be stopped in JavaScript, but it is cut off:
 * its links carry nothing any more, so whatever of it still runs has no effect.
 */
export function createFunctionRuntime<Event>(options: FunctionOptions<Event>): FunctionRuntime {
  const { world, name, timeoutMs, start } = options;
  const idle: Sandbox<Event>[] = [];
  let started = 0;
  let running = 0;

  function startSandbox(): Sandbox<Event> {
    started += 1;
    const sandbox: Sandbox<Event> = {
      isAlive: true,
      onCrash: undefined,
      crash(why) {
        if (!sandbox.isAlive) return;
        world.trace.write(`${caller.name} dies: ${why}`);
        sandbox.isAlive = false;
        sandbox.onCrash?.(why);
      },
      handler: async () => undefined,
    };
    const caller: Caller = {
      name: `${name}#${started}`,
      isAlive: () => sandbox.isAlive,
      crash: sandbox.crash,
    };
    return Object.assign(sandbox, { handler: start(caller) });
  }

  async function invoke(payload: string): Promise<InvocationResult> {
    const { name: invocation, fault } = world.invocation(name);
    world.trace.write(`invoke ${invocation}${fault === undefined ? '' : ` ${fault.kind}`}`);
    await sleep(world.latencyMs());
    if (fault?.kind === 'throttled' || fault?.kind === 'invoke_error') {
      world.happened(`${name} ${fault.kind}`);
      return { kind: fault.kind };
    }

    let sandbox = idle.pop();
    // It may have died since, of what it had left undone.
    while (sandbox?.isAlive === false) sandbox = idle.pop();
    sandbox ??= startSandbox();
    running += 1;
    const result = await serve(sandbox, payload, invocation, fault);
    running -= 1;
    if (sandbox.isAlive) idle.push(sandbox);
    const answer = result.kind === 'ok' ? ` ${result.payload}` : '';
    world.trace.write(`${invocation} ends: ${result.kind}${answer}`);
    await sleep(world.latencyMs());
    return result;
  }

  function serve(
    sandbox: Sandbox<Event>,
    payload: string,
    requestId: string,
    fault: ReturnType<World['invocation']>['fault'],
  ): Promise<InvocationResult> {
    return new Promise((resolve) => {
      const timers: NodeJS.Timeout[] = [];
      const end = (result: InvocationResult): void => {
        for (const timer of timers) clearTimeout(timer);
        sandbox.onCrash = undefined;
        resolve(result);
      };
      const fail = (errorMessage: string): void => {
        end({ kind: 'function_error', payload: JSON.stringify({ errorMessage }), requestId });
      };
      sandbox.onCrash = fail;
      const crash = (kind: 'crash_before' | 'crash_after' | 'timeout' | 'out_of_memory'): void => {
        world.happened(`${name} ${kind}`);
        sandbox.crash(deaths[kind]);
      };
      if (fault?.kind === 'crash_before') return crash('crash_before');
      timers.push(setTimeout(() => crash('timeout'), timeoutMs));
      if (fault?.kind === 'out_of_memory') {
        timers.push(setTimeout(() => crash('out_of_memory'), fault.ms ?? 0));
      }
      const finish = (ending: Ending): void => {
        if (!sandbox.isAlive || (fault?.kind === 'timeout' && 'answer' in ending)) return;
        if ('error' in ending) fail(ending.error);
        else if (fault?.kind === 'crash_after') crash('crash_after');
        else end({ kind: 'ok', payload: ending.answer, requestId });
      };
      const deadlineMs = world.nowMs() + timeoutMs;
      const context: InvocationContext = {
        awsRequestId: requestId,
        getRemainingTimeInMillis: () => deadlineMs - world.nowMs(),
      };
      void run(sandbox.handler, payload, options.isEvent, context).then(finish);
    });
  }

  return { invoke, running: () => running };
}

const deaths = {
  crash_before: 'before it began',
  crash_after: 'after it was done',
  timeout: 'time is up',
  out_of_memory: 'out of memory',
} as const;

/** How the function's code ended: with its answer as JSON, or an error. */
type Ending = { readonly answer: string } | { readonly error: string };

async function run<Event>(
  handler: Handler<Event>,
  payload: string,
  isEvent: FunctionOptions<Event>['isEvent'],
  context: InvocationContext,
): Promise<Ending> {
  try {
    const event: unknown = JSON.parse(payload);
    if (!isEvent(event)) throw new Error('The payload is no event of the function.');
    return { answer: JSON.stringify(await handler(event, context)) ?? 'null' };
  } catch (error) {
    return { error: String(error) };
  }
}
