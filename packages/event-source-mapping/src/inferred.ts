import type { DiscardReason } from './on-failure.ts';

/**
 * What AWS does not document about Kinesis mappings, each with the value that fits best what was
 * observed. Change one to see whether your function depends on it.
 *
 * Inferred as well, but no option, for no function can depend on it: the hash that spreads keys over
 * lanes; that the left half of a batch goes first, which keeps the order of a key; and that a document
 * about a record that was too large, or only ever throttled, says one invocation, as was recorded of
 * one that had expired.
 */
export interface InferredKinesisBehaviour {
  /**
   * Wait before the first retry of a batch, in ms; doubled for each retry after it. Default 250:
   * with it a function that always throws is invoked 8 times before a record reaches the age of
   * 60 s, the number recorded on AWS.
   */
  readonly retryInitialDelayMs: number;
  /** The longest wait between two retries, in ms. Default 60,000. */
  readonly retryMaximumDelayMs: number;
  /**
   * Whether a lane that is retrying keeps the other lanes of its shard from starting batches.
   * Default false: lanes exist so that one slow key range does not hold up the rest.
   */
  readonly failingLaneBlocksShard: boolean;
  /**
   * What an `itemIdentifier` stands for that is a string but no sequence number of the batch.
   * Default `whole_batch`, as with the malformed identifiers whose handling was recorded;
   * `success` ignores it.
   */
  readonly unknownItemIdentifier: 'whole_batch' | 'success';
  /**
   * What a return value means that is neither empty nor an object, such as `"done"` or `[1]`.
   * Default `success`: it reports no failure, and returning a greeting is common.
   */
  readonly unexpectedReturnValue: 'success' | 'whole_batch';
  /** Whether the halves of a batch wait as a retry does. Default false: each is a new batch. */
  readonly halvesWait: boolean;
  /**
   * Whether a failure that is reported at the first record halves a batch, as a function error does.
   * Default false: it is none, and there is nothing before the record to cut at.
   */
  readonly reportedFailureHalves: boolean;
  /**
   * Under which condition a record is reported that is too large for an invocation. Default
   * `RetryAttemptsExhausted`: that it goes to the on-failure destination is documented.
   */
  readonly oversizeCondition: DiscardReason;
  /**
   * What becomes of records whose on-failure document the destination does not take. Default `retry`,
   * for ever: to `drop` them loses them without a trace.
   */
  readonly refusedDocument: 'retry' | 'drop';
  /** A shard that is behind is read at most this often, in ms. Default 200, the limit of 5 GetRecords/s. */
  readonly readIntervalMs: number;
  /** A shard that is caught up is read this often, in ms. Default 1,000 (documented as the base rate). */
  readonly pollIntervalMs: number;
  /**
   * How long a record stays in the stream, in ms: the end of retries without a limit of their own.
   * Default 86,400,000, a stream's default retention. What outlives it is reported as
   * `RecordAgeExceeded`, so that it does not vanish.
   */
  readonly retentionMs: number;
  /** Payload limit of one synchronous invocation, in bytes. Default 6,291,456 (6 MB). */
  readonly maximumPayloadBytes: number;
  /**
   * Records of one shard held in memory before reading stops. Default: two full batches for each
   * lane, at least 10,000 (one GetRecords).
   */
  readonly maximumBufferedRecords: number | undefined;
  /** Bytes of one shard held in memory before reading stops. Default: two full payloads for each lane. */
  readonly maximumBufferedBytes: number | undefined;
}

export const inferredKinesisDefaults: InferredKinesisBehaviour = {
  retryInitialDelayMs: 250,
  retryMaximumDelayMs: 60_000,
  failingLaneBlocksShard: false,
  unknownItemIdentifier: 'whole_batch',
  unexpectedReturnValue: 'success',
  halvesWait: false,
  reportedFailureHalves: false,
  oversizeCondition: 'RetryAttemptsExhausted',
  refusedDocument: 'retry',
  readIntervalMs: 200,
  pollIntervalMs: 1_000,
  retentionMs: 86_400_000,
  maximumPayloadBytes: 6_291_456,
  maximumBufferedRecords: undefined,
  maximumBufferedBytes: undefined,
};

/** What AWS does not document about SQS mappings, or what a laptop wants otherwise. */
export interface InferredSqsBehaviour {
  /**
   * Invocations at a time without `ScalingConfig`. Default 5, the number of batches that Lambda
   * starts with; it then scales up, which this implementation does not.
   */
  readonly initialConcurrency: number;
  /** Long polls open at a time. Default 5. */
  readonly receivers: number;
  /** How long one long poll waits, in seconds, 0..20. Default 20. */
  readonly waitTimeSeconds: number;
  /**
   * The queue's visibility timeout in ms: a throttled batch is tried again until its messages would
   * show up in the queue by themselves. Default 30,000, a queue's default.
   */
  readonly visibilityTimeoutMs: number;
  /** Wait before the first retry after a throttle or a failed request, in ms; doubled for each one after it. Default 250. */
  readonly retryInitialDelayMs: number;
  /** The longest such wait, in ms. Default 60,000. */
  readonly retryMaximumDelayMs: number;
  /** As for Kinesis. Default `whole_batch`. */
  readonly unknownItemIdentifier: 'whole_batch' | 'success';
  /** As for Kinesis. Default `success`. */
  readonly unexpectedReturnValue: 'success' | 'whole_batch';
  /** Payload limit of one synchronous invocation, in bytes. Default 6,291,456 (6 MB). */
  readonly maximumPayloadBytes: number;
}

export const inferredSqsDefaults: InferredSqsBehaviour = {
  initialConcurrency: 5,
  receivers: 5,
  waitTimeSeconds: 20,
  visibilityTimeoutMs: 30_000,
  retryInitialDelayMs: 250,
  retryMaximumDelayMs: 60_000,
  unknownItemIdentifier: 'whole_batch',
  unexpectedReturnValue: 'success',
  maximumPayloadBytes: 6_291_456,
};
