/** An error answer of the local DynamoDB: its wire name, message and further members. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** The exception's name without its namespace, such as `ValidationException`. */
  readonly type: string;
  readonly statusCode: number;
  /** Members of the answer beside `__type` and `message`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    type: string,
    message: string,
    options: { statusCode?: number; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.type = type;
    this.statusCode = options.statusCode ?? 400;
    this.details = options.details ?? {};
  }

  /** The answer's JSON body. Some clients read `message`, some `Message`: AWS sends either. */
  get body(): Record<string, unknown> {
    return {
      __type: `com.amazonaws.dynamodb.v20120810#${this.type}`,
      message: this.message,
      ...this.details,
    };
  }

  /** Translates what dynalite throws or calls back with; anything unknown is a 500. */
  static from(error: unknown): ServiceError {
    if (error instanceof ServiceError) return error;
    if (isDynaliteError(error)) {
      const { __type: name, message = error.body.Message ?? '' } = error.body;
      const type = name.slice(name.indexOf('#') + 1);
      return new ServiceError(type, message, { statusCode: error.statusCode, cause: error });
    }
    const message = error instanceof Error ? error.message : String(error);
    return new ServiceError('InternalServerError', message, { statusCode: 500, cause: error });
  }
}

interface DynaliteError {
  readonly statusCode: number;
  readonly body: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

function isDynaliteError(error: unknown): error is DynaliteError {
  return typeof error === 'object' && error !== null && 'statusCode' in error && 'body' in error;
}
