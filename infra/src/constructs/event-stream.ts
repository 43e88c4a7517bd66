import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { Construct } from 'constructs';

export interface EventStreamProps {
  /** Shards, see {@link Settings.shardCount}. */
  readonly shardCount: number;
  /** How long a record can be read, see {@link Settings.retentionHours}. */
  readonly retention: Duration;
}

/** The stream that producers put events on. It survives the deletion of the stack. */
export class EventStream extends Construct {
  readonly stream: Stream;
  /** How long a record can be read. */
  readonly retention: Duration;

  constructor(scope: Construct, id: string, props: EventStreamProps) {
    super(scope, id);
    this.retention = props.retention;
    this.stream = new Stream(this, 'Stream', {
      streamMode: StreamMode.PROVISIONED,
      shardCount: props.shardCount,
      retentionPeriod: props.retention,
      // The key that AWS manages: whoever may use the stream needs no permission of its own for it.
      encryption: StreamEncryption.MANAGED,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
