import { DemoError } from './demo-error.ts';

/** What a demo is to do; see `pnpm demo --help`. */
export interface DemoOptions {
  /** Events that the shoppers send, 1..1,000,000. Default 20,000. */
  readonly events: number;
  /** Poison records per event, 0..1. Default 0.01. */
  readonly poison: number;
  /** Seed of the shoppers and of the poison. Default 1. */
  readonly seed: number;
  /** Port of the storefront, 0 for a free one. Default 0. */
  readonly port: number;
  /** Whether the storefront packs many events into one record. Default false. */
  readonly aggregate: boolean;
  /** Whether requests fail and processes are killed on purpose. Default false. */
  readonly chaos: boolean;
}

const ranges = {
  events: { min: 1, max: 1_000_000, whole: true },
  poison: { min: 0, max: 1, whole: false },
  seed: { min: 0, max: 2 ** 31 - 1, whole: true },
  port: { min: 0, max: 65_535, whole: true },
} as const;

/** The defaults of every option. */
export const defaults: DemoOptions = {
  events: 20_000,
  poison: 0.01,
  seed: 1,
  port: 0,
  aggregate: false,
  chaos: false,
};

/**
 * Reads one option from the command line.
 *
 * @throws {DemoError} `invalid_option`, naming the option and its range
 */
export function parseOption(name: keyof typeof ranges, text: string): number {
  const { min, max, whole } = ranges[name];
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  throw new DemoError(
    'invalid_option',
    `--${name} takes a ${whole ? 'whole ' : ''}number from ${min} to ${max}, not '${text}'.`,
  );
}
