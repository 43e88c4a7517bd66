import { ProducerError, reasonOf } from '../producer-error.ts';
import { type Adoption, adoptSessions } from './adoption.ts';
import { type BacklogEntry, readBacklog } from './backlog.ts';
import type { SpilledEvent } from './frame.ts';
import { LogWriter } from './log-writer.ts';
import type { ResolvedSpillOptions } from './options.ts';
import { Reports } from './reports.ts';
import { Session } from './session.ts';
import { Shelf, type SpillTicket } from './shelf.ts';

/** A snapshot of the log; the counts are since it was opened. */
export interface SpillStats {
  /** What the files take, and will take when their events are settled. At most `maxBytes`. */
  readonly bytes: number;
  /** Events in the log that are neither delivered nor given up; of the backlog, those handed out. */
  readonly unsettled: number;
  /** Events of ended processes that were handed out to be sent again. */
  readonly replayed: number;
  /** Accepted events that are in memory only, because the disk refused. */
  readonly unprotected: number;
}

/**
 * A log of accepted events that are not settled. It outlives the process: when `append` has
 * returned, the operating system has the event, and a later process hands it out from
 * {@link nextOfBacklog}, however this one ends. A power loss or a crash of the operating system may
 * take what it has not yet written to the device, usually the last seconds
 * (https://pubs.opengroup.org/onlinepubs/9799919799/functions/fsync.html).
 *
 * An event that was settled shortly before the process was killed may be handed out again: at least
 * once, with the same id.
 */
export interface Spill {
  /**
   * Writes an event down. Synchronous, and never throws.
   *
   * - a ticket: the event is safe; hand the ticket to {@link settle} when it is delivered or given up.
   * - `full`: `maxBytes` is reached and nothing was written. Space comes with settled events.
   * - `unprotected`: the disk refuses. That is reported and counted; send the event from memory.
   */
  append(event: SpilledEvent): SpillTicket | 'full' | 'unprotected';
  /** The event need not be sent again. Costs next to nothing: the disk follows a little later. */
  settle(ticket: SpillTicket): void;
  /**
   * The next event that an ended process left. Undefined: there are no more. Send them before
   * events of the same partition key that this process accepts.
   */
  nextOfBacklog(): BacklogEntry | undefined;
  stats(): SpillStats;
  /**
   * Closes all files. Events that are not settled stay for the next process, and are on the device
   * when this returns; if there are none, nothing of this process stays in the directory.
   */
  close(): void;
}

/** Errors of the set-up, which will not pass by themselves. */
const SETUP_ERRORS: ReadonlySet<unknown> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
  'EEXIST',
  'ELOOP',
  'ENAMETOOLONG',
]);

/**
 * Opens the log for a stream and takes over what ended processes left in it. Any number of processes
 * and threads may have the same directory open.
 *
 * @throws ProducerError `invalid_option` if the directory cannot be used as it is set up. What may
 *   pass, such as a full disk, is reported as a fault instead.
 */
export function openSpill(options: ResolvedSpillOptions, streamName: string): Spill {
  const reports = new Reports(options);
  const shelf = new Shelf(reports);
  const { own, adopted, keptBytes } = openDirectory(options.directory, streamName, reports);
  const writer = new LogWriter(options, streamName, own, shelf, reports);
  shelf.bytes += keptBytes;
  for (const { segments } of adopted) for (const segment of segments) shelf.put(segment);
  const backlog = readBacklog(adopted, shelf, reports);
  let replayed = 0;
  let isClosed = false;

  return {
    append: (event) => writer.append(event),
    settle: (ticket) => {
      if (!isClosed) shelf.settle(ticket);
    },
    nextOfBacklog: () => {
      const entry = backlog.next().value;
      if (entry !== undefined) replayed += 1;
      return entry;
    },
    stats: () => ({
      bytes: shelf.bytes,
      unsettled: shelf.unsettled,
      replayed,
      unprotected: writer.unprotected,
    }),
    close: () => {
      if (isClosed) return;
      isClosed = true;
      backlog.return(undefined);
      shelf.close();
      writer.close();
      for (const { session } of adopted) session.close();
    },
  };
}

function openDirectory(
  directory: string,
  streamName: string,
  reports: Reports,
): Adoption & { readonly own: Session | undefined } {
  let own: Session | undefined;
  try {
    own = Session.start(directory, streamName);
    return { own, ...adoptSessions(directory, streamName, reports) };
  } catch (error) {
    own?.close();
    if (error instanceof ProducerError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (SETUP_ERRORS.has(code)) {
      throw new ProducerError(
        'invalid_option',
        `spill.directory: cannot use ${directory} (${reasonOf(error)}); name a directory that this process may write to`,
        { cause: error },
      );
    }
    reports.fault('open', `cannot open ${directory}`, error);
    return { own: undefined, adopted: [], keptBytes: 0 };
  }
}
