import { beginUpdate, namedStream, requiredActiveStream, streamNotFound } from './account.ts';
import { assertScalable, assertShardQuota, countStreamCall } from './control-plane.ts';
import { formatHashKey, fromHashKey, type HashKey, parseHashKey } from './hash-key.ts';
import {
  type Input,
  invalidField,
  isObject,
  optionalChoice,
  optionalInteger,
  optionalObject,
  optionalString,
  optionalTimeMs,
  required,
  requiredString,
} from './input.ts';
import { KinesisError } from './kinesis-error.ts';
import type { Operation } from './operation.ts';
import { mergeShards, splitShard, updateShardCount } from './reshard.ts';
import { endingSequenceNumber, type Shard, startingSequenceNumber } from './shard.ts';
import { findShard, retentionHorizonMs, type Stream } from './stream.ts';

const SHARD_ID = { max: 128, pattern: /^[a-zA-Z0-9_.-]+$/ };

/** A shard's hash range as the API shows it. */
export function describeHashRange(shard: Shard): object {
  return {
    StartingHashKey: formatHashKey(shard.startHash),
    EndingHashKey: formatHashKey(shard.endHash),
  };
}

/** A shard as DescribeStream and ListShards show it. */
export function describeShard(shard: Shard): object {
  const [parent, adjacent] = shard.parents;
  const end = endingSequenceNumber(shard);
  return {
    ShardId: shard.id,
    ...(parent === undefined ? {} : { ParentShardId: parent }),
    ...(adjacent === undefined ? {} : { AdjacentParentShardId: adjacent }),
    HashKeyRange: describeHashRange(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: startingSequenceNumber(shard),
      ...(end === undefined ? {} : { EndingSequenceNumber: end }),
    },
  };
}

/** A pagination token lives for 300 seconds, as the API reference of ListShards says. */
const TOKEN_LIFETIME_MS = 300_000;

/** Where a listing goes on. The token carries it all: the server remembers none. */
interface ListToken {
  readonly streamName: string;
  readonly after: string;
  readonly filter: Input | undefined;
  readonly issuedAtMs: number;
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html */
export const listShards: Operation = (account, input, nowMs) => {
  const limit = optionalInteger(input, 'MaxResults', { min: 1, max: 10_000 }) ?? 1000;
  const token = readToken(input, nowMs);
  const target = token === undefined ? input : { StreamName: token.streamName };
  const stream = namedStream(account, target, nowMs);
  if (stream === undefined) {
    throw new KinesisError(
      'InvalidArgumentException',
      'Either NextToken or StreamName or StreamARN should be provided.',
    );
  }
  countStreamCall(account, 'ListShards', stream, nowMs);
  if (input['StreamCreationTimestamp'] !== undefined) {
    const createdAtMs = optionalTimeMs(input, 'StreamCreationTimestamp');
    if (createdAtMs !== stream.createdAtMs) throw streamNotFound(account, stream.name);
  }
  const filter = token?.filter ?? optionalObject(input, 'ShardFilter');
  const after = token?.after ?? optionalString(input, 'ExclusiveStartShardId', SHARD_ID) ?? '';
  const shards = [...stream.shards.values()]
    .filter(shardFilter(stream, filter, nowMs))
    .filter((shard) => shard.id > after);
  const page = shards.slice(0, limit);
  const last = page.at(-1);
  const next: ListToken | undefined =
    last !== undefined && page.length < shards.length
      ? { streamName: stream.name, after: last.id, filter, issuedAtMs: nowMs }
      : undefined;
  return {
    Shards: page.map(describeShard),
    ...(next && { NextToken: Buffer.from(JSON.stringify(next)).toString('base64') }),
  };
};

function readToken(input: Input, nowMs: number): ListToken | undefined {
  const text = optionalString(input, 'NextToken', { max: 1_048_576 });
  if (text === undefined) return undefined;
  const clash = [
    'StreamName',
    'StreamARN',
    'StreamCreationTimestamp',
    'ExclusiveStartShardId',
  ].find((field) => input[field] !== undefined && input[field] !== null);
  if (clash !== undefined) {
    throw new KinesisError(
      'InvalidArgumentException',
      `NextToken and ${clash} cannot be provided together.`,
    );
  }
  const token = decodeToken(text);
  if (token === undefined) {
    throw new KinesisError('InvalidArgumentException', 'NextToken is invalid.');
  }
  if (nowMs - token.issuedAtMs > TOKEN_LIFETIME_MS) {
    throw new KinesisError('ExpiredNextTokenException', 'NextToken has expired.');
  }
  return token;
}

function decodeToken(text: string): ListToken | undefined {
  let token: unknown;
  try {
    token = JSON.parse(Buffer.from(text, 'base64').toString());
  } catch {
    return undefined;
  }
  if (!isObject(token)) return undefined;
  const { streamName, after, filter, issuedAtMs } = token;
  if (typeof streamName !== 'string' || typeof after !== 'string') return undefined;
  if (typeof issuedAtMs !== 'number') return undefined;
  return { streamName, after, filter: isObject(filter) ? filter : undefined, issuedAtMs };
}

const FILTERS = [
  'AFTER_SHARD_ID',
  'AT_TRIM_HORIZON',
  'FROM_TRIM_HORIZON',
  'AT_LATEST',
  'AT_TIMESTAMP',
  'FROM_TIMESTAMP',
] as const;

/**
 * AT: the shards that were open at that moment, with those that closed in it. FROM: those and all
 * created since.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ShardFilter.html
 */
function shardFilter(
  stream: Stream,
  filter: Input | undefined,
  nowMs: number,
): (shard: Shard) => boolean {
  if (filter === undefined) return () => true;
  const type = required('Type', optionalChoice(filter, 'Type', FILTERS));
  if (type === 'AFTER_SHARD_ID') {
    const after = requiredString(filter, 'ShardId', SHARD_ID);
    return (shard) => shard.id > after;
  }
  if (type === 'AT_LATEST') return (shard) => shard.closedAtMs === undefined;
  if (type === 'FROM_TRIM_HORIZON') return () => true;
  const horizonMs = Math.max(stream.createdAtMs, retentionHorizonMs(stream, nowMs));
  const timeMs =
    type === 'AT_TRIM_HORIZON'
      ? horizonMs
      : Math.max(horizonMs, required('Timestamp', optionalTimeMs(filter, 'Timestamp')));
  return (shard) =>
    (shard.closedAtMs ?? Infinity) >= timeMs &&
    (type === 'FROM_TIMESTAMP' || shard.createdAtMs <= timeMs);
}

function requiredProvisionedStream(...args: Parameters<Operation>): Stream {
  const stream = requiredActiveStream(...args);
  if (stream.mode === 'ON_DEMAND') {
    throw new KinesisError(
      'ValidationException',
      `Stream ${stream.name} under account ${stream.accountId} is in ON_DEMAND mode: its shards are not the caller's to change.`,
    );
  }
  return stream;
}

export const split: Operation = (account, input, nowMs) => {
  const shardId = requiredString(input, 'ShardToSplit', SHARD_ID);
  const at = requiredString(input, 'NewStartingHashKey', { max: 100 });
  const hashKey = parseHashKey(at);
  if (hashKey === undefined) {
    throw invalidField(
      'NewStartingHashKey',
      at,
      'Member must be a decimal number from 0 to 2^128-1',
    );
  }
  const stream = requiredProvisionedStream(account, input, nowMs);
  const shard = findShard(stream, shardId);
  assertSplittable(stream, shard, hashKey);
  assertShardQuota(account, 1);
  splitShard(stream, shard, hashKey, nowMs);
  beginUpdate(account, stream, nowMs);
  return {};
};

/** AWS leaves more than one hash key to either side; the wording is AWS's own. */
function assertSplittable(stream: Stream, shard: Shard, at: HashKey): void {
  const tooLow = fromHashKey(at) <= fromHashKey(shard.startHash) + 1n;
  if (shard.closedAtMs !== undefined || !(tooLow || at >= shard.endHash)) return;
  throw new KinesisError(
    'InvalidArgumentException',
    `NewStartingHashKey ${formatHashKey(at)} used in SplitShard() on shard ${shard.id} in stream ${stream.name} under account ${stream.accountId} is not both greater than one plus the shard's StartingHashKey ${formatHashKey(shard.startHash)} and less than the shard's EndingHashKey ${formatHashKey(shard.endHash)}.`,
  );
}

export const merge: Operation = (account, input, nowMs) => {
  const shardId = requiredString(input, 'ShardToMerge', SHARD_ID);
  const adjacentId = requiredString(input, 'AdjacentShardToMerge', SHARD_ID);
  const stream = requiredProvisionedStream(account, input, nowMs);
  mergeShards(stream, findShard(stream, shardId), findShard(stream, adjacentId), nowMs);
  beginUpdate(account, stream, nowMs);
  return {};
};

export const updateShardCountOperation: Operation = (account, input, nowMs) => {
  const target = required(
    'TargetShardCount',
    optionalInteger(input, 'TargetShardCount', { min: 1, max: 10_000 }),
  );
  required('ScalingType', optionalChoice(input, 'ScalingType', ['UNIFORM_SCALING']));
  const stream = requiredProvisionedStream(account, input, nowMs);
  const current = stream.open.length;
  assertScalable(account, stream, target, nowMs);
  updateShardCount(stream, target, nowMs);
  stream.scaledAtMs.push(nowMs);
  beginUpdate(account, stream, nowMs);
  return {
    StreamName: stream.name,
    StreamARN: stream.arn,
    CurrentShardCount: current,
    TargetShardCount: target,
  };
};
