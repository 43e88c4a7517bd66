import { reasonOf } from '../producer-error.ts';
import { runCallback } from '../run-callback.ts';
import type { ResolvedSpillOptions, SpillDamage } from './options.ts';

/** What the log could not do. */
type FaultKind = 'open' | 'write' | 'settle' | 'close';

const CONSEQUENCES: Readonly<Record<FaultKind, string>> = {
  open: 'what it holds is not sent until a later start succeeds',
  write: 'events are in memory only until the disk takes them again',
  settle: 'if the process ends now, delivered events will be sent again',
  close: 'events that are not delivered may not survive a power loss',
};

/** Tells whoever runs the process what the disk does. Nothing here throws. */
export class Reports {
  readonly #options: Pick<ResolvedSpillOptions, 'onCorruption' | 'onDiskError'>;
  readonly #faulty = new Set<FaultKind>();

  constructor(options: Pick<ResolvedSpillOptions, 'onCorruption' | 'onDiskError'>) {
    this.#options = options;
  }

  damage(damage: SpillDamage): void {
    const { onCorruption } = this.#options;
    if (onCorruption !== undefined) {
      void call('spill.onCorruption', () => onCorruption(damage));
      return;
    }
    const { file, offset, bytes, reason, keptAs } = damage;
    const fate = keptAs === undefined ? 'it is left alone' : `it will be kept as ${keptAs}`;
    warn(`${bytes} bytes at offset ${offset} of ${file} are ${reason}; ${fate}`);
  }

  /** While the log is in use, only the first of a row: as long as it lasts, every event meets it. */
  fault(kind: FaultKind, what: string, cause: unknown): void {
    if (this.#faulty.has(kind)) return;
    if (kind === 'write' || kind === 'settle') this.#faulty.add(kind);
    const message = `${what}: ${reasonOf(cause)}; ${CONSEQUENCES[kind]}`;
    const { onDiskError } = this.#options;
    if (onDiskError === undefined) warn(message);
    else void call('spill.onDiskError', () => onDiskError({ message, cause }));
  }

  /** The disk works again: the next fault is news. */
  recovered(kind: FaultKind): void {
    this.#faulty.delete(kind);
  }
}

/** Later, so that the callback may use the producer. */
async function call(name: string, callback: () => unknown): Promise<void> {
  await Promise.resolve();
  await runCallback(warn, name, callback);
}

function warn(message: string): void {
  process.emitWarning(message, 'ClickstreamProducerWarning');
}
