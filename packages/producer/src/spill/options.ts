import { resolve } from 'node:path';
import { ProducerError } from '../producer-error.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** A part of the log that cannot be read. What is readable around it is replayed. */
export interface SpillDamage {
  /** The segment's path when it was found. */
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  /**
   * - `torn`: the file ends within an event, as after a kill in the middle of a write: that event's
   *   call had not returned. After a power loss it may have.
   * - `corrupt`: checksums do not fit.
   * - `unknown_version`: written by a newer version of this package. It is left alone.
   * - `unreadable`: the operating system refuses. It is left alone.
   */
  readonly reason: 'torn' | 'corrupt' | 'unknown_version' | 'unreadable';
  /** Where the segment is kept once its readable events are settled. Undefined: where it is. */
  readonly keptAs: string | undefined;
}

/** The log cannot be written for now. */
export interface SpillFault {
  /** What happened and what to do about it, one sentence. */
  readonly message: string;
  readonly cause: unknown;
}

/**
 * Keeps accepted events in files until they are delivered, so that they survive the process. Needs
 * Node.js 22.13 or later, of which 22 prints an `ExperimentalWarning` about SQLite: its locks serve.
 *
 * While the stream refuses every request for a reason that no retry can mend (no such stream, no
 * permission), events are tried again as in an outage. When the first deadline comes, the producer
 * stops sending, with a process warning: all that is pending, and what is tracked from then on,
 * stays here (`kept`), for a later event must not overtake an earlier one. Restart the process once
 * it is mended. A stream that ignores partition keys, or cannot be aggregated for, stops it at once.
 */
export interface SpillOptions {
  /**
   * A directory on a local or network file system that has file locks. It is made if need be, and
   * several processes and streams may share it: a starting producer sends what processes that have
   * ended left behind for its stream.
   */
  readonly directory: string;
  /**
   * Bytes of this producer's files, those that it took over and damaged ones included. At least
   * `segmentBytes` and the largest record, up to 1 TiB; default 256 MiB: several times what the
   * buffer holds, for one undelivered event keeps a whole segment.
   */
  readonly maxBytes?: number | undefined;
  /**
   * Bytes of one file. 4 KiB..1 GiB, default 1 MiB. Space comes back a file at a time, and a file is
   * read into memory as a whole when its events are sent by a later process.
   */
  readonly segmentBytes?: number | undefined;
  /** Told of each damaged part. Default: a process warning. */
  readonly onCorruption?: ((damage: SpillDamage) => unknown) | undefined;
  /**
   * Told once when the disk begins to refuse. Events then go on from memory alone, which
   * `stats().spill.unprotected` counts, and the disk is tried again every few seconds.
   * Default: a process warning.
   */
  readonly onDiskError?: ((fault: SpillFault) => unknown) | undefined;
}

/** Every option with its value. */
export interface ResolvedSpillOptions {
  /** Absolute. */
  readonly directory: string;
  readonly maxBytes: number;
  readonly segmentBytes: number;
  readonly onCorruption: SpillOptions['onCorruption'];
  readonly onDiskError: SpillOptions['onDiskError'];
}

/** The numbers: smallest, largest, default. */
const RANGES = {
  maxBytes: [64 * KIB, MIB * MIB, 256 * MIB],
  segmentBytes: [4 * KIB, KIB * MIB, MIB],
} as const satisfies Record<string, readonly [min: number, max: number, fallback: number]>;

const KNOWN: readonly string[] = [
  'directory',
  ...Object.keys(RANGES),
  'onCorruption',
  'onDiskError',
];

/**
 * @param maxRecordBytes the producer's: the log must have room for the largest record
 * @throws ProducerError `invalid_option` naming the option, what it takes and what it got
 */
export function resolveSpillOptions(
  options: SpillOptions,
  maxRecordBytes: number,
): ResolvedSpillOptions {
  if (typeof options !== 'object' || options === null) {
    throw invalid('spill', '{ directory, … }', options);
  }
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    throw new ProducerError(
      'invalid_option',
      `spill has no option '${unknown}'; its options are ${KNOWN.join(', ')}`,
    );
  }
  const { directory, onCorruption, onDiskError } = options;
  if (typeof directory !== 'string' || directory === '' || directory.includes('\0')) {
    throw invalid('spill.directory', 'the path of a directory', directory);
  }
  for (const [name, callback] of Object.entries({ onCorruption, onDiskError })) {
    if (callback !== undefined && typeof callback !== 'function') {
      throw invalid(`spill.${name}`, 'a function', callback);
    }
  }
  const segmentBytes = number(options, 'segmentBytes');
  const maxBytes = number(options, 'maxBytes');
  const leastBytes = segmentBytes + 2 * maxRecordBytes;
  if (maxBytes < leastBytes) {
    const expected = `at least segmentBytes and two of maxRecordBytes (${leastBytes})`;
    throw invalid('spill.maxBytes', expected, maxBytes);
  }
  return { directory: resolve(directory), maxBytes, segmentBytes, onCorruption, onDiskError };
}

function number(options: SpillOptions, name: keyof typeof RANGES): number {
  const [min, max, fallback] = RANGES[name];
  const value = options[name] ?? fallback;
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalid(`spill.${name}`, `a whole number from ${min} to ${max}`, value);
  }
  return value;
}

function invalid(name: string, expected: string, received: unknown): ProducerError {
  const shown = typeof received === 'object' && received !== null ? 'an object' : String(received);
  return new ProducerError('invalid_option', `${name}: expected ${expected}, received ${shown}`);
}
