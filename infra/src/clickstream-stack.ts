import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './constructs/alarms.ts';
import { DeadLetters } from './constructs/dead-letters.ts';
import { EventStream } from './constructs/event-stream.ts';
import { Quarantine } from './constructs/quarantine.ts';
import { StreamProcessor } from './constructs/stream-processor.ts';
import { Tables } from './constructs/tables.ts';
import { readSettings } from './settings.ts';

/** The whole pipeline behind the producers: stream, processing, tables, dead letters, alarms. */
export class ClickstreamStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const settings = readSettings(this.node);

    const source = new EventStream(this, 'EventStream', {
      shardCount: settings.shardCount,
      retention: Duration.hours(settings.retentionHours),
    });
    const tables = new Tables(this, 'Tables');
    const quarantine = new Quarantine(this, 'Quarantine');
    const deadLetters = new DeadLetters(this, 'DeadLetters', {
      stream: source.stream,
      quarantine: quarantine.bucket,
    });
    const streamProcessor = new StreamProcessor(this, 'StreamProcessor', {
      source,
      tables,
      deadLetterQueue: deadLetters.queue,
      quarantine: quarantine.bucket,
    });
    new Alarms(this, 'Alarms', {
      source,
      streamProcessor,
      deadLetters,
      email: settings.alarmEmail,
    });

    const outputs = {
      StreamName: source.stream.streamName,
      EventsTableName: tables.events.tableName,
      CountersTableName: tables.counters.tableName,
      DeadLetterQueueUrl: deadLetters.queue.queueUrl,
      QuarantineBucketName: quarantine.bucket.bucketName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
