import { LocalAwsError } from '../local-aws-error.ts';

/** A function as its template describes it. */
export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  /** The directory with its bundled code. */
  readonly codeDir: string;
  /** `<file>.<export>`, such as `index.handler`. */
  readonly handler: string;
  /** Default 3,000, Lambda's own. */
  readonly timeoutMs?: number;
  /** Default 128, Lambda's own. */
  readonly memoryMb?: number;
  /** The function's own variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Environments at most; 0 throttles every invocation. Default: the runtime's `maxConcurrency`. */
  readonly reservedConcurrency?: number;
}

/** A definition with every default filled in. */
export type ResolvedFunction = Required<FunctionDefinition>;

/**
 * Fills in Lambda's defaults and checks its ranges.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 *
 * @throws {@link LocalAwsError} `invalid_option`
 */
export function resolveFunction(
  definition: FunctionDefinition,
  maxConcurrency: number,
): ResolvedFunction {
  const {
    timeoutMs = 3000,
    memoryMb = 128,
    environment = {},
    reservedConcurrency = maxConcurrency,
  } = definition;
  const check = (what: string, value: number, min: number, max: number) => {
    if (Number.isInteger(value) && value >= min && value <= max) return;
    throw new LocalAwsError(
      'invalid_option',
      `Function ${definition.name}: ${what} is ${value}; give a whole number from ${min} to ${max}.`,
    );
  };
  check('the timeout in ms', timeoutMs, 1, 900_000);
  check('the memory in MB', memoryMb, 128, 10_240);
  check('the reserved concurrency', reservedConcurrency, 0, 1000);
  return { ...definition, timeoutMs, memoryMb, environment, reservedConcurrency };
}

/**
 * The variables that a function's process sees: its own and those that Lambda sets, nothing of the
 * surrounding shell.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 *
 * @param shared variables for all functions: region, credentials, local endpoints
 */
export function processVariables(
  fn: ResolvedFunction,
  runtimeApi: string,
  shared: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...shared,
    ...fn.environment,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    LAMBDA_TASK_ROOT: fn.codeDir,
    _HANDLER: fn.handler,
  };
}
