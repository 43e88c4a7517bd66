import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createUuidV7 } from '../uuid-v7.ts';
import { SessionLock } from './session-lock.ts';

const uuidV7 = createUuidV7();

/** The files of one process for one stream, under one lock. */
export class Session {
  readonly directory: string;
  /** The common start of the files' names. */
  readonly name: string;
  /** How many segments there are. */
  segments = 0;
  /** No segment will be added: the lock goes with the last one. */
  ended = false;
  readonly #lock: SessionLock;

  constructor(directory: string, name: string, lock: SessionLock) {
    this.directory = directory;
    this.name = name;
    this.#lock = lock;
  }

  /** @throws an error of the file system, or ProducerError `invalid_option` */
  static start(directory: string, streamName: string): Session {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (;;) {
      const name = `${streamName}.${uuidV7()}`;
      const lock = SessionLock.create(lockPath(directory, name));
      if (lock !== undefined) return new Session(directory, name, lock);
    }
  }

  /** Takes over what an ended process left. Undefined: a living one has it. */
  static adopt(directory: string, name: string, hasLock: boolean): Session | undefined {
    const path = lockPath(directory, name);
    const lock = hasLock ? SessionLock.claim(path) : SessionLock.create(path);
    if (lock === undefined) return undefined;
    const session = new Session(directory, name, lock);
    session.ended = true;
    return session;
  }

  /** Whether the lock still has its name: without it others would take the session for ended. */
  get isVisible(): boolean {
    return existsSync(lockPath(this.directory, this.name));
  }

  /** No segment is added any more. */
  end(): void {
    this.ended = true;
    if (this.segments === 0) this.#lock.remove();
  }

  removeSegment(): void {
    this.segments -= 1;
    if (this.ended && this.segments <= 0) this.#lock.remove();
  }

  /** Leaves what is there to other processes. */
  release(): void {
    this.#lock.release();
  }

  /** The same; nothing stays of a session without segments. */
  close(): void {
    if (this.segments > 0) this.#lock.release();
    else this.#lock.remove();
  }
}

function lockPath(directory: string, name: string): string {
  return join(directory, `${name}.lock`);
}
