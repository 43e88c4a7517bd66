import { EventSourceMappingError } from './error.ts';

/**
 * The properties of an `AWS::Lambda::EventSourceMapping`, under CloudFormation's names, with every
 * reference (`Ref`, `Fn::GetAtt`) already resolved. Only what streams and queues use is listed.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventsourcemapping.html
 */
export interface EventSourceMappingProperties {
  readonly EventSourceArn: string;
  readonly FunctionName: string;
  readonly Enabled?: boolean;
  readonly BatchSize?: number;
  readonly MaximumBatchingWindowInSeconds?: number;
  readonly FunctionResponseTypes?: readonly string[];
  readonly FilterCriteria?: { readonly Filters?: readonly { readonly Pattern?: string }[] };
  readonly StartingPosition?: string;
  readonly StartingPositionTimestamp?: number;
  readonly ParallelizationFactor?: number;
  readonly BisectBatchOnFunctionError?: boolean;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumRecordAgeInSeconds?: number;
  readonly TumblingWindowInSeconds?: number;
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number };
}

/** Of no consequence to what a mapping decides, so accepted and left alone. */
const withoutEffect = new Set([
  'KmsKeyArn',
  'LoggingConfig',
  'MetricsConfig',
  'ProvisionedPollerConfig',
  'Tags',
]);

/** Refuses a property that this kind of mapping would silently ignore. */
export function checkNames(
  properties: EventSourceMappingProperties,
  known: readonly string[],
  kind: string,
): void {
  for (const [name, value] of Object.entries(properties)) {
    if (value !== undefined && !known.includes(name) && !withoutEffect.has(name)) {
      throw new EventSourceMappingError(
        'unsupported_setting',
        name,
        `a mapping for ${kind} does not have it; it has ${known.join(', ')}`,
      );
    }
  }
}

/** An integer within `min..max`, or the default when the property is absent. */
export function integer(
  setting: string,
  value: unknown,
  range: { readonly min: number; readonly max: number; readonly default: number },
): number {
  if (value === undefined) return range.default;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw invalid(setting, `must be an integer, got ${describe(value)}`);
  }
  if (value < range.min || value > range.max) {
    throw invalid(setting, `must be within ${range.min}..${range.max}, got ${value}`);
  }
  return value;
}

/** A boolean, or the default when the property is absent. */
export function flag(setting: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') {
    throw invalid(setting, `must be true or false, got ${describe(value)}`);
  }
  return value;
}

/** A string that is not empty. */
export function text(setting: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw invalid(setting, `must be a string with its references resolved, got ${describe(value)}`);
  }
  return value;
}

/** An ARN of one of the given services, in its parts. */
export function arn<Service extends string>(
  setting: string,
  value: unknown,
  services: readonly Service[],
): {
  readonly arn: string;
  readonly service: Service;
  readonly region: string;
  readonly account: string;
} {
  const whole = text(setting, value);
  const [prefix, , name, region = '', account = ''] = whole.split(':');
  const service = services.find((one) => one === name);
  if (prefix !== 'arn' || service === undefined) {
    throw invalid(setting, `must be an ARN of ${services.join(' or ')}, got ${describe(value)}`);
  }
  return { arn: whole, service, region, account };
}

/** Whether `FunctionResponseTypes` asks for partial batch responses. */
export function reportsBatchItemFailures(value: unknown): boolean {
  if (value === undefined) return false;
  if (!Array.isArray(value) || value.some((type) => type !== 'ReportBatchItemFailures')) {
    throw invalid(
      'FunctionResponseTypes',
      `must be a list that holds nothing but ReportBatchItemFailures, got ${describe(value)}`,
    );
  }
  return value.length > 0;
}

export function invalid(setting: string, message: string): EventSourceMappingError {
  return new EventSourceMappingError('invalid_setting', setting, message);
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value);
}
