/** One record as GetRecords returns it. */
export interface KinesisRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  /** `ApproximateArrivalTimestamp` in ms since the epoch. */
  readonly arrivedAtMs: number;
}

/**
 * Orders two sequence numbers: decimal strings, without leading zeros, too large for a number.
 * The longer one is the larger; of the same length, text order is numeric order.
 */
export function compareSequenceNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
