import type { RunningStack } from '../pipeline.ts';

/** What the pipeline's process is told when it starts, as JSON in its only argument. */
export interface PipelineSettings {
  readonly assemblyDir: string;
  readonly dataDir: string;
  readonly seed: number;
  readonly ports: { readonly kinesis: number; readonly dynamodb: number; readonly s3Sqs: number };
}

/** A function whose processes can be killed, by what its logical id contains. */
export type KillableFunction = 'StreamProcessor' | 'DlqHandler';

/** To the pipeline's process. */
export type ToPipeline =
  /** Kill a process of the function as soon as one is at work. */
  | { readonly type: 'kill'; readonly function: KillableFunction }
  /** No more faults, and no more kills. */
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
  | { readonly type: 'killed'; readonly function: KillableFunction }
  | { readonly type: 'drained'; readonly isDry: boolean }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'log'; readonly source: string; readonly line: string };
