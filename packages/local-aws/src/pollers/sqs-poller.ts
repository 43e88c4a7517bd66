import type { SqsMappingStatus } from '@clickstream/event-source-mapping';
import type { Poller, PollerOptions } from './poller.ts';

/** Options of {@link startSqsPoller}. */
export interface SqsPollerOptions extends PollerOptions {
  /** Default: looked up by the name in `EventSourceArn`. */
  readonly queueUrl?: string;
  /** The queue's visibility timeout: how long throttled invokes are worth retrying. Default 30,000 (SQS's default). */
  readonly visibilityTimeoutMs?: number;
}

/** A running SQS mapping. */
export type SqsPoller = Poller<SqsMappingStatus>;

/** Runs an SQS event source mapping against a local endpoint until it is closed. */
export function startSqsPoller(_options: SqsPollerOptions): SqsPoller {
  throw new Error('not there yet');
}
