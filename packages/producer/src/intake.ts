import type { Receipt } from './receipt.ts';
import type { WriterContract } from './seal-event.ts';
import type { Snapshot } from './snapshot.ts';
import { activeTraceparent } from './trace-context.ts';
import { TrackedEvent } from './tracked-event.ts';

/** No more is held until the turn ends. */
const MAX_EVENTS = 1_000;
const MAX_CHARACTERS = 262_144;

/**
 * Takes events in the call and hands them on, in order, when the turn of the event loop is over: to
 * check and write them is not for the request that tracks them. Bounded; what is more is handed on
 * in the call that brings it.
 */
export class Intake {
  readonly #handOn: (events: readonly TrackedEvent[]) => void;
  #events: TrackedEvent[] = [];
  #characters = 0;
  #immediate: NodeJS.Immediate | undefined;

  constructor(handOn: (events: readonly TrackedEvent[]) => void) {
    this.#handOn = handOn;
  }

  /** @param fields the caller's, copied: nobody else changes them */
  add(contract: WriterContract, { value: fields, characters }: Snapshot): Promise<Receipt> {
    const event = stamped(contract, fields);
    this.#events.push(event);
    this.#characters += characters;
    if (this.#events.length >= MAX_EVENTS || this.#characters >= MAX_CHARACTERS) this.handOn();
    else this.#immediate ??= setImmediate(() => this.handOn());
    return event.receipt;
  }

  /** Hands on what there is now. */
  handOn(): void {
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    this.#characters = 0;
    this.#handOn(events);
  }
}

/** An event with the time and the active span, unless the caller has given them. */
function stamped(contract: WriterContract, fields: unknown): TrackedEvent {
  const { timestamp, traceparent } = stampsIn(fields);
  return new TrackedEvent(
    contract.type,
    contract,
    fields,
    timestamp === undefined ? isoNow() : undefined,
    traceparent === undefined ? activeTraceparent() : undefined,
  );
}

function stampsIn(fields: unknown): {
  readonly timestamp?: unknown;
  readonly traceparent?: unknown;
} {
  return typeof fields === 'object' && fields !== null ? fields : {};
}

let lastMs = -1;
let lastIso = '';

/** The time now. Many events fall into one millisecond, and formatting is the dear part. */
function isoNow(): string {
  const ms = Date.now();
  if (ms !== lastMs) {
    lastMs = ms;
    lastIso = new Date(ms).toISOString();
  }
  return lastIso;
}
