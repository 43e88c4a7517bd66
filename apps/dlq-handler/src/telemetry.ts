import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** What the handler tells the people who run it. */
export interface Telemetry {
  /** Takes one structured line; `message` and `level` are in every one. */
  readonly log: (line: LogLine) => void;
  /** Adds to a metric. */
  readonly count: (metric: MetricName, count: number) => void;
}

type LogLine = { readonly level: 'WARN' | 'ERROR'; readonly message: string } & Readonly<
  Record<string, unknown>
>;

type MetricName =
  /** Documents in quarantine, written for the first time or again. */
  | 'StoredLetters'
  /** Ranges of which the stream no longer holds all. An alarm of the stack watches it. */
  | 'ExpiredRanges'
  /** Messages that stay in the queue. */
  | 'FailedMessages';

/**
 * Lines and metrics for CloudWatch: structured logs, and the embedded metric format.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createTelemetry(): Telemetry {
  const serviceName = 'dlq-handler';
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({ namespace: 'Clickstream', serviceName });
  return {
    log: ({ level, message, ...fields }) => {
      if (level === 'ERROR') logger.error(message, fields);
      else logger.warn(message, fields);
    },
    count: (metric, count) => metrics.singleMetric().addMetric(metric, MetricUnit.Count, count),
  };
}
