import { closeSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LocalAwsError } from '../local-aws-error.ts';
import { type Input, isList, isObject } from './input.ts';

/** What changes a Kinesis: a record that a shard took, or a request that was carried out. */
export type JournalEntry =
  | {
      readonly type: 'record';
      readonly stream: string;
      readonly shard: string;
      readonly partitionKey: string | undefined;
      /** Base64. */
      readonly data: string;
      readonly arrivedAtMs: number;
    }
  | {
      readonly type: 'request';
      readonly operation: string;
      readonly input: Input;
      readonly atMs: number;
    };

/** The changes of a Kinesis, in their order, in a file that only grows. */
export interface Journal {
  /** What earlier processes wrote. */
  readonly entries: Iterable<JournalEntry>;
  /** Keeps an entry for the next {@link Journal.flush}. */
  readonly append: (entry: JournalEntry) => void;
  /**
   * Hands what was appended to the operating system, so that it survives the end of this process,
   * however that comes about. It is not forced to the disk: a power loss may take the last seconds.
   */
  readonly flush: () => void;
  readonly close: () => void;
}

/**
 * Opens the journal of a directory, which is created if need be. Half an entry at its end, of a
 * process that was killed while it wrote, was never confirmed to anybody and is cut off.
 *
 * Reading `entries` throws {@link LocalAwsError} `invalid_data_dir` when the file is no journal.
 */
export function openJournal(dataDir: string): Journal {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, 'journal.jsonl');
  const file = openSync(path, 'a');
  let waiting = '';
  return {
    entries: readEntries(path),
    append(entry) {
      waiting += `${formatEntry(entry)}\n`;
    },
    flush() {
      const bytes = Buffer.from(waiting);
      waiting = '';
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    },
    close: () => closeSync(file),
  };
}

const LINE_BREAK = 0x0a;

/** One after the other: all of them as one string may be more than a string can hold. */
function* readEntries(path: string): Generator<JournalEntry> {
  const bytes = readFileSync(path);
  let start = 0;
  for (let line = 1; start < bytes.length; line += 1) {
    const end = bytes.indexOf(LINE_BREAK, start);
    if (end === -1) {
      truncateSync(path, start);
      return;
    }
    const entry = parseEntry(bytes.toString('utf8', start, end));
    if (entry === undefined) {
      throw new LocalAwsError(
        'invalid_data_dir',
        `${path}, line ${line} is no entry of a Kinesis journal: delete the file to begin anew.`,
      );
    }
    yield entry;
    start = end + 1;
  }
}

/** Records are most of a journal, so theirs is the short form, a list. */
function formatEntry(entry: JournalEntry): string {
  if (entry.type === 'request') return JSON.stringify(entry);
  const { stream, shard, partitionKey = null, data, arrivedAtMs } = entry;
  return JSON.stringify([stream, shard, partitionKey, data, arrivedAtMs]);
}

function parseEntry(line: string): JournalEntry | undefined {
  const value = parse(line);
  if (isList(value)) {
    const [stream, shard, partitionKey, data, arrivedAtMs] = value;
    const isRecord =
      typeof stream === 'string' &&
      typeof shard === 'string' &&
      (typeof partitionKey === 'string' || partitionKey === null) &&
      typeof data === 'string' &&
      typeof arrivedAtMs === 'number';
    if (!isRecord) return undefined;
    const key = partitionKey ?? undefined;
    return { type: 'record', stream, shard, partitionKey: key, data, arrivedAtMs };
  }
  if (!isObject(value)) return undefined;
  const { operation, input, atMs } = value;
  const isRequest = typeof operation === 'string' && isObject(input) && typeof atMs === 'number';
  return isRequest ? { type: 'request', operation, input, atMs } : undefined;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
