import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import * as events from '../src/index.ts';

const run = promisify(execFile);

/** What an event may cost an application, minified, with all that it calls. */
const EVENT_BYTES = 10_000;
/** What one validator alone may cost, with all that it calls. */
const VALIDATOR_BYTES = 4_000;

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

function only(name: string): Promise<string> {
  return bundle(`export { ${name} } from '../src/index.ts';`);
}

const types = Object.keys(events.contracts);

/** Types of events that occur in a bundle: every part of an event but its input names its type. */
function typesIn(code: string): string[] {
  return types.filter((type) => new RegExp(`["'\`]${type}["'\`]`).test(code));
}

/** Types of events whose inputs are checked in a bundle: each field of an input has its case. */
function inputsIn(code: string): string[] {
  return events.schemas
    .filter(
      ({ inputSchema }) =>
        inputSchema !== undefined &&
        Object.keys(inputSchema['properties'] ?? {}).every((field) =>
          new RegExp(`case ?["'\`]${field}["'\`]:`).test(code),
        ),
    )
    .map(({ type }) => type);
}

/** What the package exports of each event, by the names that the application imports. */
const exported = Object.values(events.contracts).map((contract) => ({
  type: contract.type,
  contract: nameOf(contract),
  is: nameOf(contract.is),
  isInput: nameOf(contract.isInput),
}));

function nameOf(value: unknown): string {
  return Object.entries(events).find(([, candidate]) => candidate === value)?.[0] ?? 'not exported';
}

describe.each(exported)('an application that imports only $contract', (names) => {
  test('ships the validator of that event alone, without schema and explanation', async () => {
    const code = await only(names.is);
    expect(typesIn(code)).toEqual([names.type]);
    for (const foreign of ['json-schema.org', 'x-expected']) expect(code).not.toContain(foreign);
    expect(code.length).toBeLessThan(VALIDATOR_BYTES);
  });

  test('ships the validator of that input alone', async () => {
    const code = await only(names.isInput);
    expect(typesIn(code)).toEqual([]);
    expect(inputsIn(code)).toEqual([names.type]);
    for (const foreign of ['json-schema.org', 'x-expected']) expect(code).not.toContain(foreign);
    expect(code.length).toBeLessThan(VALIDATOR_BYTES);
  });

  test('ships the contract of that event alone, within its budget', async () => {
    const code = await only(names.contract);
    expect(typesIn(code)).toEqual([names.type]);
    expect(code).not.toContain('json-schema.org');
    expect(Buffer.byteLength(code)).toBeLessThan(EVENT_BYTES);
  });
});

test('all events together are within their budgets, what they share included', async () => {
  const code = await bundle(`export * from '../src/index.ts';`);
  expect(typesIn(code)).toEqual(types);
  expect(Buffer.byteLength(code)).toBeLessThan(types.length * EVENT_BYTES);
});

test('the envelope is there once, however many events are', async () => {
  const code = await only('contracts');
  expect(code.split('a UUIDv7 in lower case')).toHaveLength(2);
});

test('what is imported for nothing costs nothing', async () => {
  expect(await bundle(`import '../src/index.ts';`)).toBe('');
});

test('nothing makes code from strings', async () => {
  const code = await bundle(`export * from '../src/index.ts';`);
  expect(code).not.toMatch(/\beval\b|\bFunction\b|\bimport\(|setTimeout|setInterval/);
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
  expect(answers).toEqual(types.map(() => [true, true]));
});
