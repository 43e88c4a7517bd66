/**
 * What went wrong:
 * - `invalid_option`: an option or a document to be stored is out of range; fix the caller.
 * - `send_failed`: the dead-letter queue did not confirm; nothing is known to be stored.
 * - `store_failed`: the bucket did not confirm a read or a write.
 * - `read_failed`: Kinesis did not answer; the range may still be there.
 * - `not_found`: the bucket holds no object under that key.
 * - `unreadable_document`: the object is not one of the quarantine's documents.
 */
export type QuarantineErrorCode =
  | 'invalid_option'
  | 'send_failed'
  | 'store_failed'
  | 'read_failed'
  | 'not_found'
  | 'unreadable_document';

/** The one error of this package; the message says what to do next. */
export class QuarantineError extends Error {
  readonly code: QuarantineErrorCode;

  constructor(code: QuarantineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'QuarantineError';
    this.code = code;
  }
}

/** One sentence about a thrown value, for use inside another message. */
export function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
