import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { synthesize } from '../../synthesize.ts';
import { bundleHandlers } from './bundle.ts';

test('what is started is, byte for byte, what the stack deploys', { timeout: 60_000 }, async () => {
  const assembly = await mkdtemp(path.join(tmpdir(), 'clickstream-bench-'));
  try {
    await synthesize(assembly);
    const deployed = globSync('asset.*/index.mjs', { cwd: assembly }).map((file) =>
      codeOf(path.join(assembly, file)),
    );
    await using bundles = await bundleHandlers();
    // Not as the subject of `expect`: a failure would print megabytes.
    expect(deployed.includes(codeOf(bundles.fileOf('stream-processor')))).toBe(true);
  } finally {
    await rm(assembly, { recursive: true, force: true });
  }
});

/** Without the last line, which names the file of the source map. */
function codeOf(file: string): string {
  const code = readFileSync(file, 'utf8');
  const end = code.lastIndexOf('//# sourceMappingURL=');
  return end === -1 ? code : code.slice(0, end);
}
