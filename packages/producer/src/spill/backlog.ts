import type { AdoptedSession } from './adoption.ts';
import { decodeFrame, type SpilledEvent, scanFrames } from './frame.ts';
import type { Reports } from './reports.ts';
import type { Segment } from './segment.ts';
import { decodeHeader, SEGMENT_HEADER_BYTES } from './segment-file.ts';
import type { Shelf, SpillTicket } from './shelf.ts';

/** An event that an ended process accepted and did not settle. */
export interface BacklogEntry {
  readonly event: SpilledEvent;
  readonly ticket: SpillTicket;
}

type Entries = Generator<BacklogEntry, undefined>;

/**
 * The unsettled events of ended processes: each process's in the order in which it accepted them,
 * those of several processes by event id, which is by time. A segment is read when its first event
 * is due, so one of each process at most is in memory.
 */
export function readBacklog(
  sessions: readonly AdoptedSession[],
  shelf: Shelf,
  reports: Reports,
): Entries {
  return merge(sessions.map(({ segments }) => readSegments(segments, shelf, reports)));
}

function* readSegments(segments: readonly Segment[], shelf: Shelf, reports: Reports): Entries {
  for (const segment of segments) {
    const content = readOrReport(segment, reports);
    if (content === undefined) continue;
    const { bytes, settled } = content;
    const start = decodeHeader(bytes) === undefined ? 0 : SEGMENT_HEADER_BYTES;
    for (const found of scanFrames(bytes, start, segment.seed)) {
      if ('reason' in found) {
        const { offset, end, reason } = found;
        const { file, keptAs } = segment;
        segment.damaged = true;
        reports.damage({ file, offset, bytes: end - offset, reason, keptAs });
      } else if (settled.get(found.offset) !== found.check) {
        const ticket = shelf.add(segment, found.offset, found.check);
        yield { event: decodeFrame(bytes, found), ticket };
      }
    }
    segment.unread = false;
    shelf.check(segment);
  }
  return undefined;
}

function readOrReport(segment: Segment, reports: Reports): ReturnType<Segment['read']> | undefined {
  try {
    return segment.read();
  } catch {
    const { file, bytes } = segment;
    reports.damage({ file, offset: 0, bytes, reason: 'unreadable', keptAs: undefined });
    return undefined;
  }
}

function* merge(sources: readonly Entries[]): Entries {
  const heads: { source: Entries; entry: BacklogEntry | undefined }[] = sources.map((source) => ({
    source,
    entry: source.next().value,
  }));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) if (isBefore(head.entry, first?.entry)) first = head;
    if (first?.entry === undefined) return undefined;
    yield first.entry;
    first.entry = first.source.next().value;
  }
}

function isBefore(a: BacklogEntry | undefined, b: BacklogEntry | undefined): boolean {
  return a !== undefined && (b === undefined || a.event.eventId < b.event.eventId);
}
