import { isUtf8 } from 'node:buffer';
import { payloadOf, placeOf } from './dead-letter.ts';
import type { QuarantineDocument, QuarantineEntry } from './quarantine.ts';

/** The objects with one reason that arrived on one day. */
export interface EntryGroup {
  readonly reason: string;
  /** Undefined for what has no day of arrival. */
  readonly date: string | undefined;
  readonly count: number;
  readonly bytes: number;
}

/** Counts entries by reason and day, in the order in which the groups first come up. */
export async function groupEntries(entries: AsyncIterable<QuarantineEntry>): Promise<EntryGroup[]> {
  const groups = new Map<string, EntryGroup>();
  for await (const { reason, date, sizeBytes } of entries) {
    const name = `${reason} ${date}`;
    const { count, bytes } = groups.get(name) ?? { count: 0, bytes: 0 };
    groups.set(name, { reason, date, count: count + 1, bytes: bytes + sizeBytes });
  }
  return [...groups.values()];
}

/** A table for people. */
export function formatGroups(groups: readonly EntryGroup[]): string {
  if (groups.length === 0) return 'Nothing is in quarantine.\n';
  const rows = groups.map(({ reason, date, count, bytes }) => [
    printable(reason),
    printable(date ?? '-'),
    String(count),
    String(bytes),
  ]);
  const table = [['REASON', 'ARRIVED', 'COUNT', 'BYTES'], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) =>
          column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .concat('\n'),
    )
    .join('');
}

/** One document for people: the reason first, the payload last. */
export function formatDocument(document: QuarantineDocument): string {
  const lines = [`${document.reason}: ${document.message}`];
  switch (document.kind) {
    case 'record': {
      const { issues, streamArn, shardId, partitionKey } = document;
      const { arrivedAt, failedAt, eventType, eventId } = document;
      for (const { path, expected, received } of issues) {
        lines.push(`  ${path === '' ? 'the event' : path}: expected ${expected}, got ${received}`);
      }
      lines.push(
        `event      ${eventType ?? '(unknown type)'} ${eventId ?? '(unknown id)'}`,
        `record     ${streamArn} ${shardId} ${placeOf(document)}`,
        `key        ${partitionKey}`,
        `arrived    ${arrivedAt}`,
        `given up   ${failedAt}`,
        '',
        payloadText(payloadOf(document)),
      );
      break;
    }
    case 'expired': {
      const { streamArn, shardId, missing, batchSize, recordsFound, condition } = document;
      lines.push(
        `batch      ${streamArn} ${shardId}, ${batchSize} records, ${recordsFound} found`,
        `condition  ${condition}`,
        ...missing.map(({ from, to }) => `missing    ${from} to ${to}`),
      );
      break;
    }
    case 'unreadable':
      lines.push(`message    ${document.messageId}`, '', document.body);
      break;
    default:
      return document satisfies never;
  }
  return `${lines.map(printable).join('\n')}\n`;
}

function payloadText(payload: Uint8Array): string {
  const bytes = Buffer.from(payload);
  return isUtf8(bytes)
    ? bytes.toString('utf8')
    : `not UTF-8, ${bytes.length} bytes in base64:\n${bytes.toString('base64')}`;
}

/** Quarantined text comes from strangers: it must not steer the reader's terminal. */
function printable(text: string): string {
  return text.replaceAll(
    /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
