import { DescribeStreamSummaryCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { KinesisMappingStatus, SqsMappingStatus } from '@clickstream/event-source-mapping';
import { openCheckpoints } from './checkpoints.ts';
import { LocalAwsError } from './local-aws-error.ts';
import { kinesisClient, s3Client, sqsClient } from './pollers/clients.ts';
import {
  type InvokeFunction,
  type Poller,
  type PollerProblem,
  startKinesisPoller,
  startSqsPoller,
} from './pollers/index.ts';
import { createQueueUrls } from './pollers/queue-urls.ts';
import type { MappingDefinition } from './template/resource.ts';

/** A running event source mapping, as its users see it: they look, the stack closes it. */
export type LocalMapping = {
  readonly logicalId: string;
  readonly functionName: string;
  readonly sourceArn: string;
} & (
  | ({ readonly kind: 'kinesis' } & Omit<Poller<KinesisMappingStatus>, 'close'>)
  | ({ readonly kind: 'sqs' } & Omit<Poller<SqsMappingStatus>, 'close'>)
);

/** What a mapping needs of the stack around it. */
export interface MappingSurroundings {
  readonly endpoints: { readonly kinesis: string; readonly sqs: string; readonly s3: string };
  readonly region: string;
  readonly invoke: InvokeFunction;
  readonly report: (line: string) => void;
  readonly redeliverAfterSeconds: number | undefined;
  /** Where checkpoints are kept; undefined: nowhere, every start is a new mapping's. */
  readonly checkpointsDir: string | undefined;
}

/**
 * Starts a template's mapping. How long its stream keeps records, or its queue hides messages, is
 * asked for once, here.
 *
 * @throws {@link LocalAwsError} `invalid_template` for a setting that is wrong or not supported
 */
export async function startMapping(
  definition: MappingDefinition,
  surroundings: MappingSurroundings,
): Promise<{ readonly public: LocalMapping; readonly close: Poller<unknown>['close'] }> {
  const { endpoints, region, invoke, report, redeliverAfterSeconds, checkpointsDir } = surroundings;
  const { logicalId, functionName, properties } = definition;
  const names = { logicalId, functionName, sourceArn: properties.EventSourceArn };
  const clients = {
    kinesis: kinesisClient(endpoints.kinesis, region),
    sqs: sqsClient(endpoints.sqs, region),
    s3: s3Client(endpoints.s3, region),
  };
  const closing =
    (close: Poller<unknown>['close']): Poller<unknown>['close'] =>
    async (closeOptions) => {
      await close(closeOptions);
      for (const client of Object.values(clients)) client.destroy();
    };
  const options = {
    properties,
    functionName,
    invoke,
    clients,
    region,
    onProblem: (problem: PollerProblem) => report(`${logicalId}: ${describe(problem)}`),
  };
  try {
    if (definition.kind === 'kinesis') {
      const file =
        checkpointsDir === undefined ? undefined : openCheckpoints(checkpointsDir, logicalId);
      const { close, ...poller } = startKinesisPoller({
        ...options,
        inferred: { retentionMs: await retentionMsOf(clients.kinesis, names.sourceArn) },
        ...(file && { onCheckpoints: file.save }),
        ...(file?.saved && { checkpoints: file.saved }),
      });
      return { close: closing(close), public: { ...names, ...poller, kind: 'kinesis' } };
    }
    const { close, ...poller } = startSqsPoller({
      ...options,
      inferred: { visibilityTimeoutMs: await visibilityTimeoutMsOf(clients.sqs, names.sourceArn) },
      ...(redeliverAfterSeconds !== undefined && { redeliverAfterSeconds }),
    });
    return { close: closing(close), public: { ...names, ...poller, kind: 'sqs' } };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LocalAwsError('invalid_template', `Resources.${logicalId}: ${reason}`, { cause });
  }
}

async function retentionMsOf(kinesis: KinesisClient, StreamARN: string): Promise<number> {
  const { StreamDescriptionSummary } = await kinesis.send(
    new DescribeStreamSummaryCommand({ StreamARN }),
  );
  return (StreamDescriptionSummary?.RetentionPeriodHours ?? 24) * 3_600_000;
}

async function visibilityTimeoutMsOf(sqs: SQSClient, queueArn: string): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: await createQueueUrls(sqs)(queueArn),
      AttributeNames: ['VisibilityTimeout'],
    }),
  );
  return Number(Attributes?.VisibilityTimeout ?? 30) * 1_000;
}

function describe({ doing, shardId, cause }: PollerProblem): string {
  const what = doing.replaceAll('_', ' ');
  return `${what}${shardId === undefined ? '' : ` of ${shardId}`} failed: ${String(cause)}`;
}
