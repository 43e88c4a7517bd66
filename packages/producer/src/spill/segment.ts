import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  decodeSettlements,
  encodeHeader,
  encodeSettlements,
  SETTLEMENT_BYTES,
  seedOf,
  segmentName,
} from './segment-file.ts';
import type { Session } from './session.ts';

/** Files hold what users did: for the owner alone. */
const MODE = 0o600;

/** One file of events, with the file that tells which of them are settled. */
export class Segment {
  readonly session: Session;
  readonly file: string;
  readonly seed: number;
  /** Size of the events' file. */
  bytes = 0;
  /** Size of the settlements' file. */
  settledBytes = 0;
  /** Events that were written or read and are not settled. */
  unsettled = 0;
  /** What it takes of the bound: both files, and room for what will be settled. */
  reservedBytes = 0;
  /** Events may still be found in it. */
  unread = false;
  /** It has parts that cannot be read, so it is kept aside. */
  damaged = false;
  /** Offsets and checksums to be written to the settlements' file. */
  readonly #news: number[] = [];
  #fd: number | undefined;

  private constructor(session: Session, number: number) {
    const name = segmentName(session.name, number);
    this.session = session;
    this.file = join(session.directory, `${name}.log`);
    this.seed = seedOf(name);
    session.segments += 1;
  }

  /** @throws an error of the file system */
  static create(session: Session, number: number): Segment {
    const segment = new Segment(session, number);
    try {
      segment.#fd = openSync(segment.file, 'wx', MODE);
      segment.append(encodeHeader());
      return segment;
    } catch (error) {
      segment.discard();
      throw error;
    }
  }

  /** @throws an error of the file system */
  static find(session: Session, number: number): Segment {
    const segment = new Segment(session, number);
    segment.unread = true;
    segment.bytes = statSync(segment.file).size;
    const settledBytes = statSync(segment.#settledFile, { throwIfNoEntry: false })?.size ?? 0;
    // A record that was cut off is written over.
    segment.settledBytes = settledBytes - (settledBytes % SETTLEMENT_BYTES);
    return segment;
  }

  get keptAs(): string {
    return this.file.replace(/\.log$/, '.corrupt');
  }

  get isWritable(): boolean {
    return this.#fd !== undefined;
  }

  get isDone(): boolean {
    return this.unsettled === 0 && !this.unread;
  }

  /**
   * Hands bytes to the operating system; returns where they are. Either all of them are there
   * afterwards or, as far as the disk allows, none.
   *
   * @throws an error of the file system
   */
  append(bytes: Buffer): number {
    if (this.#fd === undefined) throw new Error(`${this.file} is closed`);
    const offset = this.bytes;
    try {
      writeAt(this.#fd, bytes, offset);
    } catch (error) {
      ftruncateSync(this.#fd, offset);
      throw error;
    }
    this.bytes += bytes.length;
    return offset;
  }

  read(): { readonly bytes: Buffer; readonly settled: ReadonlyMap<number, number> } {
    const settled = this.settledBytes === 0 ? Buffer.alloc(0) : readFileSync(this.#settledFile);
    return { bytes: readFileSync(this.file), settled: decodeSettlements(settled) };
  }

  settle(offset: number, check: number): void {
    this.unsettled -= 1;
    this.#news.push(offset, check);
  }

  /**
   * Writes down what was settled since; returns how many bytes that took.
   *
   * @throws an error of the file system; nothing is forgotten
   */
  recordSettlements(): number {
    if (this.#news.length === 0) return 0;
    const records = encodeSettlements(this.#news);
    const fd = openSync(this.#settledFile, constants.O_WRONLY | constants.O_CREAT, MODE);
    try {
      writeAt(fd, records, this.settledBytes);
    } finally {
      closeSync(fd);
    }
    this.settledBytes += records.length;
    this.#news.length = 0;
    return records.length;
  }

  /** No event is appended any more. */
  seal(): void {
    if (this.#fd === undefined) return;
    const fd = this.#fd;
    this.#fd = undefined;
    closeSync(fd);
  }

  /** Seals it, and waits until the device has it: then it survives a power loss too. */
  sync(): void {
    if (this.#fd !== undefined) fsyncSync(this.#fd);
    this.seal();
  }

  /** Removes its files, or keeps the damaged one aside. */
  remove(): void {
    this.seal();
    // The events first: a settlements' file alone means nothing.
    if (!this.damaged) rmSync(this.file, { force: true });
    else if (existsSync(this.file)) renameSync(this.file, this.keptAs);
    rmSync(this.#settledFile, { force: true });
    this.session.removeSegment();
  }

  /** Gives up a file that holds nothing. */
  discard(): void {
    this.seal();
    rmSync(this.file, { force: true });
    this.session.removeSegment();
  }

  get #settledFile(): string {
    return this.file.replace(/\.log$/, '.done');
  }
}

/** `write` may write less than it is given. */
function writeAt(fd: number, bytes: Buffer, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written);
  }
}
