import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ListShardsCommand,
  type Shard,
} from '@aws-sdk/client-kinesis';
import type { ShardRange, StreamDescription } from './transport.ts';

/**
 * Asks Kinesis about a stream. A producer that may not ask goes on without the answer, so that
 * `kinesis:PutRecords` is all that it must be allowed.
 *
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html
 * @throws what may pass, a throttle say
 */
export async function describeStream(
  client: KinesisClient,
  streamName: string,
  abortSignal: AbortSignal,
): Promise<StreamDescription> {
  const problems: string[] = [];
  const ifAllowed = async <T>(
    action: string,
    why: string,
    ask: Promise<T>,
  ): Promise<T | undefined> => {
    try {
      return await ask;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'AccessDeniedException') throw error;
      problems.push(`allow ${action} on '${streamName}', ${why}`);
      return undefined;
    }
  };
  const [summary, shards] = await Promise.all([
    ifAllowed(
      'kinesis:DescribeStreamSummary',
      'so that a stream that ignores partition keys is noticed',
      client.send(new DescribeStreamSummaryCommand({ StreamName: streamName }), { abortSignal }),
    ),
    ifAllowed(
      'kinesis:ListShards',
      'so that a throttled shard is told from the others',
      listOpenShards(client, streamName, abortSignal),
    ),
  ]);
  return {
    shards,
    ignoresPartitionKeys: summary?.StreamDescriptionSummary?.RecordDistributionStrategy === 'AUTO',
    problems,
  };
}

async function listOpenShards(
  client: KinesisClient,
  streamName: string,
  abortSignal: AbortSignal,
): Promise<readonly ShardRange[]> {
  const open: ShardRange[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListShardsCommand(
        token === undefined
          ? { StreamName: streamName, ShardFilter: { Type: 'AT_LATEST' } }
          : { NextToken: token },
      ),
      { abortSignal },
    );
    open.push(...(page.Shards ?? []).flatMap(toRange));
    token = page.NextToken;
  } while (token !== undefined);
  return open;
}

/** A shard with an end no longer takes writes. */
function toRange({ ShardId, HashKeyRange, SequenceNumberRange }: Shard): ShardRange[] {
  const { StartingHashKey, EndingHashKey } = HashKeyRange ?? {};
  if (ShardId === undefined || StartingHashKey === undefined || EndingHashKey === undefined)
    return [];
  if (SequenceNumberRange?.EndingSequenceNumber !== undefined) return [];
  return [{ shardId: ShardId, startingHashKey: StartingHashKey, endingHashKey: EndingHashKey }];
}
