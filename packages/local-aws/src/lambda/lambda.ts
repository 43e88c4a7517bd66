import type { InvocationResult } from '@clickstream/event-source-mapping';
import { LocalAwsError } from '../local-aws-error.ts';
import { type Environment, startEnvironment } from './environment.ts';
import {
  type FunctionDefinition,
  type ResolvedFunction,
  resolveFunction,
} from './function-definition.ts';

const maxPayloadBytes = 6 * 1024 * 1024;

/** Options of {@link createLambda}. */
export interface LambdaOptions {
  /** Variables of every function: region, credentials, local endpoints. Default: none. */
  readonly sharedVariables?: Readonly<Record<string, string>>;
  /** Arguments of Node.js for every process, such as `--import`. Default: none. */
  readonly nodeArguments?: readonly string[];
  /**
   * Environments of one function at most, unless it reserves its own number; each is a process of
   * some 60 MB. Beyond it invocations are throttled. Default 10; on AWS an account has 1,000.
   */
  readonly maxConcurrency?: number;
  /** How long an environment without work is kept, in ms. Default 60,000. */
  readonly idleTimeoutMs?: number;
  /** Told each line that a function writes. Default: nobody. */
  readonly onLog?: (functionName: string, line: string) => void;
}

/** A function and the processes that run it now. */
export interface FunctionStatus {
  readonly name: string;
  readonly environments: readonly { readonly pid: number; readonly isBusy: boolean }[];
}

/** A local Lambda: functions in processes of their own. */
export interface Lambda {
  /** Makes a function known; its first process starts with its first invocation. */
  readonly createFunction: (definition: FunctionDefinition) => void;
  /** Invokes a function with an event as JSON text. Never rejects. */
  readonly invoke: (functionName: string, payload: string) => Promise<InvocationResult>;
  readonly functions: () => readonly FunctionStatus[];
  /** Kills all processes and waits until they are gone; invocations under way fail. */
  readonly close: () => Promise<void>;
}

interface Slot {
  readonly environment: Promise<Environment>;
  pid: number | undefined;
  isBusy: boolean;
  idleTimer: NodeJS.Timeout | undefined;
}

interface Pool {
  readonly fn: ResolvedFunction;
  readonly slots: Set<Slot>;
}

/** Starts a Lambda without functions. */
export function createLambda(options: LambdaOptions = {}): Lambda {
  const { sharedVariables = {}, nodeArguments = [], onLog } = options;
  const { maxConcurrency = 10, idleTimeoutMs = 60_000 } = options;
  const pools = new Map<string, Pool>();
  const closing = new Set<Promise<void>>();
  let isClosed = false;

  function takeSlot(pool: Pool): Slot | undefined {
    for (const slot of pool.slots) {
      if (slot.isBusy) continue;
      clearTimeout(slot.idleTimer);
      slot.isBusy = true;
      return slot;
    }
    return pool.slots.size < pool.fn.reservedConcurrency ? addSlot(pool) : undefined;
  }

  function addSlot({ fn, slots }: Pool): Slot {
    const environment = startEnvironment(fn, {
      sharedVariables,
      nodeArguments,
      onLog: (line) => onLog?.(fn.name, line),
      onExit: () => {
        clearTimeout(slot.idleTimer);
        slots.delete(slot);
      },
    });
    const slot: Slot = { environment, pid: undefined, isBusy: true, idleTimer: undefined };
    slots.add(slot);
    return slot;
  }

  function release(pool: Pool, slot: Slot): void {
    slot.isBusy = false;
    slot.idleTimer = setTimeout(() => retire(pool, slot), idleTimeoutMs);
    slot.idleTimer.unref();
  }

  function retire(pool: Pool, slot: Slot): void {
    clearTimeout(slot.idleTimer);
    pool.slots.delete(slot);
    const closed = slot.environment
      .then((environment) => environment.close())
      .catch(() => undefined) // it never started, and its invocation said so
      .finally(() => closing.delete(closed));
    closing.add(closed);
  }

  async function invoke(functionName: string, payload: string): Promise<InvocationResult> {
    const pool = pools.get(functionName);
    if (!pool || isClosed || Buffer.byteLength(payload) > maxPayloadBytes)
      return { kind: 'invoke_error' };
    const slot = takeSlot(pool);
    if (!slot) return { kind: 'throttled' };
    try {
      const environment = await slot.environment;
      slot.pid = environment.pid;
      const result = await environment.invoke(payload);
      if (pool.slots.has(slot)) release(pool, slot);
      return result;
    } catch (error) {
      onLog?.(functionName, `The function's process could not be started: ${String(error)}`);
      pool.slots.delete(slot);
      return { kind: 'invoke_error' };
    }
  }

  return {
    createFunction(definition) {
      if (pools.has(definition.name))
        throw new LocalAwsError(
          'invalid_option',
          `There is a function ${definition.name} already.`,
        );
      const fn = resolveFunction(definition, maxConcurrency);
      pools.set(fn.name, { fn, slots: new Set() });
    },
    invoke,
    functions: () =>
      [...pools.values()].map(({ fn, slots }) => ({
        name: fn.name,
        environments: [...slots].flatMap(({ pid, isBusy }) =>
          pid === undefined ? [] : [{ pid, isBusy }],
        ),
      })),
    async close() {
      isClosed = true;
      for (const pool of pools.values()) for (const slot of pool.slots) retire(pool, slot);
      await Promise.all(closing);
    },
  };
}
