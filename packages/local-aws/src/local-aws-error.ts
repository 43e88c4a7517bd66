/** What went wrong, for programs. */
export type LocalAwsErrorCode =
  /** A fixed port is taken by another process. */
  | 'port_in_use'
  /** An option is out of its range. */
  | 'invalid_option'
  /** A directory of persistent state holds something else. */
  | 'invalid_data_dir'
  /** The assembly directory or one of its files is missing or unreadable. */
  | 'assembly_not_found'
  /** The template asks for something that cannot be run here, or contradicts itself. */
  | 'invalid_template'
  /** A resource could not be created in its local service. */
  | 'resource_failed'
  /** A function that does not exist was named. */
  | 'unknown_function';

/** The one error of this package; its message says what to do. */
export class LocalAwsError extends Error {
  override readonly name = 'LocalAwsError';
  readonly code: LocalAwsErrorCode;

  constructor(code: LocalAwsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
