import type {
  InferredKinesisBehaviour,
  KinesisCheckpoints,
  KinesisMappingStatus,
} from '@clickstream/event-source-mapping';
import type { Poller, PollerOptions } from './poller.ts';

/** Options of {@link startKinesisPoller}. */
export interface KinesisPollerOptions extends PollerOptions {
  /** The execution role that the function sees as `invokeIdentityArn`. Default: a made-up role of the stream's account. */
  readonly roleArn?: string;
  /** Where an earlier poller of the same mapping left off. Default: a new mapping, at `StartingPosition`. */
  readonly checkpoints?: KinesisCheckpoints;
  /** What AWS leaves undocumented. Default: the state machine's defaults. */
  readonly inferred?: Partial<InferredKinesisBehaviour>;
}

/** A running Kinesis mapping. */
export interface KinesisPoller extends Poller<KinesisMappingStatus> {
  /** JSON-serializable; hand it to the next poller to go on from here. */
  readonly checkpoints: () => KinesisCheckpoints;
}

/** Runs a Kinesis event source mapping against local endpoints until it is closed. */
export function startKinesisPoller(_options: KinesisPollerOptions): KinesisPoller {
  throw new Error('not there yet');
}
