import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createTestStream, STREAM, type TestStream } from './kinesis.ts';

const SCRIPT = fileURLToPath(new URL('exit-scripts.ts', import.meta.url));
/** Far below what a keep-alive connection or a request timeout would take. */
const TIMEOUT_MS = 20_000;

async function run(name: string, stream: TestStream): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ['--conditions=@clickstream/source', SCRIPT, name], {
    env: { ...process.env, ...stream.env, STREAM_NAME: STREAM },
    timeout: TIMEOUT_MS,
  });
}

test.each([
  ['closes', 1],
  ['awaits and forgets to close', 1],
  ['neither awaits nor closes', 1],
  ['never tracks', 0],
] as const)('a process that %s ends by itself, with its events delivered', async (name, stored) => {
  await using stream = await createTestStream();
  await run(name, stream);
  expect(await stream.records()).toHaveLength(stored);
});

test('a process that closes with a timeout ends, even if the stream never answers', async () => {
  await using stream = await createTestStream({ faults: () => ({ kind: 'hang' }) });
  const { stdout, stderr } = await run('closes in vain', stream);
  expect(JSON.parse(stdout)).toEqual({ delivered: 0, failed: 1, pending: 0 });
  expect(stderr).toContain('a page_view event will not reach the stream');
});
