/** One record as it goes to the stream. */
export interface TransportRecord {
  readonly partitionKey: string;
  /** Overrides the hash of the partition key: the shard that takes this number, in decimal. */
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
}

/** What became of one record of a request. */
export type RecordResult =
  | { readonly ok: true; readonly shardId: string; readonly sequenceNumber: string }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** A shard that takes writes, with the hash keys that belong to it, in decimal, both inclusive. */
export interface ShardRange {
  readonly shardId: string;
  readonly startingHashKey: string;
  readonly endingHashKey: string;
}

/** What is known of a stream. */
export interface StreamDescription {
  /** The open shards. Undefined: they may not be listed. */
  readonly shards: readonly ShardRange[] | undefined;
  /** Whether it spreads records over its shards without regard to their partition keys. */
  readonly ignoresPartitionKeys: boolean;
  /** What could not be found out, and what to do about it: one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Why a whole request failed, as far as the next step depends on it:
 *
 * - `transient`: the same request may succeed later (throttle, 5xx, timeout, lost connection).
 * - `refused`: something in it is not acceptable, so its records are tried one by one.
 * - `fatal`: no record will be accepted before somebody changes the set-up.
 */
export interface TransportFault {
  readonly kind: 'transient' | 'refused' | 'fatal';
  /** What happened and what to do about it, one sentence. */
  readonly message: string;
}

/**
 * Puts records on a stream. The one thing between the engine and the network: replace it to write
 * tests without AWS.
 */
export interface Transport {
  /**
   * Sends one request, once: the engine retries.
   *
   * @returns one result per record, in the order of the records
   * @throws whatever made the request fail as a whole; it is then unknown which records landed
   */
  putRecords(
    records: readonly TransportRecord[],
    options: { readonly signal: AbortSignal },
  ): Promise<readonly RecordResult[]>;
  /**
   * Tells about the stream. Asked before the first record goes out, and again when records land in
   * other shards than it said. Without it nothing is known: events cannot be aggregated then.
   *
   * @throws whatever may pass: it is asked again
   */
  describeStream?(options: { readonly signal: AbortSignal }): Promise<StreamDescription>;
  /** What an error of {@link putRecords} means. Without it every error is transient. */
  explainFault?(error: unknown): TransportFault;
  /** Gives up connections. Called once, when the producer is closed. */
  destroy?(): void;
}
