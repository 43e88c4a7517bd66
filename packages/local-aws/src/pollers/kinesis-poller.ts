import { hash, randomUUID } from 'node:crypto';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import {
  createKinesisMapping,
  type InferredKinesisBehaviour,
  type KinesisCheckpoints,
  type KinesisCommand,
  type KinesisInput,
  type KinesisMappingStatus,
  kinesisEvent,
  onFailureObject,
  resolveKinesisSettings,
  type ShardDescription,
} from '@clickstream/event-source-mapping';
import { LocalAwsError } from '../local-aws-error.ts';
import { createDriver } from './driver.ts';
import {
  defaultCloseTimeoutMs,
  defaultDrainTimeoutMs,
  invokeSafely,
  type Poller,
  type PollerOptions,
} from './poller.ts';
import { createQueueUrls } from './queue-urls.ts';
import { createShardReader, type ReadAnswer } from './shard-reader.ts';

/** Options of {@link startKinesisPoller}. */
export interface KinesisPollerOptions extends PollerOptions {
  /**
   * How to reach the stream and the on-failure queue or bucket. One attempt a request: when to try
   * again is the mapping's decision. They stay open when the poller is closed.
   */
  readonly clients: {
    readonly kinesis: KinesisClient;
    readonly sqs: SQSClient;
    readonly s3: S3Client;
  };
  /**
   * The mapping's UUID, part of the keys of an on-failure bucket. Default: one that the same stream
   * and function always have.
   */
  readonly mappingId?: string;
  /** The execution role, which the function sees as `invokeIdentityArn`. Default: a made-up role of the stream's account. */
  readonly roleArn?: string;
  /** Where an earlier poller of the same mapping left off. Default: a new mapping, at `StartingPosition`. */
  readonly checkpoints?: KinesisCheckpoints;
  /** What AWS leaves undocumented. Default: the state machine's defaults. */
  readonly inferred?: Partial<InferredKinesisBehaviour>;
  /**
   * Told from where another poller would go on, whenever that has changed: to be kept where it
   * outlives this one. Default: nobody.
   */
  readonly onCheckpoints?: (checkpoints: KinesisCheckpoints) => void;
}

type SendOnFailure = Extract<KinesisCommand, { type: 'send_on_failure' }>;

/** A running Kinesis mapping. */
export interface KinesisPoller extends Poller<KinesisMappingStatus> {
  /** Plain JSON; hand it to the next poller to go on from here, at least once. */
  readonly checkpoints: () => KinesisCheckpoints;
}

/**
 * Runs a Kinesis event source mapping until it is closed.
 * @throws EventSourceMappingError for a property that is wrong or not supported.
 * @throws LocalAwsError `invalid_template` for an on-failure destination other than a queue or a bucket.
 */
export function startKinesisPoller(options: KinesisPollerOptions): KinesisPoller {
  const settings = resolveKinesisSettings(options.properties, options.inferred);
  if (settings.onFailure?.kind === 'sns') {
    throw new LocalAwsError(
      'invalid_template',
      `DestinationConfig.OnFailure: only an SQS queue or an S3 bucket can receive failures locally, got ${settings.onFailure.arn}.`,
    );
  }
  const { mappingId = uuidOf(settings.streamArn, settings.functionArn) } = options;
  const region = options.region ?? settings.region;
  const mapping = createKinesisMapping(
    { ...settings, region },
    {
      random: Math.random,
      roleArn: options.roleArn ?? `arn:aws:iam::${settings.account}:role/local-aws`,
      ...(options.checkpoints !== undefined && { checkpoints: options.checkpoints }),
    },
  );
  const { kinesis, sqs, s3 } = options.clients;
  const now = options.now ?? Date.now;
  const queueUrl = createQueueUrls(sqs);
  const reading = new AbortController();
  const reader = createShardReader(kinesis, settings.streamArn, reading.signal);

  const driver = createDriver<KinesisInput, Exclude<KinesisCommand, { type: 'wake' }>>(
    mapping,
    (command, work) => {
      switch (command.type) {
        case 'list_shards':
          return void listShards();
        case 'read':
          return void read(command);
        case 'invoke':
          return work(invoke(command));
        case 'send_on_failure':
          return work(sendOnFailure(command));
        case 'checkpoint':
          return options.onCheckpoints?.(mapping.checkpoints());
      }
    },
    now,
  );

  async function listShards(): Promise<void> {
    let shards: readonly ShardDescription[];
    try {
      shards = await reader.list();
    } catch (cause) {
      if (driver.closed()) return;
      options.onProblem?.({ doing: 'list_shards', cause });
      driver.tell({ type: 'list_shards_failed' });
      return;
    }
    driver.tell({ type: 'shards', shards });
    options.onCheckpoints?.(mapping.checkpoints());
  }

  async function read(command: Extract<KinesisCommand, { type: 'read' }>): Promise<void> {
    const { shardId, position, limit } = command;
    let answer: ReadAnswer;
    try {
      answer = await reader.read(shardId, position, limit);
    } catch (cause) {
      if (driver.closed()) return;
      options.onProblem?.({ doing: 'read', shardId, cause });
      driver.tell({ type: 'read_failed', shardId });
      return;
    }
    driver.tell({ type: 'records', shardId, ...answer });
  }

  async function invoke(command: Extract<KinesisCommand, { type: 'invoke' }>): Promise<void> {
    const result = await invokeSafely(options, kinesisEvent(command.records, command.context));
    driver.tell({ type: 'invocation', invocationId: command.invocationId, result });
  }

  async function sendOnFailure(command: SendOnFailure): Promise<void> {
    let delivered = true;
    try {
      if (command.destination.kind === 's3') await putObject(command);
      else await sendMessage(command);
    } catch (cause) {
      delivered = false;
      options.onProblem?.({ doing: 'send_on_failure', shardId: command.context.shardId, cause });
    }
    driver.tell({ type: 'on_failure', failureId: command.failureId, delivered });
  }

  async function sendMessage({ destination, document }: SendOnFailure): Promise<void> {
    const QueueUrl = await queueUrl(destination.arn);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(document) }));
  }

  async function putObject(command: SendOnFailure): Promise<void> {
    const { destination, document, records, context } = command;
    const names = { mappingId, objectId: randomUUID() };
    const { key, body } = onFailureObject(document, kinesisEvent(records, context), names);
    const Bucket = destination.arn.split(':::')[1];
    await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: body }));
  }

  driver.tell({ type: 'tick' });
  return {
    status: mapping.status,
    counters: mapping.counters,
    checkpoints: mapping.checkpoints,
    drained({ timeoutMs = defaultDrainTimeoutMs } = {}) {
      const calledAtMs = now();
      return driver.until(
        () => (mapping.status().settledAsOfMs ?? -Infinity) > calledAtMs,
        timeoutMs,
      );
    },
    async close({ timeoutMs = defaultCloseTimeoutMs } = {}) {
      const closed = driver.close(timeoutMs);
      reading.abort();
      await closed;
    },
  };
}

function uuidOf(...names: readonly string[]): string {
  const digits = hash('sha256', names.join(' '), 'hex');
  return [8, 12, 16, 20, 32].map((end, i) => digits.slice([0, 8, 12, 16, 20][i], end)).join('-');
}
