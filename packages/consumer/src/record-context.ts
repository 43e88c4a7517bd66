/** Where a record lies in its stream. */
export interface RecordPosition {
  /** The stream that the record was read from. */
  readonly streamArn: string;
  readonly shardId: string;
  /** Ascending within a shard; a decimal number of up to 56 digits, so compare it as a BigInt. */
  readonly sequenceNumber: string;
  /**
   * Only if a producer has aggregated several records into one: the place among them, from 0, as
   * KCL counts. All of them have the outer record's sequence number.
   */
  readonly subsequenceNumber?: number;
  /**
   * What the order holds for. The SDK's producer sends the event's `user_id`; a foreign producer
   * may send anything. Of an aggregated record its own, not the outer record's.
   */
  readonly partitionKey: string;
  /** When the stream accepted the record, in milliseconds since the epoch. */
  readonly arrivedAtMs: number;
}

/** What a handler is told of the record that its event came in. */
export interface RecordContext extends RecordPosition {
  /**
   * The `schema_version` that the writer stamped, such as `1.4.0`. The event itself has the shape and
   * the version of the newest major, whatever was written.
   */
  readonly schemaVersion: string;
  /**
   * Aborted when the invocation runs out of time. A handler that passes it on to its requests ends
   * in time; one that ignores it is abandoned, and its event is delivered again.
   */
  readonly signal: AbortSignal;
}
