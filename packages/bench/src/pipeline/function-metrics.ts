/** What the stream-processor says of one batch, in its line of metrics. */
export interface BatchMetrics {
  readonly events: number;
  /** In the function. */
  readonly batchMs: number;
  /** From the oldest record's arrival in the stream until the batch was written. */
  readonly arrivalAgeMs: number;
  /** From the oldest event's call of the producer until the batch was written. */
  readonly eventAgeMs: number;
}

/** A batch that was written, and when. */
export interface WrittenBatch extends BatchMetrics {
  /** Milliseconds since the epoch. */
  readonly writtenAtMs: number;
}

/** Undefined for any other line. */
export function readBatchMetrics(line: string): BatchMetrics | undefined {
  if (!line.includes('"BatchDuration"')) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- numbers are checked below
  const fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const number = (name: string): number => {
    const value = fields[name];
    return typeof value === 'number' ? value : NaN;
  };
  return {
    events: number('Events'),
    batchMs: number('BatchDuration'),
    arrivalAgeMs: number('ArrivalAge'),
    eventAgeMs: number('EventAge'),
  };
}
