import { hash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded source of choices. */
export interface Random {
  /** A number in [0, 1). */
  readonly next: () => number;
  /** A whole number, both ends included. */
  integer(min: number, max: number): number;
  pick<const T extends readonly [unknown, ...unknown[]]>(choices: T): T[number];
  /** True with the given probability, 0..1. */
  chance(probability: number): boolean;
}

/**
 * The source for one purpose. Each purpose has its own, so that taking a fault out of a schedule
 * leaves everything else as it was as far as possible: a failure can then be made smaller.
 */
export function randomFor(seed: number, ...purpose: readonly (string | number)[]): Random {
  const digest = hash('md5', [seed, ...purpose].join('/'), 'hex');
  const generator = xoroshiro128plus(Number.parseInt(digest.slice(0, 8), 16) | 0);
  const integer = (min: number, max: number): number => uniformInt(generator, min, max);
  const next = (): number => uniformFloat64(generator);
  return {
    next,
    integer,
    pick: (choices) => choices[integer(0, choices.length - 1)] ?? choices[0],
    chance: (probability) => next() < probability,
  };
}
