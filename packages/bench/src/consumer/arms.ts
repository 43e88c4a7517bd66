import type { KinesisStreamEvent } from 'aws-lambda';

/** Works through a batch and says how many events its handlers got. */
export type Consume = (batch: KinesisStreamEvent) => Promise<number>;

export interface Arm {
  /** One line for readers of the report. */
  readonly what: string;
  /** Loads only what this arm needs. */
  readonly open: () => Promise<Consume>;
}

export const OURS = 'ours';
/** What no consumer can do without. */
export const FLOOR = 'decode-and-parse';
export const POWERTOOLS = 'powertools';

export const arms: Readonly<Record<string, Arm>> = {
  [FLOOR]: {
    what: 'a loop of JSON.parse(Buffer.from(data, "base64").toString()): no validation, no dispatch',
    open: async () => (await import('./arms/floor.ts')).floor,
  },
  [OURS]: {
    what: 'createKinesisHandler(), empty handlers',
    open: async () => (await import('./arms/ours.ts')).ours({}),
  },
  'ours-commit': {
    what: 'the same with an empty commit, 100 events at a time',
    open: async () => {
      const { ours } = await import('./arms/ours.ts');
      return ours({ commit: async () => undefined, commitSize: 100 });
    },
  },
  'ours-observed': {
    what: 'the same with an observer of every event and batch',
    open: async () => {
      const { ours } = await import('./arms/ours.ts');
      return ours({ observer: { eventSettled: () => undefined, batchSettled: () => undefined } });
    },
  },
  [POWERTOOLS]: {
    what: 'Powertools batch and parser, Zod, the record schema made once',
    open: async () => (await import('./arms/powertools.ts')).open('once'),
  },
  'powertools-inner-schema': {
    what: 'the same with innerSchema and transformer, as its documentation begins',
    open: async () => (await import('./arms/powertools.ts')).open('each record'),
  },
};
