import type {
  EventSourceMappingProperties,
  InvocationResult,
  MappingCounters,
} from '@clickstream/event-source-mapping';

/**
 * Invokes a function synchronously with a JSON payload, as Lambda's Invoke API does.
 * Settles once the function has answered, failed or timed out. A rejection is a defect of the runtime
 * itself; the mapping treats it as an `invoke_error`.
 *
 * - `ok`: the function returned; `payload` is the JSON text of its return value.
 * - `function_error`: it threw, timed out or its process died; `payload` is the error as JSON.
 * - `throttled`: it was not started, there was no concurrency left.
 * - `invoke_error`: it could not be started (missing function, broken bundle).
 */
export type InvokeFunction = (functionName: string, payload: string) => Promise<InvocationResult>;

/** What both kinds of pollers need. */
export interface PollerOptions {
  /**
   * The `AWS::Lambda::EventSourceMapping` properties with every reference resolved: `EventSourceArn`
   * and `DestinationConfig.OnFailure.Destination` are ARNs, `FunctionName` a name or ARN.
   */
  readonly properties: EventSourceMappingProperties;
  /** The function's name, handed to {@link InvokeFunction} as it is. */
  readonly functionName: string;
  /** How to invoke it. */
  readonly invoke: InvokeFunction;
  /** Default: the region in `EventSourceArn`. */
  readonly region?: string;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Told about what went wrong outside the function; the poller goes on by itself. Default: nobody. */
  readonly onProblem?: (problem: PollerProblem) => void;
}

/** Something failed outside the function; it will be tried again. */
export interface PollerProblem {
  readonly doing:
    | 'list_shards'
    | 'read'
    | 'receive'
    | 'delete'
    | 'redeliver'
    | 'send_on_failure'
    | 'invoke';
  readonly shardId?: string;
  readonly cause: unknown;
}

/** A running poller. */
export interface Poller<Status> {
  /** Where it stands, as plain data: for a console, or for a test. */
  readonly status: () => Status;
  /** Events since the start, named as Lambda's opt-in EventCount metrics. */
  readonly counters: () => MappingCounters;
  /**
   * Resolves to true once everything that was in the source when the call was made is settled, and to
   * false when `timeoutMs` (default 60,000) passes or the poller is closed before that. While new
   * records keep coming in it may have to wait for a moment at which nothing is in hand.
   */
  readonly drained: (options?: { readonly timeoutMs?: number }) => Promise<boolean>;
  /**
   * Stops reading, lets invocations under way finish for at most `timeoutMs` (default 10,000), and
   * leaves no timer, socket or request behind. Safe to call more than once.
   */
  readonly close: (options?: { readonly timeoutMs?: number }) => Promise<void>;
}

export const defaultDrainTimeoutMs = 60_000;
export const defaultCloseTimeoutMs = 10_000;

/** An invocation that always has a result. */
export async function invokeSafely(
  { invoke, functionName, onProblem }: PollerOptions,
  event: unknown,
): Promise<InvocationResult> {
  try {
    return await invoke(functionName, JSON.stringify(event));
  } catch (cause) {
    onProblem?.({ doing: 'invoke', cause });
    return { kind: 'invoke_error' };
  }
}
