import path from 'node:path';
import { checkEvents } from '../check/check-events.ts';
import { composeEvents } from '../compose.ts';
import type { EventModel } from '../json-schema.ts';
import { loadRegistry } from '../load-registry.ts';
import { RELEASED_FOLDER, type ReleasedSchema, readReleased } from '../released.ts';
import { type PendingRelease, readPendingRelease } from './changesets.ts';
import { type EventChange, findEventChanges } from './event-changes.ts';
import { readRetired } from './retired.ts';

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
  const verdicts = checkEvents(models, released, defined.reserved);
  return {
    models,
    released,
    changes: findEventChanges(verdicts, new Set(await readRetired(folder))),
    pending: await readPendingRelease(root),
  };
}
