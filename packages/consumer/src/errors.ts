/** What a {@link ConsumerError} is about. */
export type ConsumerErrorCode =
  /** An option of `createKinesisHandler` is missing, of the wrong type or out of range. */
  | 'invalid_option'
  /** The function was invoked with something that is not a batch of Kinesis records. */
  | 'not_kinesis'
  /** Work was still unsettled when the invocation ran out of time. */
  | 'deadline';

/** Every error of this package's own making. */
export class ConsumerError extends Error {
  override readonly name = 'ConsumerError';
  readonly code: ConsumerErrorCode;

  constructor(code: ConsumerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * A handler throws it to say that this event can never be processed, however often it is tried.
 * The record goes to `onPermanentFailure` with the reason `rejected`, and the stream moves on.
 * Any other error is transient: the record is delivered again.
 */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}
