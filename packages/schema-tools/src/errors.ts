/** Why a schema command could not do its work. */
export type SchemaErrorCode =
  /** An event, envelope or registry is defined in a way that cannot work. */
  | 'invalid_definition'
  /** A JSON Schema uses a keyword, or a value of it, that the generator does not support. */
  | 'unsupported_schema'
  /** A released snapshot, or the index of them, cannot be read. */
  | 'invalid_snapshot'
  /** A release was refused, or went wrong and was taken back. */
  | 'release_failed'
  /** The command was asked for something that is not there: a file, a version, a git ref. */
  | 'wrong_usage'
  /** The registry module is not where it was looked for, or exports no registry. */
  | 'registry_not_found';

/** The one error of this package. Its message says what to do next. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly code: SchemaErrorCode;

  constructor(code: SchemaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
