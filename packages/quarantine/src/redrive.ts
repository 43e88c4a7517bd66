import { setTimeout as sleep } from 'node:timers/promises';
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { type DeadLetter, payloadOf } from './dead-letter.ts';
import { describe, QuarantineError } from './errors.ts';
import type { CallOptions, Quarantine, QuarantineEntry } from './quarantine.ts';

export interface RedriveOptions extends CallOptions {
  readonly quarantine: Quarantine;
  readonly client: KinesisClient;
  /** What to redrive; expired ranges and unreadable messages are passed over. */
  readonly entries: AsyncIterable<QuarantineEntry> | Iterable<QuarantineEntry>;
  /** Called for each record that is on the stream again, and out of the quarantine. */
  readonly onRedriven?: (key: string) => void;
  /** The first wait after a throttle. Default 200: a shard takes its fill again every second. */
  readonly pauseMs?: number;
}

/** Fewer than the 500 that PutRecords takes, so that the documents are read in one go. */
const BATCH_RECORDS = 100;
/** Of documents, which are larger than their payloads; PutRecords takes 10 MiB of payload. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** Attempts in a row in which the stream takes no record of a batch. */
const MAX_VAIN_ATTEMPTS = 8;

/**
 * Puts quarantined records back on the stream that they came from, with their payload and
 * partition key as they were, and archives them. What had been aggregated with others goes back as a
 * record of its own. Records of one partition key keep the order of the entries. A record may be put
 * twice, when an answer is lost or the archiving fails; consumers
 * that are idempotent by event id do not mind. Needs `kinesis:PutRecords` on the stream, and what
 * {@link Quarantine.get} and {@link Quarantine.archive} need.
 * @throws {QuarantineError} `send_failed`, or what the quarantine throws; what was not put yet is
 * still in quarantine
 */
export async function redrive(options: RedriveOptions): Promise<void> {
  for await (const keys of batches(options.entries)) {
    const found = await Promise.all(keys.map((key) => options.quarantine.get(key, options)));
    const letters = found.filter((document) => document.kind === 'record');
    for (const streamArn of new Set(letters.map((letter) => letter.streamArn))) {
      await putAll(
        options,
        streamArn,
        letters.filter((letter) => letter.streamArn === streamArn),
      );
    }
    await Promise.all(
      keys.map(async (key) => {
        await options.quarantine.archive(key, options);
        options.onRedriven?.(key);
      }),
    );
  }
}

async function* batches(entries: RedriveOptions['entries']): AsyncGenerator<string[]> {
  let keys: string[] = [];
  let bytes = 0;
  for await (const { key, reason, sizeBytes } of entries) {
    if (reason === 'expired' || reason === 'unreadable') continue;
    if (keys.length === BATCH_RECORDS || (keys.length > 0 && bytes + sizeBytes > BATCH_BYTES)) {
      yield keys;
      keys = [];
      bytes = 0;
    }
    keys.push(key);
    bytes += sizeBytes;
  }
  if (keys.length > 0) yield keys;
}

async function putAll(
  { client, signal, pauseMs = 200 }: RedriveOptions,
  streamArn: string,
  letters: readonly DeadLetter[],
): Promise<void> {
  let left = letters;
  let vain = 0;
  while (left.length > 0) {
    const { now, later } = onePerKey(left);
    const command = new PutRecordsCommand({
      StreamARN: streamArn,
      Records: now.map((letter) => ({
        Data: payloadOf(letter),
        PartitionKey: keyForKinesis(letter.partitionKey),
      })),
    });
    const { Records: results = [] } = await client
      .send(command, signal === undefined ? {} : { abortSignal: signal })
      .catch((error: unknown) => {
        throw sendFailed(streamArn, describe(error), error);
      });
    const refused = now.filter((_, index) => results[index]?.SequenceNumber === undefined);
    if (refused.length === now.length) {
      vain += 1;
      const { ErrorCode, ErrorMessage } = results[0] ?? {};
      if (vain === MAX_VAIN_ATTEMPTS) throw sendFailed(streamArn, `${ErrorCode}: ${ErrorMessage}`);
    } else {
      vain = 0;
    }
    if (refused.length > 0) {
      await sleep(pauseMs * 2 ** vain, undefined, signal === undefined ? {} : { signal });
    }
    left = [...refused, ...later];
  }
}

/**
 * A producer may give a record within a record any key at all; Kinesis takes 1 to 256 characters,
 * and refuses the whole request otherwise.
 */
function keyForKinesis(partitionKey: string): string {
  if (partitionKey === '') return '-';
  return partitionKey.length <= 256
    ? partitionKey
    : Array.from(partitionKey).slice(0, 256).join('');
}

/** PutRecords keeps no order when some records fail, so no key goes twice into one request. */
function onePerKey(letters: readonly DeadLetter[]) {
  const keys = new Set<string>();
  const now: DeadLetter[] = [];
  const later: DeadLetter[] = [];
  for (const letter of letters) {
    (keys.has(letter.partitionKey) ? later : now).push(letter);
    keys.add(letter.partitionKey);
  }
  return { now, later };
}

function sendFailed(streamArn: string, why: string, cause?: unknown): QuarantineError {
  return new QuarantineError(
    'send_failed',
    `stream ${streamArn} did not take the records back (${why}); they are still in quarantine, so try again`,
    { cause },
  );
}
