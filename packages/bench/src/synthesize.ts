import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { BenchError } from './errors.ts';

const INFRA = path.resolve(import.meta.dirname, '../../../infra');

/**
 * Writes the stack, both functions bundled, into a folder.
 *
 * @throws {@link BenchError} `failed_run`
 */
export async function synthesize(outputDir: string): Promise<void> {
  const cdk = path.join(INFRA, 'node_modules/.bin/cdk');
  try {
    await promisify(execFile)(cdk, ['synth', '--quiet', '--output', outputDir], { cwd: INFRA });
  } catch (cause) {
    const message = `The stack could not be synthesized; run \`npx cdk synth\` in ${INFRA} to see why.`;
    throw new BenchError('failed_run', message, { cause });
  }
}
