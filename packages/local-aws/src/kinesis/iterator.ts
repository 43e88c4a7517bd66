import { isList } from './input.ts';
import { KinesisError } from './kinesis-error.ts';

/** What a shard iterator stands for. The token carries it all: the server remembers none. */
export interface ShardIterator {
  readonly streamName: string;
  /** Tells a stream from a later one of the same name. */
  readonly streamCreatedAtMs: number;
  readonly shardId: string;
  readonly position: number;
  readonly issuedAtMs: number;
}

/**
 * An iterator lives for five minutes.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
 */
const LIFETIME_MS = 300_000;

/** The opaque token of an iterator. */
export function formatIterator(iterator: ShardIterator): string {
  const { streamName, streamCreatedAtMs, shardId, position, issuedAtMs } = iterator;
  return Buffer.from(
    JSON.stringify([streamName, streamCreatedAtMs, shardId, position, issuedAtMs]),
  ).toString('base64');
}

/**
 * Reads a token.
 *
 * @throws KinesisError InvalidArgumentException or ExpiredIteratorException
 */
export function parseIterator(token: string, nowMs: number): ShardIterator {
  const iterator = decode(token);
  if (iterator === undefined) {
    throw new KinesisError('InvalidArgumentException', 'Invalid ShardIterator.');
  }
  if (nowMs - iterator.issuedAtMs > LIFETIME_MS) {
    throw new KinesisError(
      'ExpiredIteratorException',
      `Iterator expired. The iterator was created at time ${new Date(iterator.issuedAtMs).toISOString()} while right now it is ${new Date(nowMs).toISOString()} which is further in the future than the tolerated delay of ${LIFETIME_MS} milliseconds.`,
    );
  }
  return iterator;
}

function decode(token: string): ShardIterator | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(token, 'base64').toString());
  } catch {
    return undefined;
  }
  if (!isList(parts)) return undefined;
  const [streamName, streamCreatedAtMs, shardId, position, issuedAtMs] = parts;
  if (
    typeof streamName !== 'string' ||
    typeof streamCreatedAtMs !== 'number' ||
    typeof shardId !== 'string' ||
    typeof position !== 'number' ||
    !Number.isSafeInteger(position) ||
    typeof issuedAtMs !== 'number'
  ) {
    return undefined;
  }
  return { streamName, streamCreatedAtMs, shardId, position, issuedAtMs };
}
