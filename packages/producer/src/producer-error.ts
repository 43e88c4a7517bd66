/**
 * What went wrong, as a stable word to switch on:
 *
 * - `invalid_option`: `createProducer`, `flush` or `close` was given an option it cannot work with.
 * - `invalid_event`: the event, or what `beforeSend` made of it, does not fit its schema, or could
 *   not be read. Nothing was queued.
 * - `record_too_large`: the event is larger than `maxRecordBytes`. Nothing was queued.
 * - `buffer_full`: there was no room and `whenFull` said not to wait, or the waiting line was full too.
 * - `dropped`: it was the oldest in a full buffer, and `whenFull` said to drop that.
 * - `kept`: the producer had to stop before the stream confirmed the event, or the stream refused it
 *   for a reason that no retry can mend (no such stream, no permission) until its deadline came. It
 *   is in the spill directory: the next producer sends it.
 * - `closed`: the producer was closed before the event was tracked.
 * - `undeliverable`: the event was queued, and the stream did not confirm it before its deadline or
 *   before the producer had to stop; or it refused it for a reason that no retry can mend (no such
 *   stream, no permission), then at once. `cause` holds the last failure. After a request without
 *   an answer the record may still be in the stream: replace it only if readers deduplicate. Also:
 *   `beforeSend` threw, and `cause` is what it threw.
 */
export type ProducerErrorCode =
  | 'invalid_option'
  | 'invalid_event'
  | 'record_too_large'
  | 'buffer_full'
  | 'dropped'
  | 'kept'
  | 'closed'
  | 'undeliverable';

/** The one error class of this package. Its message says what to do next. */
export class ProducerError extends Error {
  override readonly name = 'ProducerError';
  readonly code: ProducerErrorCode;

  constructor(code: ProducerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** What was thrown, if it is one of these; else one with that code and the cause. */
  static from(thrown: unknown, code: ProducerErrorCode): ProducerError {
    return thrown instanceof ProducerError
      ? thrown
      : new ProducerError(code, reasonOf(thrown), { cause: thrown });
  }
}

/** The message of anything that was thrown. Reading a thrown value can throw as well (a Proxy). */
export function reasonOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return 'something unreadable was thrown';
  }
}
