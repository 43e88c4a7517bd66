/**
 * Events since the mapping started, under the names of Lambda's opt-in `EventCount` metrics without
 * their suffix.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export interface MappingCounters {
  /** Read from the source. */
  readonly Polled: number;
  /** Kept from the function by `FilterCriteria`. */
  readonly FilteredOut: number;
  /** Handed to the function; an event counts again for each retry. */
  readonly Invoked: number;
  /** Handed over in an invocation that failed, was throttled, or reported failures. */
  readonly FailedInvoke: number;
  /** Given up without being reported anywhere. */
  readonly Dropped: number;
  /** Given up and reported to the on-failure destination. */
  readonly OnFailureDestinationDelivered: number;
  /** Deleted from the queue after success (SQS only). */
  readonly Deleted: number;
}

/** The same, while counting. */
export type MutableCounters = { -readonly [Name in keyof MappingCounters]: number };

export function newCounters(): MutableCounters {
  return {
    Polled: 0,
    FilteredOut: 0,
    Invoked: 0,
    FailedInvoke: 0,
    Dropped: 0,
    OnFailureDestinationDelivered: 0,
    Deleted: 0,
  };
}
