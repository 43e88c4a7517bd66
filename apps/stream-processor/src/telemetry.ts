import { inspect } from 'node:util';
import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type {
  BatchObserver,
  IncompleteBatch,
  PermanentFailure,
  SettledBatch,
} from '@clickstream/consumer';

/** What the function tells the people who run it. */
export interface Telemetry {
  readonly observer: BatchObserver;
  readonly onIncomplete: (batch: IncompleteBatch) => void;
}

/**
 * Metrics per event and batch as CloudWatch's embedded metric format, and one structured line per
 * event that was put away and per batch that was stopped.
 *
 * Of each event there is `EventLatency`, from its arrival in the stream until it was written, so that
 * CloudWatch can tell percentiles of events; a line holds up to a hundred of them.
 *
 * No line holds anything of a payload but names that the schemas give: values, user ids and partition
 * keys may be personal data. They lie in the quarantine, under the same shard and sequence number.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createTelemetry(logger: Logger, metrics: Metrics): Telemetry {
  return {
    observer: {
      eventSettled(event) {
        if (event.outcome === 'handled') {
          metrics.addMetric('EventLatency', MetricUnit.Milliseconds, event.arrivalAgeMs);
        } else if (event.outcome === 'rejected') {
          logger.warn('An event can never be processed and was put away', describe(event.failure));
        }
      },
      batchSettled: (batch) => publish(batch, metrics),
    },
    onIncomplete({ failures, ...batch }) {
      const [first] = failures;
      logger.error('A batch was stopped; the rest will be delivered again', {
        ...batch,
        oldestArrivedAt: new Date(batch.oldestArrivedAtMs).toISOString(),
        failureCount: failures.length,
        ...(first && {
          stage: first.stage,
          sequenceNumber: first.record.sequenceNumber,
          subsequenceNumber: first.record.subsequenceNumber,
          eventId: first.eventId,
          eventType: first.eventType,
          error: asError(first.error),
        }),
      });
    },
  };
}

/** What an object holds may be the payload, and need not be a string. */
function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(typeof thrown === 'string' ? thrown : inspect(thrown, { depth: -1 }));
}

/** What of a record that is no event may be written down: what it calls itself may be anything. */
const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function describe({ reason, record, issues, eventId, eventType }: PermanentFailure) {
  const { streamArn, shardId, sequenceNumber, subsequenceNumber, arrivedAtMs } = record;
  return {
    reason,
    ...(eventId !== undefined && UUID.test(eventId) && { eventId }),
    ...(eventType !== undefined && NAME.test(eventType) && { eventType }),
    streamArn,
    shardId,
    sequenceNumber,
    ...(subsequenceNumber !== undefined && { subsequenceNumber }),
    arrivedAt: new Date(arrivedAtMs).toISOString(),
    issues: issues.map(({ path, expected }) => ({ path, expected })),
  };
}

function publish(batch: SettledBatch, metrics: Metrics): void {
  const { handled, rejected } = batch;
  count(metrics, 'EventsHandled', 'event_type', handled);
  count(metrics, 'EventsRejected', 'reason', rejected);
  metrics.addMetric('Records', MetricUnit.Count, batch.records);
  metrics.addMetric('Events', MetricUnit.Count, batch.events);
  metrics.addMetric('EventsPerRecord', MetricUnit.NoUnit, batch.events / batch.records);
  metrics.addMetric('EventsFailed', MetricUnit.Count, batch.failed);
  metrics.addMetric('EventsUnfinished', MetricUnit.Count, batch.unfinished);
  metrics.addMetric('RecordsRedelivered', MetricUnit.Count, batch.redelivered);
  metrics.addMetric('BatchesStopped', MetricUnit.Count, batch.stoppedBy === undefined ? 0 : 1);
  metrics.addMetric('BatchDuration', MetricUnit.Milliseconds, batch.durationMs);
  metrics.addMetric('RemainingTime', MetricUnit.Milliseconds, batch.remainingMs);
  metrics.addMetric('ArrivalAge', MetricUnit.Milliseconds, batch.arrivalAgeMs);
  if (batch.eventAgeMs !== undefined) {
    metrics.addMetric('EventAge', MetricUnit.Milliseconds, batch.eventAgeMs);
  }
  // Found by CloudWatch Logs Insights; as dimensions each of them would be a metric of its own.
  const { requestId, shardId, stoppedBy } = batch;
  metrics.addMetadata('shardId', shardId);
  if (requestId !== undefined) metrics.addMetadata('requestId', requestId);
  if (stoppedBy !== undefined) metrics.addMetadata('stoppedBy', stoppedBy);
  metrics.publishStoredMetrics();
}

/** One line per value of the dimension: the reasons and the types of events are few. */
function count(
  metrics: Metrics,
  name: string,
  dimension: string,
  counts: Readonly<Record<string, number>>,
): void {
  for (const [value, events] of Object.entries(counts)) {
    const metric = metrics.singleMetric();
    metric.addDimension(dimension, value);
    metric.addMetric(name, MetricUnit.Count, events);
  }
}
