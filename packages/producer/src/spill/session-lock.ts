import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ProducerError } from '../producer-error.ts';

type SqliteModule = typeof import('node:sqlite');
type Connection = InstanceType<SqliteModule['DatabaseSync']>;

/** https://www.sqlite.org/rescode.html */
const SQLITE_BUSY = 5;
const SQLITE_CANTOPEN = 14;

/**
 * A file that one process can hold, and that the operating system lets go of when that process ends
 * in any way. So nothing has to be guessed from process ids, which containers share and systems
 * reuse, or from heartbeats, which a busy event loop misses.
 *
 * Node.js has no call for file locks, but its SQLite takes one on every platform: an exclusive
 * transaction on an empty database locks the file and writes nothing
 * (https://www.sqlite.org/lockingv3.html). SQLite also keeps the locks of several threads apart.
 */
export class SessionLock {
  readonly #file: string;
  #connection: Connection | undefined;

  private constructor(file: string, connection: Connection) {
    this.#file = file;
    this.#connection = connection;
  }

  /**
   * Makes a lock file and holds it. Undefined: another process, which looks for those that nobody
   * holds, has come between; try another name.
   *
   * @throws an error of the file system, or ProducerError `invalid_option`
   */
  static create(file: string): SessionLock | undefined {
    closeSync(openSync(file, 'wx', 0o600));
    let lock: SessionLock | undefined;
    try {
      lock = SessionLock.claim(file);
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    }
    if (lock === undefined || existsSync(file)) return lock;
    lock.release();
    return undefined;
  }

  /**
   * Holds a lock file that is there. Undefined: it is not, or a living process holds it.
   *
   * @throws ProducerError `invalid_option` where there are no locks
   */
  static claim(file: string): SessionLock | undefined {
    const { DatabaseSync } = loadSqlite();
    // Does not make the file: then a holder could be left with a lock on a file without a name.
    const url = pathToFileURL(file);
    url.searchParams.set('mode', 'rw');
    let connection: Connection | undefined;
    try {
      connection = new DatabaseSync(url);
      connection.exec('PRAGMA journal_mode = MEMORY');
      connection.exec('BEGIN EXCLUSIVE');
      return new SessionLock(file, connection);
    } catch (error) {
      connection?.close();
      const code = primaryCode(error);
      if (code === SQLITE_BUSY || (code === SQLITE_CANTOPEN && !existsSync(file))) return undefined;
      throw new ProducerError(
        'invalid_option',
        `spill.directory: cannot lock ${file}; use a file system that has file locks`,
        { cause: error },
      );
    }
  }

  /** Lets others have it. */
  release(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Lets go of it for good. The file goes first: nobody can then hold a lock that has no use. */
  remove(): void {
    // Windows does not delete open files.
    if (process.platform === 'win32') this.release();
    rmSync(this.#file, { force: true });
    if (process.platform !== 'win32') this.release();
  }
}

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error && 'errcode' in error)) return undefined;
  return Number(error.errcode) & 0xff;
}

function loadSqlite(): SqliteModule {
  // Not a static import: a process without spill should not load it. Undefined before 22.13.
  const sqlite: SqliteModule | undefined = process.getBuiltinModule?.('node:sqlite');
  if (sqlite !== undefined) return sqlite;
  throw new ProducerError(
    'invalid_option',
    `spill needs node:sqlite for its locks, which Node.js has from 22.13 on; this is ${process.version}`,
  );
}
