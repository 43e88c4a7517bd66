/** The names under which Kinesis reports that a request cannot be served. */
export type KinesisErrorCode =
  | 'ExpiredIteratorException'
  | 'ExpiredNextTokenException'
  | 'InternalFailure'
  | 'InvalidArgumentException'
  | 'LimitExceededException'
  | 'ProvisionedThroughputExceededException'
  | 'ResourceInUseException'
  | 'ResourceNotFoundException'
  | 'SerializationException'
  | 'UnknownOperationException'
  | 'ValidationException';

/** A refusal as Kinesis words it: `code` travels as `__type`, the message as `message`. */
export class KinesisError extends Error {
  override readonly name = 'KinesisError';
  readonly code: KinesisErrorCode;

  constructor(code: KinesisErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** HTTP status of the answer: 500 for a failure of the service, 400 for all else. */
  get statusCode(): number {
    return this.code === 'InternalFailure' ? 500 : 400;
  }
}
