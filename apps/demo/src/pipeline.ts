import { once } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { LocalAws } from '@clickstream/local-aws';
import { DemoError } from './demo-error.ts';
import type { Evidence, ForeignReceipt, ToldEvent } from './ledger.ts';
import { countMessages, readApplied, readCounters, readQuarantine } from './read-stores.ts';

/** The running pipeline, as somebody with the keys to the account sees it. */
export interface Pipeline {
  readonly kinesis: KinesisClient;
  readonly streamName: string;
  /** How to look into the quarantine from another terminal. */
  readonly quarantineCommand: string;
  /** Records of the stream that the mapping is done with. */
  settled(): number;
  /** Waits until the stream and the dead-letter queue are worked off. */
  drain(signal: AbortSignal): Promise<void>;
  /** Reads every store. */
  evidence(told: readonly ToldEvent[], foreign: readonly ForeignReceipt[]): Promise<Evidence>;
  close(): void;
}

/** A request without an answer is given up. */
const requestTimeoutMs = 5_000;

/** How long the stream may take to run dry once nothing is sent any more. */
const drainTimeoutMs = 10 * 60_000;

/** The stack, wherever it runs. */
export interface RunningStack extends Pick<LocalAws, 'region' | 'endpoints' | 'outputs' | 'env'> {
  /** Records of the stream that the mapping is done with. */
  settled(): number;
  /** As {@link LocalAws.drained}. */
  drained(options: { readonly timeoutMs: number }): Promise<boolean>;
}

/** Connects to what the stack's outputs name. */
export function connect(aws: RunningStack): Pipeline {
  const output = (name: string): string => {
    const value = aws.outputs[name];
    if (!value) throw new DemoError('synth_failed', `The stack has no output ${name}; add it.`);
    return value;
  };
  const region = aws.region;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const settings = { region, credentials };
  const kinesis = new KinesisClient({
    ...settings,
    endpoint: aws.endpoints.kinesis,
    requestHandler: { requestTimeout: requestTimeoutMs },
  });
  const dynamodb = new DynamoDBClient({ ...settings, endpoint: aws.endpoints.dynamodb });
  const sqs = new SQSClient({ ...settings, endpoint: aws.endpoints.sqs });
  const s3 = new S3Client({ ...settings, endpoint: aws.endpoints.s3, forcePathStyle: true });
  const queueUrl = output('DeadLetterQueueUrl');
  return {
    kinesis,
    streamName: output('StreamName'),
    quarantineCommand: [
      ...Object.entries(aws.env)
        .filter(([name]) => /REGION|KEY|S3|KINESIS/.test(name) && name !== 'AWS_DEFAULT_REGION')
        .map(([name, value]) => `${name}=${value}`),
      `QUARANTINE_BUCKET=${output('QuarantineBucketName')}`,
      'pnpm dlq list',
    ].join(' '),
    settled: () => aws.settled(),
    drain: async (signal) => {
      const drained = await Promise.race([
        aws.drained({ timeoutMs: drainTimeoutMs }),
        aborted(signal),
      ]);
      if (!drained) {
        throw new DemoError(
          'not_drained',
          'The stream did not run dry in ten minutes; run the demo with --verbose to see what its functions say.',
        );
      }
    },
    evidence: async (told, foreign) => {
      const [applied, counters, quarantined, unhandledDeadLetters] = await Promise.all([
        readApplied(dynamodb, output('EventsTableName')),
        readCounters(dynamodb, output('CountersTableName')),
        readQuarantine(s3, output('QuarantineBucketName')),
        countMessages(sqs, queueUrl),
      ]);
      return { told, foreign, applied, counters, quarantined, unhandledDeadLetters };
    },
    close: () => {
      for (const client of [kinesis, dynamodb, sqs, s3]) client.destroy();
    },
  };
}

async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  signal.throwIfAborted();
  throw signal.reason;
}

/** Records of the stream that the stack's mapping is done with. */
export function settledRecords({ mappings }: LocalAws): number {
  let settled = 0;
  for (const mapping of mappings) {
    if (mapping.kind !== 'kinesis') continue;
    const unsettled = mapping.status().shards.map(({ unsettledRecords }) => unsettledRecords);
    settled += mapping.counters().Polled - unsettled.reduce((sum, count) => sum + count, 0);
  }
  return settled;
}
