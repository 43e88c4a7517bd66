import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Mutant } from './mutants.ts';
import { SimulatorError } from './simulator-error.ts';

/** Where the paths of mutants start. */
const workspaceRoot = new URL('../../../', import.meta.url);

/**
 * The source of a mutant's file, with the bug in it.
 * @throws {SimulatorError} `stale_mutant` when the file has not exactly one such fragment
 */
export function mutate(source: string, { name, file, edits }: Mutant): string {
  let mutated = source;
  for (const { fragment, bug } of edits) {
    const found = mutated.split(fragment).length - 1;
    if (found !== 1) {
      throw new SimulatorError(
        'stale_mutant',
        `The mutant ${name} looks for one ${JSON.stringify(fragment)} in ${file} and finds ${found}: the code has changed, so change the mutant in apps/simulator/src/mutants.ts.`,
      );
    }
    mutated = mutated.replace(fragment, () => bug);
  }
  return mutated;
}

/** The shipped source that a mutant changes. */
export function readShipped({ file }: Mutant): string {
  return readFileSync(fileURLToPath(new URL(file, workspaceRoot)), 'utf8');
}

/**
 * From now on this thread loads the mutant in the place of the shipped file.
 * @returns whether the file has been loaded
 * @throws {SimulatorError} `stale_mutant`
 */
export function mutateOnLoad(mutant: Mutant): () => boolean {
  const url = pathToFileURL(fileURLToPath(new URL(mutant.file, workspaceRoot))).href;
  const source = mutate(readShipped(mutant), mutant);
  let isLoaded = false;
  registerHooks({
    load(loaded, context, nextLoad) {
      if (loaded !== url) return nextLoad(loaded, context);
      isLoaded = true;
      return { ...nextLoad(loaded, context), source };
    },
  });
  return () => isLoaded;
}
