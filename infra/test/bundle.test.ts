import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { createApp } from './synthesize.ts';

let bundles: readonly string[];

beforeAll(() => {
  const { directory } = createApp({ 'aws:cdk:bundling-stacks': ['**'] }).app.synth();
  bundles = globSync('asset.*/index.mjs', { cwd: directory }).map((path) => join(directory, path));
});

test('each function is one module that exports its handler and finds all it needs', () => {
  expect(bundles).toHaveLength(2);
  const env = {
    EVENTS_TABLE: 'events',
    COUNTERS_TABLE: 'counters',
    DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/letters',
    QUARANTINE_BUCKET: 'quarantine',
    AWS_REGION: 'eu-central-1',
  };
  for (const bundle of bundles) {
    const script = `console.log(Object.keys(await import(${JSON.stringify(pathToFileURL(bundle).href)})))`;
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      env,
    });
    expect(output.toString()).toBe("[ 'handler' ]\n");
  }
});

test('no path of this machine gets into a bundle: the same sources give the same hash', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  for (const file of bundles.flatMap((bundle) => [bundle, `${bundle}.map`])) {
    // Not as the subject of `expect`: a failure would print megabytes.
    expect(readFileSync(file, 'utf8').includes(root)).toBe(false);
  }
});

test('a stack trace leads to the source', () => {
  for (const bundle of bundles) {
    const map = readFileSync(`${bundle}.map`, 'utf8');
    expect(/"apps\/(?:dlq-handler|stream-processor)\/src\/handler\.ts"/.test(map)).toBe(true);
  }
});
