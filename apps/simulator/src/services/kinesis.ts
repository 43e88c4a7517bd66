import { deaggregate } from '@clickstream/aggregation';
import {
  createKinesis,
  errorAnswer,
  execute,
  putRecordsWithFaults,
  type RecordErrorCode,
} from '@clickstream/local-aws/kinesis-model';
import type { Answer, Service } from '../link.ts';
import type { Channel } from '../schedule.ts';
import type { World } from '../world.ts';
import { failure, inputOf, type Json, ok, operationOf } from './json.ts';

export const streamName = 'events';
export const streamArn = `arn:aws:kinesis:us-east-1:000000000000:stream/${streamName}`;

/** A record as it lies in the stream, or one of those that were aggregated into it. */
export interface StreamRecord {
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Of an event that was aggregated with others: its place among them. */
  readonly subsequenceNumber?: number;
  readonly partitionKey: string;
  /** Base64. */
  readonly data: string;
}

/** local-aws' Kinesis, without its HTTP. */
export interface Kinesis {
  /** As seen by one of its users: requests of a user's belong to a channel of their own. */
  readonly serviceFor: (channel: Channel) => Service;
  /** Puts a record by a way on which nothing goes wrong but throttling; the answer's place. */
  readonly put: (
    partitionKey: string,
    data: Uint8Array,
  ) => { shardId: string; sequenceNumber: string } | undefined;
  /** @returns whether there was a shard to split, or shards to merge */
  readonly reshard: (kind: 'split' | 'merge', which: number) => boolean;
  /** Everything that is in the stream, in the order of arrival within each shard. */
  readonly records: () => StreamRecord[];
}

export function createKinesisService(world: World): Kinesis {
  const account = createKinesis();
  execute(
    account,
    'CreateStream',
    { StreamName: streamName, ShardCount: world.schedule.mapping.shards },
    world.nowMs(),
  );
  const stream = account.streams.get(streamName);
  if (stream === undefined) throw new Error('The stream was not created.');

  const run = (operation: string, input: Json): Answer => {
    try {
      return ok(execute(account, operation, input, world.nowMs()));
    } catch (error) {
      const { status, body } = errorAnswer(error);
      return { ...ok(body), status };
    }
  };

  function putSome(input: Json, code: RecordErrorCode): Answer {
    return ok(
      putRecordsWithFaults(account, input, world.nowMs(), () =>
        world.random.chance(0.4) ? code : undefined,
      ),
    );
  }

  return {
    serviceFor: (channel) => ({
      channelOf: () => channel,
      refuse: (fault) =>
        fault === 'throttle'
          ? failure(400, 'ProvisionedThroughputExceededException')
          : failure(500, 'InternalFailure'),
      serve(request, fault) {
        const input = inputOf(request);
        const operation = operationOf(request);
        if (operation !== 'PutRecords') return run(operation, input); // the others have no records
        if (fault === 'records_failed') return putSome(input, 'InternalFailure');
        if (fault === 'records_throttled') {
          return putSome(input, 'ProvisionedThroughputExceededException');
        }
        return run(operation, input);
      },
    }),
    put(partitionKey, data) {
      const Data = Buffer.from(data).toString('base64');
      const input = { StreamName: streamName, Records: [{ PartitionKey: partitionKey, Data }] };
      const { Records: entries } = putRecordsWithFaults(
        account,
        input,
        world.nowMs(),
        () => undefined,
      );
      const [entry] = entries;
      return entry === undefined || 'ErrorCode' in entry
        ? undefined
        : { shardId: entry.ShardId, sequenceNumber: entry.SequenceNumber };
    },
    reshard(kind, which) {
      const { open } = stream;
      if (kind === 'split') {
        const shard = open[which % open.length];
        if (shard === undefined || open.length >= 6) return false;
        const [low, high] = [BigInt(`0x${shard.startHash}`), BigInt(`0x${shard.endHash}`)];
        const { status } = run('SplitShard', {
          StreamName: streamName,
          ShardToSplit: shard.id,
          NewStartingHashKey: ((low + high) / 2n + 1n).toString(),
        });
        return status === 200;
      }
      if (open.length < 2) return false;
      const at = which % (open.length - 1);
      const { status } = run('MergeShards', {
        StreamName: streamName,
        ShardToMerge: open[at]?.id,
        AdjacentShardToMerge: open[at + 1]?.id,
      });
      return status === 200;
    },
    records: () =>
      [...stream.shards.values()].flatMap(({ id: shardId, records }) =>
        records.flatMap(({ sequenceNumber, partitionKey = '', data }): StreamRecord[] => {
          const place = { shardId, sequenceNumber };
          const parts = deaggregate(Buffer.from(data, 'base64'));
          if (parts === undefined) return [{ ...place, partitionKey, data }];
          return parts.map((part, subsequenceNumber) => ({
            ...place,
            subsequenceNumber,
            partitionKey: part.partitionKey,
            data: Buffer.from(part.data).toString('base64'),
          }));
        }),
      ),
  };
}
