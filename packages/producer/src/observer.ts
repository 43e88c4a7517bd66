/**
 * Watches the engine at work, for metrics. The engine calls every method synchronously, so each
 * must be cheap and must not throw.
 */
export interface Observer {
  /** A request goes out. `records` are what Kinesis counts, `events` what was tracked. */
  requestSent(request: {
    readonly records: number;
    readonly events: number;
    readonly bytes: number;
  }): void;
  /** The stream has confirmed an event, this long after it was tracked. */
  delivered(ageMs: number): void;
  /**
   * Events that go out again.
   *
   * @param reason the stream's error code, or the name of the error that their request met
   */
  retried(reason: string, events: number): void;
  /** A shard has refused records for their rate. Undefined: it is not known which. */
  throttled(shardId: string | undefined, records: number): void;
  /** An event that was tracked will not reach the stream. `code` is its error's. */
  failed(code: string): void;
}
