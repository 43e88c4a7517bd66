import { closeSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Reports } from './reports.ts';
import { Segment } from './segment.ts';
import {
  decodeHeader,
  type FileName,
  FORMAT_VERSION,
  isOfStream,
  parseFileName,
  SEGMENT_HEADER_BYTES,
  segmentName,
} from './segment-file.ts';
import { Session } from './session.ts';

/** An ended process's session, with its segments in their order. */
export interface AdoptedSession {
  readonly session: Session;
  readonly segments: readonly Segment[];
}

/** What was taken over. */
export interface Adoption {
  readonly adopted: readonly AdoptedSession[];
  /** Bytes of the files that earlier starts kept aside. */
  readonly keptBytes: number;
}

/**
 * Takes over what ended processes left for a stream.
 *
 * @throws an error of the file system: the directory cannot be listed
 */
export function adoptSessions(directory: string, streamName: string, reports: Reports): Adoption {
  const claimed = claimSessions(directory, streamName, reports);
  // Listed again: until it was claimed, its owner may have gone on.
  const files = listFiles(directory, streamName);
  const adopted = claimed.map((session) => {
    const own = files.filter((file) => file.session === session.name);
    return { session, segments: takeSegments(session, own, reports) };
  });
  const keptBytes = files
    .filter(({ kind }) => kind === 'corrupt')
    .reduce((bytes, { name }) => bytes + sizeOf(join(directory, name)), 0);
  return { adopted: adopted.filter(({ segments }) => segments.length > 0), keptBytes };
}

function claimSessions(directory: string, streamName: string, reports: Reports): Session[] {
  const locks = new Map<string, boolean>();
  for (const { session, kind } of listFiles(directory, streamName)) {
    if (kind === 'lock') locks.set(session, true);
    else if (kind === 'log' && !locks.has(session)) locks.set(session, false);
  }
  const claimed: Session[] = [];
  for (const [name, hasLock] of [...locks].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    try {
      const session = Session.adopt(directory, name, hasLock);
      if (session !== undefined) claimed.push(session);
    } catch (error) {
      reports.fault('open', `cannot take over ${join(directory, name)}`, error);
    }
  }
  return claimed;
}

function takeSegments(session: Session, files: readonly FileName[], reports: Reports): Segment[] {
  const { directory, name } = session;
  const numbers = numbersOf(files, 'log');
  try {
    const newer = numbers
      .map((number) => join(directory, `${segmentName(name, number)}.log`))
      .filter(isOfNewerVersion);
    if (newer.length > 0) {
      for (const file of newer) {
        const bytes = sizeOf(file);
        reports.damage({ file, offset: 0, bytes, reason: 'unknown_version', keptAs: undefined });
      }
      session.release();
      return [];
    }
    for (const number of numbersOf(files, 'done')) {
      if (numbers.includes(number)) continue;
      rmSync(join(directory, `${segmentName(name, number)}.done`), { force: true });
    }
    const segments = numbers.map((number) => Segment.find(session, number));
    if (segments.length === 0) session.end();
    return segments;
  } catch (error) {
    reports.fault('open', `cannot take over ${join(directory, name)}`, error);
    session.release();
    return [];
  }
}

function isOfNewerVersion(file: string): boolean {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  const fd = openSync(file, 'r');
  try {
    readSync(fd, header);
  } finally {
    closeSync(fd);
  }
  return (decodeHeader(header) ?? FORMAT_VERSION) !== FORMAT_VERSION;
}

function listFiles(directory: string, streamName: string): FileName[] {
  return readdirSync(directory)
    .map(parseFileName)
    .filter((file) => file !== undefined)
    .filter(({ session }) => isOfStream(session, streamName));
}

function numbersOf(files: readonly FileName[], kind: string): number[] {
  return files
    .filter((file) => file.kind === kind)
    .map(({ number }) => number)
    .filter((number) => number !== undefined)
    .toSorted((a, b) => a - b);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
