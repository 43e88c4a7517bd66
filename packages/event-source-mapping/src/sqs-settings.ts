import { EventSourceMappingError } from './error.ts';
import { compileFilters, type Filter } from './filter.ts';
import { type InferredSqsBehaviour, inferredSqsDefaults } from './inferred.ts';
import {
  arn,
  checkNames,
  type EventSourceMappingProperties,
  flag,
  integer,
  invalid,
  reportsBatchItemFailures,
  text,
} from './properties.ts';

/** An SQS mapping's settings, complete and checked. */
export interface SqsSettings {
  readonly queueArn: string;
  readonly region: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly partialResponses: boolean;
  /** Invocations at a time. */
  readonly concurrency: number;
  readonly filters: readonly Filter[];
  readonly inferred: InferredSqsBehaviour;
}

const names = [
  'EventSourceArn',
  'FunctionName',
  'Enabled',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'FunctionResponseTypes',
  'FilterCriteria',
  'ScalingConfig',
];

/**
 * Checks CloudFormation's properties of an SQS mapping and fills in AWS's defaults.
 * @throws EventSourceMappingError that names the property, what was expected and what was found.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
 */
export function resolveSqsSettings(
  properties: EventSourceMappingProperties,
  inferred: Partial<InferredSqsBehaviour> = {},
): SqsSettings {
  checkNames(properties, names, 'SQS');
  text('FunctionName', properties.FunctionName);
  const queue = arn('EventSourceArn', properties.EventSourceArn, ['sqs']);
  if (queue.arn.endsWith('.fifo')) {
    throw new EventSourceMappingError(
      'unsupported_setting',
      'EventSourceArn',
      'FIFO queues are not implemented (the order of a message group would be lost); use a standard queue',
    );
  }
  const batchSize = integer('BatchSize', properties.BatchSize, {
    min: 1,
    max: 10_000,
    default: 10,
  });
  const windowSeconds = integer(
    'MaximumBatchingWindowInSeconds',
    properties.MaximumBatchingWindowInSeconds,
    { min: 0, max: 300, default: 0 },
  );
  if (batchSize > 10 && windowSeconds < 1) {
    throw invalid(
      'MaximumBatchingWindowInSeconds',
      `must be at least 1 when BatchSize is above 10, got ${windowSeconds}`,
    );
  }
  const behaviour = { ...inferredSqsDefaults, ...inferred };
  return {
    queueArn: queue.arn,
    region: queue.region,
    enabled: flag('Enabled', properties.Enabled, true),
    batchSize,
    windowMs: windowSeconds * 1_000,
    partialResponses: reportsBatchItemFailures(properties.FunctionResponseTypes),
    concurrency: integer(
      'ScalingConfig.MaximumConcurrency',
      properties.ScalingConfig?.MaximumConcurrency,
      { min: 2, max: 1_000, default: behaviour.initialConcurrency },
    ),
    filters: compileFilters(properties.FilterCriteria, 'body'),
    inferred: behaviour,
  };
}
