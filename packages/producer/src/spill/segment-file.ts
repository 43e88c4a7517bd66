import { crc32 } from 'node:zlib';

/** The layout of the files. A process that does not know a version leaves its files alone. */
export const FORMAT_VERSION = 1;

const MAGIC = Buffer.from('CLKSPILL');
const VERSION_AT = MAGIC.length;
const CHECK_AT = VERSION_AT + 4;
/** A segment starts with the magic word, the format version and a CRC-32 of both. */
export const SEGMENT_HEADER_BYTES = CHECK_AT + 4;

/** A segment's records of what is settled: offset and checksum of each event's frame. */
export const SETTLEMENT_BYTES = 8;

export function encodeHeader(version: number = FORMAT_VERSION): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(version, VERSION_AT);
  header.writeUInt32LE(crc32(header.subarray(0, CHECK_AT)), CHECK_AT);
  return header;
}

/** The format version. Undefined: this is not a whole header. */
export function decodeHeader(bytes: Buffer): number | undefined {
  const isWhole =
    bytes.length >= SEGMENT_HEADER_BYTES &&
    bytes.subarray(0, VERSION_AT).equals(MAGIC) &&
    bytes.readUInt32LE(CHECK_AT) === crc32(bytes.subarray(0, CHECK_AT));
  return isWhole ? bytes.readUInt32LE(VERSION_AT) : undefined;
}

/**
 * What the checksums of a segment start with. It comes from the name: neither a damaged header nor
 * old blocks of another file, which a file may hold after a power loss, can pass for its frames.
 */
export function seedOf(fileName: string): number {
  return crc32(fileName);
}

/** Tells which frames are settled. A damaged record fits no frame, and its event is sent again. */
export function decodeSettlements(bytes: Buffer): ReadonlyMap<number, number> {
  const settled = new Map<number, number>();
  for (let at = 0; at + SETTLEMENT_BYTES <= bytes.length; at += SETTLEMENT_BYTES) {
    settled.set(bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4));
  }
  return settled;
}

export function encodeSettlements(offsetsAndChecks: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(offsetsAndChecks).buffer);
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const FILE = new RegExp(`^(?<session>.+\\.${UUID})\\.(?:(?<number>\\d+)\\.)?(?<kind>\\w+)$`);

/**
 * The files of one process and stream, side by side in one directory:
 *
 *     STREAM.UUID.lock              held by the process
 *     STREAM.UUID.00000001.log      events
 *     STREAM.UUID.00000001.done     which of them are settled
 *     STREAM.UUID.00000001.corrupt  a segment with damage, kept when its readable events are settled
 */
export interface FileName {
  readonly name: string;
  /** Stream and UUIDv7, so that sessions sort by age. */
  readonly session: string;
  /** Undefined: the lock. */
  readonly number: number | undefined;
  readonly kind: string;
}

export function segmentName(session: string, number: number): string {
  return `${session}.${String(number).padStart(8, '0')}`;
}

/** Undefined: a file of something or somebody else. */
export function parseFileName(name: string): FileName | undefined {
  const { session, number, kind } = FILE.exec(name)?.groups ?? {};
  if (session === undefined || kind === undefined) return undefined;
  return { name, session, number: number === undefined ? undefined : Number(number), kind };
}

/** Whether a session belongs to a stream. Stream names may contain dots, a UUID none. */
export function isOfStream(session: string, streamName: string): boolean {
  return session.slice(0, session.lastIndexOf('.')) === streamName;
}
