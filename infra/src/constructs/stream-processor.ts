import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  type EventSourceMapping,
  type EventSourceMappingOptions,
  MetricType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EventStream } from './event-stream.ts';
import type { Tables } from './tables.ts';
import { TypescriptFunction } from './typescript-function.ts';

export interface StreamProcessorProps {
  readonly source: EventStream;
  readonly tables: Tables;
  /** Where refused records and pointers to given-up batches go. */
  readonly deadLetterQueue: Queue;
  /** Where refused records go that are too large for the queue. */
  readonly quarantine: Bucket;
}

/** The function that applies events to the tables, and the mapping that feeds it. */
export class StreamProcessor extends Construct {
  readonly processor: TypescriptFunction;
  readonly mapping: EventSourceMapping;

  constructor(scope: Construct, id: string, props: StreamProcessorProps) {
    super(scope, id);
    const { source, tables, deadLetterQueue, quarantine } = props;
    this.processor = new TypescriptFunction(this, 'Processor', {
      description: 'Applies events to the tables, each exactly once',
      entry: 'apps/stream-processor/src/handler.ts',
      timeout: Duration.seconds(30),
      memorySizeMegabytes: 1024,
      environment: {
        EVENTS_TABLE: tables.events.tableName,
        COUNTERS_TABLE: tables.counters.tableName,
        DEAD_LETTER_QUEUE_URL: deadLetterQueue.queueUrl,
        QUARANTINE_BUCKET: quarantine.bucketName,
      },
      mayDo: [
        new PolicyStatement({
          // https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html, without
          // SubscribeToShard, which only enhanced fan-out uses.
          actions: [
            'kinesis:DescribeStream',
            'kinesis:DescribeStreamSummary',
            'kinesis:ListShards',
            'kinesis:GetShardIterator',
            'kinesis:GetRecords',
          ],
          resources: [source.stream.streamArn],
        }),
        new PolicyStatement({
          // A transaction needs the permissions of its parts:
          // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
          actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
          resources: [tables.events.tableArn, tables.counters.tableArn],
        }),
        new PolicyStatement({
          actions: ['sqs:SendMessage'],
          resources: [deadLetterQueue.queueArn],
        }),
        new PolicyStatement({
          actions: ['s3:PutObject'],
          resources: [quarantine.arnForObjects('*')],
        }),
      ],
    });
    this.mapping = this.processor.function.addEventSourceMapping(
      'Mapping',
      mappingOptions(source, deadLetterQueue),
    );
  }
}

function mappingOptions(source: EventStream, deadLetterQueue: Queue): EventSourceMappingOptions {
  return {
    eventSourceArn: source.stream.streamArn,
    // Creating a mapping takes minutes; what is put on the stream meanwhile, LATEST would skip.
    // Frozen: changing it replaces the mapping, and the new one collides with the old (409).
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    maxBatchingWindow: Duration.seconds(5),
    // Two lanes a shard. The order of one user is kept: a partition key stays in its lane.
    parallelizationFactor: 2,
    retryAttempts: 3,
    // Stays on beside the partial response, for what cannot answer: crashes and timeouts.
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    onFailure: new SqsDlq(deadLetterQueue),
    maxRecordAge: maxRecordAge(source.retention),
    metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
  };
}

/**
 * Two thirds of the retention, at most the seven days that Lambda knows. With the default (no
 * limit), a record that is held up by throttling leaves the stream and the pointer to it points at
 * nothing; so the dlq-handler has the last third to read it again.
 */
function maxRecordAge(retention: Duration): Duration {
  return Duration.hours(Math.min(Math.floor((retention.toHours() * 2) / 3), 7 * 24));
}
