import type { InvocationResult } from './invocation.ts';
import type { KinesisEventContext } from './kinesis-event.ts';
import type { KinesisRecord } from './kinesis-record.ts';
import type { OnFailureDestination, StartingPosition } from './kinesis-settings.ts';
import type { OnFailureDocument } from './on-failure.ts';

/** Where a shard is read from: the arguments of GetShardIterator. */
export type ReadPosition =
  | StartingPosition
  | { readonly type: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string };

/** A shard as ListShards describes it. */
export interface ShardDescription {
  readonly shardId: string;
  readonly parentShardId?: string;
  readonly adjacentParentShardId?: string;
  /** It has an ending sequence number: it was split or merged. */
  readonly closed: boolean;
}

/** What happened; to be told to the mapping together with the time. */
export type KinesisInput =
  /** Nothing but time has passed. The first one starts the mapping. */
  | { readonly type: 'tick' }
  /** All shards of the stream: the answer to `list_shards`. */
  | { readonly type: 'shards'; readonly shards: readonly ShardDescription[] }
  | { readonly type: 'list_shards_failed' }
  /** The answer to `read`. */
  | {
      readonly type: 'records';
      readonly shardId: string;
      readonly records: readonly KinesisRecord[];
      readonly millisBehindLatest: number;
      /** There is no next iterator: the shard was split or merged, and this was its end. */
      readonly endOfShard: boolean;
    }
  /** Throttled, an expired iterator, a lost connection: the read comes again, at the same position. */
  | { readonly type: 'read_failed'; readonly shardId: string }
  /** The answer to `invoke`. */
  | {
      readonly type: 'invocation';
      readonly invocationId: string;
      readonly result: InvocationResult;
    }
  /** The answer to `send_on_failure`. */
  | { readonly type: 'on_failure'; readonly failureId: string; readonly delivered: boolean }
  /** Start nothing any more; answers to what is under way are still taken. */
  | { readonly type: 'stop' };

/** What is to be done. */
export type KinesisCommand =
  | { readonly type: 'list_shards' }
  | {
      readonly type: 'read';
      readonly shardId: string;
      /** Where reading stands. An iterator left from the previous read of the shard means the same. */
      readonly position: ReadPosition;
      /** At most this many records. */
      readonly limit: number;
    }
  | {
      readonly type: 'invoke';
      readonly invocationId: string;
      readonly lane: number;
      readonly records: readonly KinesisRecord[];
      /** With the records, the arguments of `kinesisEvent`. */
      readonly context: KinesisEventContext;
    }
  | {
      readonly type: 'send_on_failure';
      readonly failureId: string;
      readonly lane: number;
      readonly destination: OnFailureDestination;
      readonly document: OnFailureDocument;
      readonly records: readonly KinesisRecord[];
      readonly context: KinesisEventContext;
    }
  /** Everything up to and including this record is settled: delivered, reported, dropped or filtered out. */
  | { readonly type: 'checkpoint'; readonly shardId: string; readonly sequenceNumber: string }
  /** Call again at this time if nothing else happens before; it replaces the previous `wake`. */
  | { readonly type: 'wake'; readonly atMs: number };

/** Where a mapping stands, as plain JSON; a new mapping goes on from here, at least once. */
export interface KinesisCheckpoints {
  readonly version: 1;
  readonly shards: readonly {
    readonly shardId: string;
    readonly parents: readonly string[];
    readonly position: ReadPosition;
    /** Read to its end and settled. */
    readonly done: boolean;
  }[];
}
