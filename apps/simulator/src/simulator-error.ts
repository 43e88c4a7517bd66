/** What a {@link SimulatorError} is about. */
export type SimulatorErrorCode =
  /** An option or a schedule file is not what it should be. */
  | 'invalid_option'
  /** A mutant's fragment is not in the shipped source any more. */
  | 'stale_mutant'
  /** A worker process failed by itself. */
  | 'worker_failed';

/** Every error of the simulator's own making. */
export class SimulatorError extends Error {
  override readonly name = 'SimulatorError';
  readonly code: SimulatorErrorCode;

  constructor(code: SimulatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
