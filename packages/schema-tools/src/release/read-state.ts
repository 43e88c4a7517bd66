import path from 'node:path';
import { checkEvents } from '../check/check-events.ts';
import { describeProblem } from '../check/report.ts';
import { verifySnapshots } from '../check/verify-snapshots.ts';
import { composeEvents } from '../compose.ts';
import { SchemaError } from '../errors.ts';
import type { EventModel } from '../json-schema.ts';
import { loadRegistry } from '../load-registry.ts';
import { RELEASED_FOLDER, type ReleasedSchema, readReleased } from '../released.ts';
import { readRetired } from '../retired.ts';
import { type PendingRelease, readPendingRelease } from './changesets.ts';
import { type EventChange, findEventChanges } from './event-changes.ts';

/** All that `bump` and `release` decide by. */
export interface ReleaseState {
  readonly models: readonly EventModel[];
  readonly released: readonly ReleasedSchema[];
  readonly changes: readonly EventChange[];
  readonly pending: PendingRelease;
}

/**
 * Reads the working schemas, the released ones and the pending changesets of a repository.
 *
 * @param registry - the module with the registry, relative to the root or absolute.
 * @throws {@link SchemaError} whatever of these cannot be read.
 */
export async function readReleaseState(root: string, registry: string): Promise<ReleaseState> {
  const defined = await loadRegistry(path.resolve(root, registry));
  const models = composeEvents(defined);
  const folder = path.join(root, RELEASED_FOLDER);
  const released = await readReleased(folder);
  const { problems } = await verifySnapshots(root, released);
  const [broken] = problems;
  if (broken !== undefined) {
    throw new SchemaError(
      'invalid_snapshot',
      `${describeProblem(broken)}; run \`pnpm schemas check\`, and mend what it says first.`,
    );
  }
  const gone = { ...defined, released: new Set(await readRetired(folder)) };
  return {
    models,
    released,
    changes: findEventChanges(checkEvents(models, released, gone)),
    pending: await readPendingRelease(root),
  };
}
