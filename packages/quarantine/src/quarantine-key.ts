import { type DeadLetterReason, deadLetterReasons } from './dead-letter.ts';
import type { QuarantineDocument } from './quarantine.ts';

/** Why something lies in the bucket. */
export type QuarantineReason = DeadLetterReason | 'expired' | 'unreadable';

/** What a key alone tells about its object. */
export interface QuarantineKey {
  readonly key: string;
  readonly reason: QuarantineReason;
  /** The day of arrival in the stream, `yyyy-mm-dd` in UTC; an unreadable message has none. */
  readonly date?: string;
  readonly shardId?: string;
  /** Of the record, or of the first record of an expired range. */
  readonly sequenceNumber?: string;
  /** Of a record that was aggregated with others: its place among them. */
  readonly subsequenceNumber?: number;
}

/**
 * Keys come back in the order of their text, and redriving keeps it. A Kinesis record of 10 MiB holds
 * no more user records than have seven digits.
 */
const SUBSEQUENCE_DIGITS = 7;

/**
 * The place of a document. It depends only on what never changes about the record, so storing
 * the same record again replaces the object by its equal.
 */
export function keyOf(document: QuarantineDocument): string {
  switch (document.kind) {
    case 'record': {
      const { reason, arrivedAt, shardId, sequenceNumber, subsequenceNumber: place } = document;
      const within =
        place === undefined ? '' : `-${String(place).padStart(SUBSEQUENCE_DIGITS, '0')}`;
      return `records/${reason}/${day(arrivedAt)}/${escape(shardId)}/${escape(sequenceNumber)}${within}.json`;
    }
    case 'expired': {
      const date = day(document.firstArrivedAt ?? document.failedAt);
      const range = `${escape(document.startSequenceNumber)}-${escape(document.endSequenceNumber)}`;
      return `expired/${date}/${escape(document.shardId)}/${range}.json`;
    }
    case 'unreadable':
      return `unreadable/${escape(document.messageId)}.json`;
    default:
      return document satisfies never;
  }
}

/** The prefix under which everything with this reason, and on this day, lies. */
export function prefixOf(reason?: QuarantineReason, date?: string): string {
  if (reason === undefined) return '';
  if (reason === 'unreadable') return 'unreadable/';
  const folder = reason === 'expired' ? 'expired/' : `records/${reason}/`;
  return date === undefined ? folder : `${folder}${escape(date)}/`;
}

/** Reads a key; undefined for an object that this package did not put there. */
export function parseKey(key: string): QuarantineKey | undefined {
  const match =
    /^(?:records\/(?<reason>[a-z_]+)|(?<expired>expired))\/(?<date>[^/]+)\/(?<shardId>[^/]+)\/(?<sequenceNumber>\d+)(?:-(?<second>\d+))?\.json$/.exec(
      key,
    );
  if (match?.groups === undefined) {
    return /^unreadable\/[^/]+\.json$/.test(key) ? { key, reason: 'unreadable' } : undefined;
  }
  const { reason: name, date = '', shardId = '', sequenceNumber = '', second } = match.groups;
  const reason =
    name === undefined ? 'expired' : deadLetterReasons.find((candidate) => candidate === name);
  if (reason === undefined) return undefined;
  const place = { date: unescape(date), shardId: unescape(shardId), sequenceNumber };
  const isPart = reason !== 'expired' && second !== undefined;
  return { key, reason, ...place, ...(isPart && { subsequenceNumber: Number(second) }) };
}

function day(instant: string | undefined): string {
  return instant === undefined ? 'undated' : escape(instant.slice(0, instant.indexOf('T')));
}

/**
 * Makes any text one path segment out of characters that S3 calls safe, reversibly: every other
 * UTF-16 unit becomes `!` and four hex digits. A leading dot is escaped too, as `.` and `..` are
 * not names.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
function escape(text: string): string {
  return text.replaceAll(
    /^\.|[^A-Za-z0-9._-]/g,
    (unit) => `!${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function unescape(segment: string): string {
  return segment.replaceAll(/!([0-9a-f]{4})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
