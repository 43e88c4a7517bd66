/** What went wrong. */
export type EventSourceMappingErrorCode =
  /** A setting is missing, of the wrong type, out of range, or in conflict with another. */
  | 'invalid_setting'
  /** AWS has this setting, this implementation does not. */
  | 'unsupported_setting';

/** The one error of this package; thrown only while settings are resolved, never by a running mapping. */
export class EventSourceMappingError extends Error {
  readonly code: EventSourceMappingErrorCode;
  /** The CloudFormation property at fault, such as `BatchSize`. */
  readonly setting: string;

  constructor(
    code: EventSourceMappingErrorCode,
    setting: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${setting}: ${message}`, options);
    this.name = 'EventSourceMappingError';
    this.code = code;
    this.setting = setting;
  }
}
