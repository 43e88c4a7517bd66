/** What a {@link ProcessorError} is about. */
export type ProcessorErrorCode =
  /** The function was deployed without an environment variable that it needs. */
  | 'missing_variable'
  /** The tables were contended or throttled for longer than the store waits. Trying later helps. */
  | 'store_busy'
  /** DynamoDB refused what it was to write; the cause tells why. */
  | 'store_refused';

/** Every error of this function's own making. */
export class ProcessorError extends Error {
  override readonly name = 'ProcessorError';
  readonly code: ProcessorErrorCode;

  constructor(code: ProcessorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
