import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';
import type { EventStream } from './event-stream.ts';
import type { StreamProcessor } from './stream-processor.ts';
import type { TypescriptFunction } from './typescript-function.ts';

export interface AlarmsProps {
  readonly source: EventStream;
  readonly streamProcessor: StreamProcessor;
  readonly deadLetters: DeadLetters;
  /** Who is told, see {@link Settings.alarmEmail}. */
  readonly email: string | undefined;
}

interface AlarmDefinition {
  readonly metric: Metric;
  /** The alarm rings when the metric reaches this value. */
  readonly threshold: number;
  /** So many of the last periods must reach it, all of them bad. Default 1. */
  readonly periods?: number;
  /** What it means and where to look, for whoever is woken up by it. */
  readonly description: string;
}

/** The alarms, and with an e-mail address the topic that sends them. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const topic = props.email === undefined ? undefined : notify(this, props.email);
    for (const [name, definition] of Object.entries(definitions(props))) {
      const alarm = definition.metric.createAlarm(this, name, {
        alarmDescription: definition.description,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: definition.threshold,
        evaluationPeriods: definition.periods ?? 1,
        // Most of these metrics exist only while something is wrong.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (topic !== undefined) alarm.addAlarmAction(new SnsAction(topic));
    }
  }
}

function notify(scope: Construct, email: string): Topic {
  const topic = new Topic(scope, 'Topic', { displayName: 'Clickstream alarms', enforceSSL: true });
  topic.addSubscription(new EmailSubscription(email));
  return topic;
}

function definitions({
  source,
  streamProcessor,
  deadLetters,
}: AlarmsProps): Record<string, AlarmDefinition> {
  const { stream, retention } = source;
  const { processor, mapping } = streamProcessor;
  const { handler, queue, parked } = deadLetters;
  const aMinute = { period: Duration.minutes(1) };
  const sum = { ...aMinute, statistic: Stats.SUM };
  const maximum = { ...aMinute, statistic: Stats.MAXIMUM };

  const iteratorAge = processor.function.metric('IteratorAge', maximum);
  const mappingMetric = (metricName: string): Metric =>
    new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
      ...sum,
    });

  return {
    IteratorAgeWarning: {
      metric: iteratorAge,
      threshold: Duration.minutes(5).toMilliseconds(),
      periods: 5,
      description:
        'Warning: the stream-processor is five minutes behind. Is it failing, throttled, or is there more traffic than the parallelization factor and the shards can take?',
    },
    IteratorAgeCritical: {
      metric: iteratorAge,
      // A quarter of 24 hours, the shortest retention that there is. A longer one loses nothing by
      // then, but nobody should learn of it later either.
      threshold: Duration.hours(6).toMilliseconds(),
      description: `Critical: the stream-processor is far behind, and the stream keeps records for ${retention.toHours()} hours only. Raise retentionHours first, then find out why.`,
    },
    ...functionAlarms('StreamProcessor', processor, sum, maximum),
    ...functionAlarms('DlqHandler', handler, sum, maximum),
    OnFailureDestinationDelivered: {
      metric: mappingMetric('OnFailureDestinationDeliveredEventCount'),
      threshold: 1,
      description:
        'The mapping gave up on records and left a pointer to them in the dead-letter queue. They are in quarantine as "exhausted"; redrive them when the cause is gone.',
    },
    Dropped: {
      metric: mappingMetric('DroppedEventCount'),
      threshold: 1,
      description:
        'The mapping discarded records after the last retry or past their age. Compare with OnFailureDestinationDelivered: what was not delivered there must be read from the stream before it expires.',
    },
    DestinationDeliveryFailures: {
      metric: processor.function.metric('DestinationDeliveryFailures', sum),
      threshold: 1,
      description:
        'Critical: the mapping gave up on records and could not even leave a pointer. They are only in the stream now; its log tells the shard and the time.',
    },
    DeadLetterDepth: {
      metric: queue.metricApproximateNumberOfMessagesVisible(maximum),
      threshold: 1000,
      periods: 5,
      description:
        'A thousand dead letters are waiting: many records are refused, or the dlq-handler does not keep up.',
    },
    DeadLetterAge: {
      metric: queue.metricApproximateAgeOfOldestMessage(maximum),
      threshold: Duration.minutes(15).toSeconds(),
      periods: 5,
      description:
        'The dlq-handler has been failing on a dead letter for 15 minutes. Pointers among the letters lose their records when the stream forgets them.',
    },
    ParkedLetters: {
      metric: parked.metricApproximateNumberOfMessagesVisible(maximum),
      threshold: 1,
      description:
        'The dlq-handler failed on a letter twenty times and it was set aside. Fix the cause, then move it back with `aws sqs start-message-move-task`.',
    },
    ExpiredRanges: {
      metric: new Metric({
        namespace: 'Clickstream',
        metricName: 'ExpiredRanges',
        dimensionsMap: { service: 'dlq-handler' },
        ...sum,
      }),
      threshold: 1,
      description:
        'Critical: a dead letter pointed at records that the stream no longer has. They are lost; the quarantine has the range under expired/.',
    },
    WriteThrottled: {
      metric: stream.metricWriteProvisionedThroughputExceeded(sum),
      threshold: 1,
      periods: 5,
      description:
        'Producers have been throttled for five minutes. One hot partition key, or too few shards (shardCount)?',
    },
    ReadThrottled: {
      metric: stream.metricReadProvisionedThroughputExceeded(sum),
      threshold: 1,
      periods: 5,
      description:
        'Readers have been throttled for five minutes: more consumers share the shards than these can serve.',
    },
  };
}

function functionAlarms(
  name: string,
  { function: lambda, timeout }: TypescriptFunction,
  sum: { readonly period: Duration; readonly statistic: string },
  maximum: { readonly period: Duration; readonly statistic: string },
): Record<string, AlarmDefinition> {
  return {
    [`${name}Errors`]: {
      metric: lambda.metricErrors(sum),
      threshold: 1,
      description: `${name} crashed, ran out of memory or into its timeout. Its log tells which.`,
    },
    [`${name}Throttles`]: {
      metric: lambda.metricThrottles(sum),
      threshold: 1,
      periods: 5,
      description: `${name} is not given the concurrency that it needs, and records are held up. Look at the account's concurrency limit.`,
    },
    [`${name}Duration`]: {
      metric: lambda.metricDuration(maximum),
      threshold: timeout.toMilliseconds() * 0.8,
      periods: 3,
      description: `${name} needs more than 80 % of its timeout of ${timeout.toSeconds()} s. Is a service behind it slow?`,
    },
  };
}
