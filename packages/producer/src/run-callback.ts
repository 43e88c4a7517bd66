import { reasonOf } from './producer-error.ts';
import type { Warn } from './warner.ts';

/** Runs a callback of the user's. What it throws is warned of and goes no further. */
export async function runCallback(
  warn: Warn,
  name: string,
  callback: () => unknown,
): Promise<void> {
  try {
    await callback();
  } catch (error) {
    warn(`${name} failed: ${reasonOf(error)}`);
  }
}
