/** What an {@link AggregationError} is about. Both are mistakes of the calling code. */
export type AggregationErrorCode =
  /** `finish` was called before any `add`: readers do not take an empty record for an aggregated one. */
  | 'empty'
  /** The data given to `add` does not have the number of bytes that was said. */
  | 'wrong_size';

/** The one error class of this package. */
export class AggregationError extends Error {
  override readonly name = 'AggregationError';
  readonly code: AggregationErrorCode;

  constructor(code: AggregationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
