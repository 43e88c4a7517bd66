import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DemoError } from './demo-error.ts';
import { workspaceRoot } from './workspace-root.ts';

/** Writes the cloud assembly that `cdk deploy` would deploy into `outputDir`. */
export async function synthesize(outputDir: string, signal: AbortSignal): Promise<void> {
  const infra = join(workspaceRoot, 'infra');
  const cdk = join(infra, 'node_modules', '.bin', 'cdk');
  const args = ['synth', '--quiet', '--output', outputDir];
  try {
    await promisify(execFile)(cdk, args, { cwd: infra, signal });
  } catch (cause) {
    const output = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
    throw new DemoError(
      'synth_failed',
      `The stack could not be synthesized; run \`pnpm --filter @clickstream/infra exec cdk synth\` to see why. ${output.trim()}`,
      { cause },
    );
  }
}
