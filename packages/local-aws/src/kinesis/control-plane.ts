import type { Account } from './account.ts';
import type { Input } from './input.ts';
import { KinesisError } from './kinesis-error.ts';
import { type KinesisLimits, resolveLimits } from './limits.ts';
import type { Stream } from './stream.ts';
import { canTake, createTokenBucket, type TokenBucket, take } from './token-bucket.ts';

const DAY_MS = 86_400_000;

/** What limits the operations that create, describe and change streams. */
export interface ControlPlane {
  readonly limits: KinesisLimits;
  /** The calls that are left, by operation, and by stream where each has its own. */
  readonly calls: Map<string, TokenBucket>;
}

/** @param limits Default: none, for what has happened before and happens again. */
export function createControlPlane(limits: KinesisLimits = resolveLimits(false)): ControlPlane {
  return { limits, calls: new Map() };
}

/** Operations with a limit for the account as a whole. */
const accountLimits: Partial<Record<string, keyof KinesisLimits>> = {
  AddTagsToStream: 'addTagsToStreamCallsPerSecond',
  CreateStream: 'createStreamCallsPerSecond',
  DeleteStream: 'deleteStreamCallsPerSecond',
  DescribeStream: 'describeStreamCallsPerSecond',
  DescribeStreamSummary: 'describeStreamSummaryCallsPerSecond',
  ListStreams: 'listStreamsCallsPerSecond',
  ListTagsForStream: 'listTagsForStreamCallsPerSecond',
  MergeShards: 'mergeShardsCallsPerSecond',
  RemoveTagsFromStream: 'removeTagsFromStreamCallsPerSecond',
  SplitShard: 'splitShardCallsPerSecond',
  UpdateShardCount: 'updateShardCountCallsPerSecond',
};

/**
 * Counts a call, whatever will become of it.
 *
 * @throws KinesisError LimitExceededException when the account has made too many in this second.
 */
export function countCall(account: Account, operation: string, input: Input, nowMs: number): void {
  const limit = accountLimits[operation];
  if (limit === undefined) return;
  const { StreamName: name } = input;
  const what = typeof name === 'string' ? `stream ${name} under account` : 'account';
  takeCall(account, limit, operation, what, nowMs);
}

/** Operations with a limit for each stream by itself. */
const streamLimits = {
  DecreaseStreamRetentionPeriod: 'decreaseStreamRetentionPeriodCallsPerSecond',
  IncreaseStreamRetentionPeriod: 'increaseStreamRetentionPeriodCallsPerSecond',
  ListShards: 'listShardsCallsPerSecond',
} as const;

/** The same of a call whose stream has been found. */
export function countStreamCall(
  account: Account,
  operation: keyof typeof streamLimits,
  stream: Stream,
  nowMs: number,
): void {
  const what = `stream ${stream.name} under account`;
  takeCall(account, streamLimits[operation], `${operation} ${stream.name}`, what, nowMs);
}

function takeCall(
  { accountId, control: { limits, calls } }: Account,
  limit: keyof KinesisLimits,
  key: string,
  what: string,
  nowMs: number,
): void {
  const bucket = calls.get(key) ?? createTokenBucket(limits[limit], nowMs);
  calls.set(key, bucket);
  if (!canTake(bucket, 1, nowMs)) {
    throw new KinesisError('LimitExceededException', `Rate exceeded for ${what} ${accountId}.`);
  }
  take(bucket, 1);
}

/**
 * Keeps the account within its quota of open shards; those of on-demand streams are outside it.
 *
 * @throws KinesisError LimitExceededException, in the words of AWS.
 */
export function assertShardQuota(account: Account, additional: number): void {
  const { accountId, region, control, streams } = account;
  const limit = control.limits.shardsPerAccount;
  let current = 0;
  for (const { mode, open } of streams.values()) {
    if (mode === 'PROVISIONED') current += open.length;
  }
  if (additional <= 0 || current + additional <= limit) return;
  throw new KinesisError(
    'LimitExceededException',
    `This request would exceed the shard limit for the account ${accountId} in ${region}. Current shard count for the account: ${current}. Limit: ${limit}. Number of additional shards that would have resulted from this request: ${additional}.`,
  );
}

/** @throws KinesisError LimitExceededException when too many streams are CREATING already. */
export function assertCreationQuota(account: Account, nowMs: number): void {
  const { accountId, control, streams } = account;
  let creating = 0;
  for (const { busyWith, busyUntilMs } of streams.values()) {
    if (busyWith === 'CREATING' && nowMs < busyUntilMs) creating += 1;
  }
  if (creating < control.limits.creatingStreams) return;
  throw new KinesisError(
    'LimitExceededException',
    `${creating} streams under account ${accountId} are CREATING, and no more may be at a time.`,
  );
}

/** @throws KinesisError LimitExceededException when one more stream in on-demand mode is too many. */
export function assertOnDemandQuota({ accountId, control, streams }: Account): void {
  let onDemand = 0;
  for (const { mode } of streams.values()) if (mode === 'ON_DEMAND') onDemand += 1;
  if (onDemand < control.limits.onDemandStreamsPerAccount) return;
  throw new KinesisError(
    'LimitExceededException',
    `${onDemand} streams under account ${accountId} are in ON_DEMAND mode, which is the limit.`,
  );
}

/** @throws KinesisError LimitExceededException when the stream has changed its mode too often. */
export function assertModeSwitchable(account: Account, stream: Stream, nowMs: number): void {
  const perDay = account.control.limits.streamModeSwitchesPerDay;
  if (withinDay(stream.modeSwitchedAtMs, nowMs) < perDay) return;
  throw new KinesisError(
    'LimitExceededException',
    `Stream ${stream.name} under account ${account.accountId} has switched its mode ${perDay} times within 24 hours, which is the limit.`,
  );
}

/**
 * @throws KinesisError InvalidArgumentException when UpdateShardCount goes too far at once, in the
 *   words of AWS; LimitExceededException when it comes too often, or the account has too many shards.
 */
export function assertScalable(
  account: Account,
  stream: Stream,
  target: number,
  nowMs: number,
): void {
  const { updateShardCountFactor: factor, updateShardCountsPerDay: perDay } =
    account.control.limits;
  const current = stream.open.length;
  if (target > current * factor || target < current / factor) {
    throw new KinesisError(
      'InvalidArgumentException',
      `UpdateShardCount cannot scale ${
        target > current ? 'up over double' : 'down below half'
      } your current open shard count. Current open shard count: ${current} Target shard count: ${target}`,
    );
  }
  assertShardQuota(account, target - current);
  if (withinDay(stream.scaledAtMs, nowMs) < perDay) return;
  throw new KinesisError(
    'LimitExceededException',
    `UpdateShardCount of stream ${stream.name} under account ${account.accountId} was called ${perDay} times within 24 hours, which is the limit.`,
  );
}

/** How many of the moments are in the last 24 hours. */
function withinDay(moments: readonly number[], nowMs: number): number {
  return moments.filter((atMs) => atMs > nowMs - DAY_MS).length;
}
