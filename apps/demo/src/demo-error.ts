export type DemoErrorCode =
  | 'invalid_option'
  | 'synth_failed'
  | 'storefront_failed'
  | 'pipeline_failed'
  | 'not_drained'
  | 'stalled'
  | 'stream_refused';

/** The demo could not be carried out; the message says what to do. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
  readonly code: DemoErrorCode;

  constructor(code: DemoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
