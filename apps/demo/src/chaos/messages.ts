import type { RunningStack } from '../pipeline.ts';

/** What the pipeline's process is told when it starts, as JSON in its only argument. */
export interface PipelineSettings {
  readonly assemblyDir: string;
  readonly dataDir: string;
  readonly seed: number;
  readonly ports: { readonly kinesis: number; readonly dynamodb: number; readonly s3Sqs: number };
}

/** What is done to a process of a function. */
export interface Blow {
  /** What its logical id contains. */
  readonly function: 'StreamProcessor' | 'DlqHandler';
  /**
   * A stopped process works no longer and answers nobody, until Lambda's timeout kills it. SIGUSR2
   * makes it run out of memory.
   */
  readonly signal: 'SIGKILL' | 'SIGSTOP' | 'SIGUSR2';
}

/** To the pipeline's process. */
export type ToPipeline =
  /** As soon as a process of the function is at work. */
  | { readonly type: 'strike'; readonly blow: Blow }
  /** No more faults, and no more blows. */
  | { readonly type: 'calm' }
  | { readonly type: 'drain'; readonly timeoutMs: number }
  | { readonly type: 'close' };

/** From the pipeline's process. */
export type FromPipeline =
  | {
      readonly type: 'ready';
      readonly stack: Pick<RunningStack, 'region' | 'endpoints' | 'outputs' | 'env'>;
    }
  | {
      readonly type: 'status';
      readonly settled: number;
      readonly faults: Readonly<Record<string, number>>;
    }
  /** A process is stopped; its time is not up yet. */
  | { readonly type: 'frozen'; readonly pid: number }
  /** The blow has had its effect: the process was killed, timed out, or ran out of memory. */
  | { readonly type: 'struck'; readonly blow: Blow }
  | { readonly type: 'drained'; readonly isDry: boolean }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'log'; readonly source: string; readonly line: string };
