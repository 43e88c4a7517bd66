import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '../../../../..');
const ENTRIES = {
  'stream-processor': path.join(ROOT, 'apps/stream-processor/src/handler.ts'),
  'empty-handler': path.join(import.meta.dirname, 'empty-handler.ts'),
};

export type ColdArm = keyof typeof ENTRIES;
export const coldArms: readonly ColdArm[] = ['stream-processor', 'empty-handler'];

export interface Bundles extends AsyncDisposable {
  readonly fileOf: (arm: ColdArm) => string;
}

/**
 * Bundles both handlers with the settings of the stack, infra/src/bundle.ts; a test compares what
 * comes out.
 */
export async function bundleHandlers(): Promise<Bundles> {
  const folder = await mkdtemp(path.join(tmpdir(), 'clickstream-bench-'));
  await build({
    entryPoints: ENTRIES,
    absWorkingDir: ROOT,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    conditions: ['@clickstream/source', 'module'],
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'silent',
  });
  return {
    fileOf: (arm) => path.join(folder, `${arm}.mjs`),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
