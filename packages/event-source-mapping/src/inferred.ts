/**
 * What AWS does not document about Kinesis mappings, each with the value that fits best what was
 * observed. Change one to see whether your function depends on it.
 *
 * Inferred as well, but not to be changed, for a function cannot tell or must not depend on it: the
 * hash that spreads keys over lanes; that the halves of a batch follow without a wait, left one
 * first; that a report at the first record halves nothing, since there is nothing before it; that an
 * on-failure document is sent until it is taken; and what such a document says of a record that was
 * never invoked, being too large for an invocation: one invocation, and the condition of the retries.
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
