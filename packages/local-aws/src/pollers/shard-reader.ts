import {
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  type _Record as SdkRecord,
  type Shard as SdkShard,
} from '@aws-sdk/client-kinesis';
import type {
  KinesisInput,
  KinesisRecord,
  ReadPosition,
  ShardDescription,
} from '@clickstream/event-source-mapping';

/** What one read brought. */
export type ReadAnswer = Omit<Extract<KinesisInput, { type: 'records' }>, 'type' | 'shardId'>;

/** Reads a stream's shards over the AWS SDK, remembering the iterator that each read leaves behind. */
export interface ShardReader {
  readonly list: () => Promise<readonly ShardDescription[]>;
  readonly read: (shardId: string, position: ReadPosition, limit: number) => Promise<ReadAnswer>;
}

/** @param signal aborts the requests under way. */
export function createShardReader(
  client: KinesisClient,
  streamArn: string,
  signal: AbortSignal,
): ShardReader {
  const iterators = new Map<string, string>();

  async function list(): Promise<readonly ShardDescription[]> {
    const shards: ShardDescription[] = [];
    let nextToken: string | undefined;
    do {
      const page = await client.send(
        new ListShardsCommand(
          nextToken === undefined ? { StreamARN: streamArn } : { NextToken: nextToken },
        ),
        { abortSignal: signal },
      );
      shards.push(...(page.Shards ?? []).map(shardDescription));
      nextToken = page.NextToken;
    } while (nextToken !== undefined);
    return shards;
  }

  async function read(shardId: string, position: ReadPosition, limit: number): Promise<ReadAnswer> {
    const iterator = iterators.get(shardId) ?? (await openIterator(shardId, position));
    iterators.set(shardId, iterator);
    try {
      const answer = await client.send(
        new GetRecordsCommand({ StreamARN: streamArn, ShardIterator: iterator, Limit: limit }),
        { abortSignal: signal },
      );
      if (answer.NextShardIterator === undefined) iterators.delete(shardId);
      else iterators.set(shardId, answer.NextShardIterator);
      return {
        records: (answer.Records ?? []).map(kinesisRecord),
        millisBehindLatest: answer.MillisBehindLatest ?? 0,
        endOfShard: answer.NextShardIterator === undefined,
      };
    } catch (cause) {
      // The next read opens one at the position it is told.
      if (cause instanceof ExpiredIteratorException) iterators.delete(shardId);
      throw cause;
    }
  }

  async function openIterator(shardId: string, position: ReadPosition): Promise<string> {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamARN: streamArn,
        ShardId: shardId,
        ShardIteratorType: position.type,
        ...(position.type === 'AFTER_SEQUENCE_NUMBER' && {
          StartingSequenceNumber: position.sequenceNumber,
        }),
        ...(position.type === 'AT_TIMESTAMP' && { Timestamp: new Date(position.timestampMs) }),
      }),
      { abortSignal: signal },
    );
    if (ShardIterator === undefined) throw new Error(`Kinesis gave no iterator for ${shardId}`);
    return ShardIterator;
  }

  return { list, read };
}

function shardDescription(shard: SdkShard): ShardDescription {
  return {
    shardId: shard.ShardId ?? '',
    ...(shard.ParentShardId !== undefined && { parentShardId: shard.ParentShardId }),
    ...(shard.AdjacentParentShardId !== undefined && {
      adjacentParentShardId: shard.AdjacentParentShardId,
    }),
    closed: shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
  };
}

function kinesisRecord(record: SdkRecord): KinesisRecord {
  return {
    sequenceNumber: record.SequenceNumber ?? '',
    partitionKey: record.PartitionKey ?? '',
    data: record.Data ?? new Uint8Array(),
    arrivedAtMs: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
  };
}
