import { setTimeout as sleep } from 'node:timers/promises';
import {
  ExpiredIteratorException,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  InvalidArgumentException,
  type KinesisClient,
  type _Record as KinesisRecord,
  KMSThrottlingException,
  LimitExceededException,
  ProvisionedThroughputExceededException,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis';
import type { StreamRecord } from './dead-letter.ts';
import { describe, QuarantineError } from './errors.ts';
import type { SequenceRange } from './expired-range.ts';

export interface ReadRangeOptions {
  readonly client: KinesisClient;
  readonly streamArn: string;
  readonly shardId: string;
  /** First and last record, both included. */
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  /**
   * The most records a request asks for, 1 to 10,000. Default 500: a page that reads far past the
   * range costs the live readers of the shard, who share its 2 MB/s.
   */
  readonly pageRecords?: number;
  /**
   * Between two requests, and the first wait after a throttle. Default 250: a shard answers five
   * requests a second to all its readers together, and the event source mapping needs one.
   * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
   */
  readonly pauseMs?: number;
  /** Ends the reading early. */
  readonly signal?: AbortSignal | undefined;
}

/** Records in the order of the stream, or a part of the range that the stream no longer holds. */
export type RangePart =
  | { readonly kind: 'records'; readonly records: readonly StreamRecord[] }
  | { readonly kind: 'expired'; readonly missing: SequenceRange };

/** Throttles in a row, each after the client's own attempts, before the reading is given up. */
const MAX_THROTTLES = 8;
/** Empty answers in a row at the tip of the shard before the end of the range counts as gone. */
const EMPTY_PAGES_AT_TIP = 3;

/**
 * Reads a range of a shard again, page by page, and says what of it the stream no longer holds:
 * the head when the first record found is not the first of the range, the tail when the shard ends
 * or vanishes before the last, the whole range when nothing is left. Only the ends of the range
 * can be checked: numbers between two records are not consecutive. At most one page is in memory.
 *
 * The range may hold records of other lanes of the same shard (a parallelization factor above 1),
 * so it may have more records than the batch that failed. Needs `kinesis:GetShardIterator` and
 * `kinesis:GetRecords`.
 * @throws {QuarantineError} `invalid_option` or `read_failed`
 */
export async function* readRange(options: ReadRangeOptions): AsyncGenerator<RangePart, void> {
  const range = resolve(options);
  const { start, end } = range;
  let lastRead: string | undefined;
  let emptyAtTip = 0;
  let iterator = await iteratorAfter(range, lastRead);

  while (iterator !== undefined) {
    const page = await readPage(range, iterator);
    if (page === 'gone') break;
    if (page === 'iterator_expired') {
      // The consumer of this generator took more than five minutes for a page.
      iterator = await iteratorAfter(range, lastRead);
      continue;
    }
    const records = (page.Records ?? []).map((record) => streamRecord(range, record));
    const first = records[0];
    const last = records.at(-1);
    if (first !== undefined && last !== undefined) {
      const firstNumber = BigInt(first.sequenceNumber);
      if (lastRead === undefined && firstNumber > start) {
        yield expired(start, firstNumber > end ? end : firstNumber - 1n);
      }
      const inside = records.filter(({ sequenceNumber }) => BigInt(sequenceNumber) <= end);
      if (inside.length > 0) yield { kind: 'records', records: inside };
      if (BigInt(last.sequenceNumber) >= end) return;
      lastRead = last.sequenceNumber;
    }
    emptyAtTip = first === undefined && page.MillisBehindLatest === 0 ? emptyAtTip + 1 : 0;
    if (emptyAtTip === EMPTY_PAGES_AT_TIP) break;
    iterator = page.NextShardIterator;
    if (iterator !== undefined) await pause(range.pauseMs, range.signal);
  }
  yield expired(lastRead === undefined ? start : BigInt(lastRead) + 1n, end);
}

interface Range extends Required<Omit<ReadRangeOptions, 'signal'>> {
  readonly start: bigint;
  readonly end: bigint;
  readonly signal: AbortSignal | undefined;
}

function isSequenceNumber(text: string): boolean {
  return /^\d{1,129}$/.test(text);
}

function resolve(options: ReadRangeOptions): Range {
  const { pageRecords = 500, pauseMs = 250, startSequenceNumber, endSequenceNumber } = options;
  if (!isSequenceNumber(startSequenceNumber) || !isSequenceNumber(endSequenceNumber)) {
    throw new QuarantineError('invalid_option', 'a range must start and end at a sequence number');
  }
  const start = BigInt(startSequenceNumber);
  const end = BigInt(endSequenceNumber);
  if (start > end) {
    throw new QuarantineError(
      'invalid_option',
      `the range ends (${end}) before it starts (${start})`,
    );
  }
  if (!Number.isInteger(pageRecords) || pageRecords < 1 || pageRecords > 10_000) {
    throw new QuarantineError(
      'invalid_option',
      `pageRecords must be 1 to 10000, not ${pageRecords}`,
    );
  }
  if (!(pauseMs >= 0 && pauseMs <= 60_000)) {
    throw new QuarantineError('invalid_option', `pauseMs must be 0 to 60000, not ${pauseMs}`);
  }
  return { ...options, pageRecords, pauseMs, start, end, signal: options.signal };
}

/** Undefined when neither the shard nor the place in it is known any more. */
async function iteratorAfter(
  range: Range,
  lastRead: string | undefined,
): Promise<string | undefined> {
  const command = new GetShardIteratorCommand({
    StreamARN: range.streamArn,
    ShardId: range.shardId,
    ShardIteratorType: lastRead === undefined ? 'AT_SEQUENCE_NUMBER' : 'AFTER_SEQUENCE_NUMBER',
    StartingSequenceNumber: lastRead ?? range.startSequenceNumber,
  });
  try {
    return (await request(range, (abort) => range.client.send(command, abort))).ShardIterator;
  } catch (error) {
    if (error instanceof ResourceNotFoundException || error instanceof InvalidArgumentException) {
      return undefined;
    }
    throw readFailed(range, error);
  }
}

async function readPage(
  range: Range,
  iterator: string,
): Promise<GetRecordsCommandOutput | 'gone' | 'iterator_expired'> {
  const command = new GetRecordsCommand({
    StreamARN: range.streamArn,
    ShardIterator: iterator,
    Limit: range.pageRecords,
  });
  try {
    return await request(range, (abort) => range.client.send(command, abort));
  } catch (error) {
    if (error instanceof ExpiredIteratorException) return 'iterator_expired';
    if (error instanceof ResourceNotFoundException) return 'gone';
    throw readFailed(range, error);
  }
}

/** Sends until it is not throttled, waiting twice as long each time. */
async function request<Answer>(
  { pauseMs, signal }: Range,
  send: (options: { abortSignal?: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  for (let throttles = 0; ; throttles++) {
    try {
      return await send(signal === undefined ? {} : { abortSignal: signal });
    } catch (error) {
      if (!isThrottle(error) || throttles === MAX_THROTTLES) throw error;
      await pause(pauseMs * 2 ** throttles, signal);
    }
  }
}

function isThrottle(error: unknown): boolean {
  return (
    error instanceof ProvisionedThroughputExceededException ||
    error instanceof LimitExceededException ||
    error instanceof KMSThrottlingException
  );
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal });
}

function streamRecord({ streamArn, shardId }: Range, record: KinesisRecord): StreamRecord {
  return {
    streamArn,
    shardId,
    sequenceNumber: record.SequenceNumber ?? '',
    partitionKey: record.PartitionKey ?? '',
    arrivedAtMs: record.ApproximateArrivalTimestamp?.getTime() ?? Number.NaN,
    data: record.Data ?? new Uint8Array(),
  };
}

function expired(from: bigint, to: bigint): RangePart {
  return { kind: 'expired', missing: { from: String(from), to: String(to) } };
}

function readFailed({ shardId, streamArn }: Range, error: unknown): QuarantineError {
  return new QuarantineError(
    'read_failed',
    `could not read ${shardId} of ${streamArn} again (${describe(error)}); check the role's permissions and try again before the stream's retention ends`,
    { cause: error },
  );
}
