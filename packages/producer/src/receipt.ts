/** Proof that an event is in the stream. */
export interface Receipt {
  /** The event's identity, a UUIDv7 minted once: the same on every attempt. */
  readonly eventId: string;
  /** The shard that holds the record. */
  readonly shardId: string;
  /** The record's place in that shard. Grows within one shard and one user. */
  readonly sequenceNumber: string;
  /** How many requests carried the record: 1 if the first one was accepted. */
  readonly attempts: number;
}
