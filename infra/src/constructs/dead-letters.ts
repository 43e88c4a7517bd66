import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Stream } from 'aws-cdk-lib/aws-kinesis';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { TypescriptFunction } from './typescript-function.ts';

export interface DeadLettersProps {
  /** The stream that pointers point into. */
  readonly stream: Stream;
  /** Where the records end up. */
  readonly quarantine: Bucket;
}

/**
 * What could not be applied: the dead-letter queue, and the function that empties it into the
 * quarantine bucket.
 *
 * Two kinds of letters arrive: records that the stream-processor refused, with their payload, and
 * pointers to batches that the mapping gave up on, whose records are read again from the stream.
 */
export class DeadLetters extends Construct {
  readonly queue: Queue;
  /** Letters that the handler failed on again and again. Somebody has to look at them. */
  readonly parked: Queue;
  readonly handler: TypescriptFunction;

  constructor(scope: Construct, id: string, props: DeadLettersProps) {
    super(scope, id);
    const timeout = Duration.seconds(60);

    this.parked = new Queue(this, 'Parked', letterQueue);
    this.queue = new Queue(this, 'Queue', {
      ...letterQueue,
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(timeout.toSeconds() * 6),
      // Twenty tries, six minutes apart: two hours of an outage of S3 or Kinesis heal by themselves.
      // After that `aws sqs start-message-move-task` brings the letters back.
      deadLetterQueue: { queue: this.parked, maxReceiveCount: 20 },
    });

    this.handler = new TypescriptFunction(this, 'DlqHandler', {
      description: 'Puts dead letters into the quarantine bucket',
      entry: 'apps/dlq-handler/src/handler.ts',
      timeout,
      memorySizeMegabytes: 512,
      environment: { QUARANTINE_BUCKET: props.quarantine.bucketName },
      mayDo: [
        new PolicyStatement({
          actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
          resources: [this.queue.queueArn],
        }),
        new PolicyStatement({
          actions: ['kinesis:GetShardIterator', 'kinesis:GetRecords'],
          resources: [props.stream.streamArn],
        }),
        new PolicyStatement({
          actions: ['s3:PutObject'],
          resources: [props.quarantine.arnForObjects('*')],
        }),
      ],
    });
    this.handler.function.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        // A shard answers five reads a second, and the stream-processor's mapping needs its share.
        maxConcurrency: 2,
      }),
    );
  }
}

const letterQueue = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  // The longest that there is. It counts from the first sending, in the second queue too.
  retentionPeriod: Duration.days(14),
  removalPolicy: RemovalPolicy.RETAIN,
};
