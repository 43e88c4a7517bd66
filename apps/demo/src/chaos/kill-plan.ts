import type { Random } from '../random.ts';

/**
 * What is killed: one process of a function, the storefront, or all local services at once. A frozen
 * function (SIGSTOP) is killed by Lambda when its time is up, a full one by V8 when its memory is.
 */
export type Victim =
  | 'stream-processor'
  | 'frozen stream-processor'
  | 'full stream-processor'
  | 'dlq-handler'
  | 'storefront'
  | 'pipeline';

/** One blow. */
export interface Kill {
  readonly victim: Victim;
  /** When this many events have been sent. */
  readonly atEvents: number;
}

/** How many there are at least, and how many events it takes for one more. */
const rates: Readonly<
  Record<
    Victim,
    {
      readonly atLeast: number;
      readonly everyEvents: number;
      /** The part of the events after which there are no more. Default 0.95. */
      readonly until?: number;
    }
  >
> = {
  'stream-processor': { atLeast: 2, everyEvents: 1_000 },
  // Each costs the users of its lane the function's whole timeout; the work goes on beside it.
  'frozen stream-processor': { atLeast: 1, everyEvents: 25_000, until: 0.5 },
  // Each costs this machine the function's whole memory for some seconds.
  'full stream-processor': { atLeast: 1, everyEvents: 25_000, until: 0.5 },
  'dlq-handler': { atLeast: 1, everyEvents: 10_000 },
  storefront: { atLeast: 1, everyEvents: 12_500 },
  pipeline: { atLeast: 1, everyEvents: 25_000 },
};

const victims = [
  'stream-processor',
  'frozen stream-processor',
  'full stream-processor',
  'dlq-handler',
  'storefront',
  'pipeline',
] as const;

/** Plans the kills of a run, in their order: by progress, so that a fast machine sees as many. */
export function planKills(events: number, random: Random): Kill[] {
  return victims
    .flatMap((victim) => {
      const { atLeast, everyEvents, until = 0.95 } = rates[victim];
      const length = atLeast + Math.floor(events / everyEvents);
      const atEvents = () => random.integer(Math.floor(events / 20), Math.floor(events * until));
      return Array.from({ length }, () => ({ victim, atEvents: atEvents() }));
    })
    .toSorted((a, b) => a.atEvents - b.atEvents);
}
