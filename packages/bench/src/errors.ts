/** What can go wrong in a benchmark besides being slow. */
export type BenchErrorCode =
  /** The rivals could not be installed. */
  | 'no_rivals'
  /** An arm answers wrongly, so that its speed means nothing. */
  | 'wrong_answer'
  /** The process that everything is measured against ended. */
  | 'no_sink'
  /** A process that was measured did not end in time. */
  | 'timed_out'
  /** A process that was measured failed. */
  | 'failed_run'
  /** An option is out of range. */
  | 'invalid_option';

/** Every error that the bench throws on purpose; the message says what to do. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly code: BenchErrorCode;

  constructor(code: BenchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whether one arm failed, so that the others can still be measured. */
export function isOfArm(error: unknown): error is BenchError {
  return error instanceof BenchError && ['failed_run', 'timed_out'].includes(error.code);
}
