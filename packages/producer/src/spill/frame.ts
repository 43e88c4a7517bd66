import { crc32 } from 'node:zlib';

/** What the log keeps of an event: all that is needed to send it again as it was. */
export interface SpilledEvent {
  readonly eventType: string;
  readonly eventId: string;
  readonly partitionKey: string;
  /** The full event as JSON, as it goes to the stream. */
  readonly data: string;
}

/** A whole frame, found in the bytes of a segment. */
export interface Frame {
  readonly offset: number;
  readonly end: number;
  /** Its checksum: with the offset it tells an event from every other one in the segment. */
  readonly check: number;
}

/** Bytes between frames that are not one. */
export interface Gap {
  readonly offset: number;
  readonly end: number;
  /** `torn`: the file ends within a frame. `corrupt`: anything else. */
  readonly reason: 'torn' | 'corrupt';
}

/**
 * A frame, all numbers little-endian:
 *
 *     0  u8[2] FF C1
 *     2  u32   CRC-32 of all that follows, started with the segment's seed
 *     6  u32   bytes of the text
 *     10 u32   UTF-16 units of the event type
 *     14 u32   … of the event id
 *     18 u32   … of the partition key
 *     22       the text in UTF-8: event type, event id, partition key and data, end to end
 *
 * Neither FF nor C1 occurs in UTF-8 (RFC 3629, section 1), so no text that somebody tracks looks
 * like the start of a frame, and reading can take up again after bytes that were damaged.
 */
const FRAME_HEADER_BYTES = 22;
const MARK = Buffer.from([0xff, 0xc1]);
const CHECKED_FROM = 6;
const MAX_UTF8_BYTES_PER_UNIT = 3;

/** Most events fit; one buffer for all, for an allocation each would cost more than the rest. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024);
MARK.copy(scratch);

/** The event's frame but for its checksum. Valid until the next call. */
export function encodeFrame(event: SpilledEvent): Buffer {
  const { eventType, eventId, partitionKey, data } = event;
  const text = eventType + eventId + partitionKey + data;
  const frame = bufferFor(text);
  const bytes = frame.write(text, FRAME_HEADER_BYTES);
  frame.writeUInt32LE(bytes, 6);
  frame.writeUInt32LE(eventType.length, 10);
  frame.writeUInt32LE(eventId.length, 14);
  frame.writeUInt32LE(partitionKey.length, 18);
  return frame.subarray(0, FRAME_HEADER_BYTES + bytes);
}

/** Completes a frame for one segment; returns its checksum. */
export function stampFrame(frame: Buffer, seed: number): number {
  const check = crc32(frame.subarray(CHECKED_FROM), seed);
  frame.writeUInt32LE(check, 2);
  return check;
}

/** Splits the bytes of a segment into frames and what is none. Covers every byte from `start` on. */
export function* scanFrames(bytes: Buffer, start: number, seed: number): Generator<Frame | Gap> {
  let offset = start;
  while (offset < bytes.length) {
    const found = findFrame(bytes, offset, seed);
    const end = found?.offset ?? bytes.length;
    if (end > offset) yield { offset, end, reason: describeGap(bytes, offset, end) };
    if (found === undefined) return;
    yield found;
    offset = found.end;
  }
}

export function decodeFrame(bytes: Buffer, { offset, end }: Frame): SpilledEvent {
  const text = bytes.toString('utf8', offset + FRAME_HEADER_BYTES, end);
  const idAt = bytes.readUInt32LE(offset + 10);
  const keyAt = idAt + bytes.readUInt32LE(offset + 14);
  const dataAt = keyAt + bytes.readUInt32LE(offset + 18);
  return {
    eventType: text.slice(0, idAt),
    eventId: text.slice(idAt, keyAt),
    partitionKey: text.slice(keyAt, dataAt),
    data: text.slice(dataAt),
  };
}

function bufferFor(text: string): Buffer {
  if (FRAME_HEADER_BYTES + text.length * MAX_UTF8_BYTES_PER_UNIT <= scratch.length) return scratch;
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + Buffer.byteLength(text));
  MARK.copy(frame);
  return frame;
}

/** The first frame at or after an offset. */
function findFrame(bytes: Buffer, from: number, seed: number): Frame | undefined {
  for (let at = bytes.indexOf(MARK, from); at !== -1; at = bytes.indexOf(MARK, at + 1)) {
    const end = declaredEnd(bytes, at);
    if (end > bytes.length) continue;
    const check = bytes.readUInt32LE(at + 2);
    if (crc32(bytes.subarray(at + CHECKED_FROM, end), seed) === check) {
      return { offset: at, end, check };
    }
  }
  return undefined;
}

/** Where the frame says that it ends. Infinity: its header is cut off. */
function declaredEnd(bytes: Buffer, offset: number): number {
  const textAt = offset + FRAME_HEADER_BYTES;
  return textAt > bytes.length
    ? Number.POSITIVE_INFINITY
    : textAt + bytes.readUInt32LE(offset + CHECKED_FROM);
}

function describeGap(bytes: Buffer, offset: number, end: number): Gap['reason'] {
  const start = bytes.subarray(offset, offset + MARK.length);
  const startsAsFrame = start.equals(MARK.subarray(0, start.length));
  const isTorn = startsAsFrame && end === bytes.length && declaredEnd(bytes, offset) > end;
  return isTorn ? 'torn' : 'corrupt';
}
