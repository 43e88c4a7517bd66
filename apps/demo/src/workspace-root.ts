import { resolve } from 'node:path';

/** The root of the repository: the demo runs the infrastructure and the apps where they lie. */
export const workspaceRoot = resolve(import.meta.dirname, '../../..');
