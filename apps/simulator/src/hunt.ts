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
  /** The command that runs that seed again. */
  readonly replay: string | undefined;
}

/** Runs seeds with the bug in place, one after the other, until one finds it. */
export async function hunt(
  { name: mutant, does }: Mutant,
  seeds: { readonly first: number; readonly count: number },
): Promise<Catch> {
  await using pool = createWorkerPool(1, mutant);
  for (let seed = seeds.first; seed < seeds.first + seeds.count; seed += 1) {
    const { violations } = await pool.ask({ kind: 'seed', seed });
    const [violation] = violations;
    if (violation !== undefined) {
      const replay = `pnpm simulate --mutant ${mutant} --seed ${seed}`;
      return { mutant, does, seed, violation, replay };
    }
  }
  return { mutant, does, seed: undefined, violation: undefined, replay: undefined };
}
