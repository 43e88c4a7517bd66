import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { contracts } from '../src/index.ts';

const run = promisify(execFile);

/** What an application that consists of `source` ships. */
async function bundle(source: string): Promise<string> {
  const result = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'silent',
  });
  return result.outputFiles[0]?.text ?? '';
}

describe('an application ships only what it imports', () => {
  test('one validator brings no other event, no schema and no explanation', async () => {
    const code = await bundle(`export { isClick } from '../src/index.ts';`);
    expect(code).toContain('element_id');
    for (const foreign of ['order_id', 'referrer', 'json-schema.org', 'x-expected']) {
      expect(code).not.toContain(foreign);
    }
    expect(code.length).toBeLessThan(2500);
  });

  test('one contract brings no other event', async () => {
    const code = await bundle(`export { purchase } from '../src/index.ts';`);
    expect(code).toContain('order_id');
    for (const foreign of ['element_id', 'referrer']) expect(code).not.toContain(foreign);
    expect(code.length).toBeLessThan(14_000);
  });
});

test('everything runs where code generation from strings is forbidden', async () => {
  const code = await bundle(`
    import { contracts, parseEvent } from '../src/index.ts';
    const answers = Object.values(contracts).map(({ sample, explain }) => [
      parseEvent(new TextEncoder().encode(JSON.stringify(sample))).ok,
      explain({}).length > 0,
    ]);
    console.log(JSON.stringify(answers));
  `);
  const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', code];
  const { stdout } = await run(process.execPath, flags);
  const answers: unknown = JSON.parse(stdout);
  expect(answers).toEqual(Object.values(contracts).map(() => [true, true]));
});
