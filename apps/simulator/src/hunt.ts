import type { Violation } from './delivery-contract.ts';
import type { Mutant } from './mutants.ts';
import { createWorkerPool } from './worker-pool.ts';

/** Whether a deliberate bug was found, and how soon. */
export interface Catch {
  readonly mutant: string;
  readonly does: string;
  /** The first seed that found it; undefined: none did. */
  readonly seed: number | undefined;
  /** What the first violation was. */
  readonly violation: Violation | undefined;
}

/** Runs seeds with the bug in place, from 1 on, until one finds it. */
export async function hunt({ name: mutant, does }: Mutant, maxSeeds: number): Promise<Catch> {
  await using pool = createWorkerPool(1, mutant);
  for (let seed = 1; seed <= maxSeeds; seed += 1) {
    const { violations } = await pool.ask({ kind: 'seed', seed });
    if (violations[0] !== undefined) return { mutant, does, seed, violation: violations[0] };
  }
  return { mutant, does, seed: undefined, violation: undefined };
}
