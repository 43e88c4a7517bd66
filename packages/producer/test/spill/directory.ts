import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpilledEvent } from '../../src/spill/frame.ts';
import type { ResolvedSpillOptions, SpillDamage, SpillFault } from '../../src/spill/options.ts';
import type { SpillTicket } from '../../src/spill/shelf.ts';
import { openSpill, type Spill } from '../../src/spill/spill.ts';

const STREAM = 'clicks';

/** An empty directory, removed at the end of the scope. */
export class TestDirectory implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), 'spill-'));

  files(): string[] {
    return readdirSync(this.path).toSorted();
  }

  file(ending: string): string {
    const found = this.files().filter((name) => name.endsWith(ending));
    if (found.length !== 1) throw new Error(`${found.length} files end with ${ending}`);
    return join(this.path, found[0] ?? '');
  }

  /** The directory as a process that starts now would find it if those that have it open were killed. */
  afterKill(): TestDirectory {
    const copy = new TestDirectory();
    for (const name of this.files()) {
      const target = join(copy.path, name);
      // To open a lock of one's own process is to let go of it; and it is empty.
      if (name.endsWith('.lock')) writeFileSync(target, '');
      else copyFileSync(join(this.path, name), target);
    }
    return copy;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A log with what it has reported. */
export interface TestSpill extends Spill, Disposable {
  readonly damages: SpillDamage[];
  readonly faults: SpillFault[];
  readonly tickets: Map<string, SpillTicket>;
  /** Appends, and keeps the ticket. */
  write(event: SpilledEvent): string;
  /** Settles by event id. */
  done(eventId: string): void;
  /** Takes the whole backlog, and keeps the tickets. */
  backlog(): SpilledEvent[];
}

export function openTestSpill(
  directory: string,
  options: Partial<ResolvedSpillOptions> & { readonly streamName?: string } = {},
): TestSpill {
  const damages: SpillDamage[] = [];
  const faults: SpillFault[] = [];
  const tickets = new Map<string, SpillTicket>();
  const spill = openSpill(
    {
      directory,
      maxBytes: 1024 * 1024,
      segmentBytes: 64 * 1024,
      onCorruption: (damage) => damages.push(damage),
      onDiskError: (fault) => faults.push(fault),
      ...options,
    },
    options.streamName ?? STREAM,
  );
  return {
    ...spill,
    damages,
    faults,
    tickets,
    write: (written) => {
      const result = spill.append(written);
      if (typeof result === 'string') return result;
      tickets.set(written.eventId, result);
      return 'safe';
    },
    done: (eventId) => {
      const ticket = tickets.get(eventId);
      if (ticket === undefined) throw new Error(`${eventId} is not in the log`);
      tickets.delete(eventId);
      spill.settle(ticket);
    },
    backlog: () => {
      const events: SpilledEvent[] = [];
      for (let entry = spill.nextOfBacklog(); entry; entry = spill.nextOfBacklog()) {
        events.push(entry.event);
        tickets.set(entry.event.eventId, entry.ticket);
      }
      return events;
    },
    [Symbol.dispose]: () => spill.close(),
  };
}

/** Events are told apart by their ids, which grow with the number. */
export function event(number: number, bytes = 0): SpilledEvent {
  const eventId = `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
  const partitionKey = `user-${number % 5}`;
  const data = JSON.stringify({
    event_id: eventId,
    user_id: partitionKey,
    x: 'ü'.repeat(bytes / 2),
  });
  return { eventType: 'page_view', eventId, partitionKey, data };
}

export function ids(events: readonly SpilledEvent[]): string[] {
  return events.map(({ eventId }) => eventId);
}

/** The next turn of the event loop, when settlements have been written down. */
export async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
