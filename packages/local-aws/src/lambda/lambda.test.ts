import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { FunctionDefinition } from './function-definition.ts';
import { createLambda, type Lambda, type LambdaOptions } from './lambda.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function deploy(
  code: string,
  definition: Partial<FunctionDefinition> = {},
  { options = {}, file = 'index.mjs' }: { options?: LambdaOptions; file?: string } = {},
): Promise<Lambda> {
  const codeDir = await mkdtemp(join(tmpdir(), 'function-'));
  await writeFile(join(codeDir, file), code);
  const lambda = createLambda(options);
  closers.push(async () => {
    await lambda.close();
    await rm(codeDir, { recursive: true });
  });
  lambda.createFunction({
    name: 'fn',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:fn',
    codeDir,
    handler: 'index.handler',
    ...definition,
  });
  return lambda;
}

const returns = async (lambda: Lambda, event: unknown = {}): Promise<unknown> => {
  const result = await lambda.invoke('fn', JSON.stringify(event));
  if (result.kind !== 'ok') throw new Error(JSON.stringify(result));
  return JSON.parse(result.payload);
};
const fails = async (lambda: Lambda, event: unknown = {}): Promise<unknown> => {
  const result = await lambda.invoke('fn', JSON.stringify(event));
  if (result.kind !== 'function_error') throw new Error(JSON.stringify(result));
  return JSON.parse(result.payload);
};

test('an async handler gets the event and a context', async () => {
  const lambda = await deploy(
    `export const handler = async (event, context) => ({
       event, name: context.functionName, arn: context.invokedFunctionArn, memory: context.memoryLimitInMB,
       left: context.getRemainingTimeInMillis(), id: context.awsRequestId, waits: context.callbackWaitsForEmptyEventLoop })`,
    { timeoutMs: 60_000, memoryMb: 256 },
  );
  const result = await lambda.invoke('fn', '{"a":"é"}');
  const payload: unknown = JSON.parse(result.kind === 'ok' ? result.payload : '');
  expect(payload).toMatchObject({
    event: { a: 'é' },
    name: 'fn',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:fn',
    memory: '256',
    id: result.kind === 'ok' && result.requestId,
    waits: true,
  });
  expect(payload).toHaveProperty('left', expect.closeTo(56_000, -4));
});

test.each([
  ['undefined', 'export const handler = async () => {}', 'index.mjs', null],
  ['a CommonJS function', 'exports.handler = async () => 1', 'index.js', 1],
  ['a function that is not async', 'export const handler = () => "x"', 'index.mjs', 'x'],
])('%s is a result', async (_what, code, file, expected) => {
  expect(await returns(await deploy(code, {}, { file }))).toEqual(expected);
});

test('a process is used again, keeps its state, and sees only its own variables', async () => {
  const lambda = await deploy(
    `let count = 0; export const handler = async () => ({ count: ++count, env: process.env })`,
    { environment: { TABLE: 'events' } },
    { options: { sharedVariables: { AWS_REGION: 'eu-west-1' } } },
  );
  await returns(lambda);
  const result = await returns(lambda);
  expect(result).toMatchObject({
    count: 2,
    env: {
      TABLE: 'events',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'fn',
      _HANDLER: 'index.handler',
    },
  });
  expect(result).not.toHaveProperty('env.HOME');
  expect(result).not.toHaveProperty('env.VITEST');
});

test('what is thrown is a function error and leaves the process alive', async () => {
  const lambda = await deploy(
    `export const handler = async (event) => { if (event.fail) throw new TypeError('no good'); return process.pid }`,
  );
  const pid = await returns(lambda);
  expect(await fails(lambda, { fail: true })).toMatchObject({
    errorType: 'TypeError',
    errorMessage: 'no good',
  });
  expect(await returns(lambda)).toBe(pid);
});

// Every way in which a process can come to its end, and that the next invocation is served all the same.
test.each([
  ['process.exit(1)', 'Runtime.ExitError', 'Runtime exited with error: exit status 1'],
  ['process.exit(0)', 'Runtime.ExitError', 'Runtime exited without providing a reason'],
  ['process.kill(process.pid, "SIGKILL")', 'Runtime.ExitError', 'signal: killed'],
  ['setTimeout(() => { throw new RangeError("late") })', 'RangeError', 'late'],
  ['Promise.reject(new Error("nobody"))', 'Runtime.UnhandledPromiseRejection', 'Error: nobody'],
  ['null', 'Sandbox.Timedout', 'Task timed out after 0.80 seconds'],
  ['(() => { for (;;); })()', 'Sandbox.Timedout', 'Task timed out after 0.80 seconds'],
])(
  '%s fails the invocation, and the next has a fresh process',
  async (code, errorType, message) => {
    const lambda = await deploy(
      `export const handler = async (event) => { if (!event.end) return process.pid; ${code}; await new Promise(() => setTimeout(() => {}, 1e6)) }`,
      { timeoutMs: errorType === 'Sandbox.Timedout' ? 800 : 20_000 },
    );
    const before = await returns(lambda);
    const error = await fails(lambda, { end: true });
    expect(error).toMatchObject({ errorType });
    expect(error).toHaveProperty('errorMessage', expect.stringContaining(message));
    expect(await returns(lambda)).not.toBe(before);
  },
);

test('running out of memory ends the process, not the caller', async () => {
  const lambda = await deploy(
    `export const handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill(Math.random())) }`,
    { memoryMb: 128, timeoutMs: 20_000 },
  );
  expect(await fails(lambda)).toMatchObject({ errorType: 'Runtime.ExitError' });
});

test("a timeout is in the function's log, also of a process that is stopped", async () => {
  const lines: string[] = [];
  const lambda = await deploy(
    `export const handler = async () => process.kill(process.pid, 'SIGSTOP')`,
    { timeoutMs: 800 },
    { options: { onLog: (name, line) => lines.push(`${name}: ${line}`) } },
  );
  expect(await fails(lambda)).toMatchObject({ errorType: 'Sandbox.Timedout' });
  expect(lines).toEqual([
    expect.stringMatching(/^fn: \S+Z [\da-f-]{36} Task timed out after 0\.80 seconds$/),
  ]);
});

test('what Node.js is told to load before a function is there, whatever its NODE_OPTIONS', async () => {
  const nodeArguments = ['--import', 'data:text/javascript,globalThis.loaded=true'];
  const lambda = await deploy(
    'export const handler = async () => [globalThis.loaded, process.env.NODE_OPTIONS]',
    { environment: { NODE_OPTIONS: '--enable-source-maps' } },
    { options: { nodeArguments } },
  );
  expect(await returns(lambda)).toEqual([true, '--enable-source-maps']);
});

test.each([
  ['export const handler = async (', 'index.handler', 'Runtime.UserCodeSyntaxError'],
  ['import "./nothing.mjs"', 'index.handler', 'Runtime.ImportModuleError'],
  ['export const other = 1', 'index.handler', 'Runtime.HandlerNotFound'],
  ['export const handler = 1', 'index.handler', 'Runtime.HandlerNotFound'],
  ['', 'absent.handler', 'Runtime.ImportModuleError'],
  [
    'export const handler = (a, b, done) => done()',
    'index.handler',
    'Runtime.CallbackHandlerDeprecated',
  ],
  ['throw new RangeError("init")', 'index.handler', 'RangeError'],
])('code that cannot be loaded is a function error: %s', async (code, handler, errorType) => {
  expect(await fails(await deploy(code, { handler }))).toMatchObject({ errorType });
});

test('the start is tried again with the next invocation', async () => {
  const mark = join(await mkdtemp(join(tmpdir(), 'mark-')), 'second');
  const lambda = await deploy(`
    import { existsSync, writeFileSync } from 'node:fs';
    const isSecond = existsSync(${JSON.stringify(mark)});
    writeFileSync(${JSON.stringify(mark)}, '');
    if (!isSecond) throw new RangeError('first');
    export const handler = async () => 'second';`);
  expect(await fails(lambda)).toMatchObject({ errorType: 'RangeError', errorMessage: 'first' });
  expect(await returns(lambda)).toBe('second');
  await rm(join(mark, '..'), { recursive: true });
});

test('code that is not there is a function error', async () => {
  const error = await fails(await deploy('', { codeDir: join(tmpdir(), 'no-such-directory') }));
  expect(error).toHaveProperty('errorMessage', expect.stringContaining('could not be started'));
});

test('a result that is not JSON is a function error', async () => {
  const lambda = await deploy(`export const handler = async () => ({ big: 1n })`);
  expect(await fails(lambda)).toMatchObject({ errorType: 'Runtime.MarshalError' });
});

test('events and results up to 6 MB pass, many times over; larger ones are refused', async () => {
  const lambda = await deploy(
    `export const handler = async ({ text, more }) => text + 'x'.repeat(more)`,
  );
  const text = 'y'.repeat(5_900_000);
  for (let i = 0; i < 4; i++)
    expect(await returns(lambda, { text, more: i })).toHaveLength(text.length + i);
  expect(await fails(lambda, { text, more: 500_000 })).toMatchObject({
    errorType: 'Function.ResponseSizeTooLarge',
  });
  const event = JSON.stringify({ text: 'z'.repeat(6 * 1024 * 1024), more: 0 });
  expect(await lambda.invoke('fn', event)).toEqual({ kind: 'invoke_error' });
});

test('invocations at once have a process each, up to the limit', async () => {
  const lambda = await deploy(
    `export const handler = async () => { await new Promise((r) => setTimeout(r, 400)); return process.pid }`,
    { reservedConcurrency: 2 },
  );
  const kinds = await Promise.all([1, 2, 3].map(() => lambda.invoke('fn', '{}')));
  expect(kinds.map(({ kind }) => kind)).toEqual(['ok', 'ok', 'throttled']);
  expect(new Set(kinds.map((one) => one.kind === 'ok' && one.payload)).size).toBe(3);
  expect(lambda.functions()[0]?.environments).toHaveLength(2);
});

test('a function with no concurrency is throttled, an unknown one is an invoke error', async () => {
  const lambda = await deploy('', { reservedConcurrency: 0 });
  expect(await lambda.invoke('fn', '{}')).toEqual({ kind: 'throttled' });
  expect(await lambda.invoke('other', '{}')).toEqual({ kind: 'invoke_error' });
});

test('an interrupt from the terminal does not end a function', async () => {
  const lambda = await deploy(`export const handler = async () => process.pid`);
  const pid = Number(await returns(lambda));
  process.kill(pid, 'SIGINT');
  await sleep(50);
  expect(await returns(lambda)).toBe(pid);
});

test('what a function writes is passed on line by line', async () => {
  const lines: string[] = [];
  const lambda = await deploy(
    `console.log('start'); export const handler = async () => { console.error('one\\ntwo') }`,
    {},
    { options: { onLog: (name, line) => lines.push(`${name}: ${line}`) } },
  );
  await returns(lambda);
  await lambda.close();
  expect(lines.toSorted()).toEqual(['fn: one', 'fn: start', 'fn: two']);
});

test('a process without work ends after a while, and one that is killed is replaced', async () => {
  const lambda = await deploy(
    `export const handler = async () => process.pid`,
    {},
    { options: { idleTimeoutMs: 150 } },
  );
  const first = Number(await returns(lambda));
  process.kill(first, 'SIGKILL');
  while (lambda.functions()[0]?.environments.length) await sleep(5);
  const second = Number(await returns(lambda));
  expect(second).not.toBe(first);
  while (isAlive(second)) await sleep(10);
  expect(lambda.functions()[0]?.environments).toEqual([]);
});

test('close ends processes, also those that are busy or just starting', async () => {
  const lambda = await deploy(`export const handler = async () => { for (;;); }`, {
    timeoutMs: 60_000,
  });
  const busy = lambda.invoke('fn', '{}');
  while (!lambda.functions()[0]?.environments.length) await sleep(5);
  const pid = lambda.functions()[0]?.environments[0]?.pid ?? 0;
  await sleep(200);
  const starting = lambda.invoke('fn', '{}');
  await lambda.close();
  expect(isAlive(pid)).toBe(false);
  expect((await Promise.all([busy, starting])).map(({ kind }) => kind)).toEqual([
    'function_error',
    'function_error',
  ]);
});

test('when the parent is killed its functions end, even in an endless loop', async () => {
  const codeDir = await mkdtemp(join(tmpdir(), 'function-'));
  await writeFile(
    join(codeDir, 'index.mjs'),
    `export const handler = async ({ loop }) => { console.log('pid ' + process.pid); while (loop); }`,
  );
  const code = `
    import { createLambda } from ${JSON.stringify(new URL('./lambda.ts', import.meta.url).href)};
    const lambda = createLambda({ onLog: (_, line) => console.log(line) });
    lambda.createFunction({ name: 'fn', arn: 'arn', codeDir: ${JSON.stringify(codeDir)}, handler: 'index.handler', timeoutMs: 60000 });
    void lambda.invoke('fn', '{"loop":true}');
    void lambda.invoke('fn', '{}');`;
  const parent = spawn(
    process.execPath,
    ['--conditions=@clickstream/source', '--input-type=module', '-e', code],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  while ((output.match(/pid \d+\n/g) ?? []).length < 2)
    output += String(await once(parent.stdout, 'data'));
  parent.kill('SIGKILL');
  const pids = [...output.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
  expect(pids).toHaveLength(2);
  while (pids.some(isAlive)) await sleep(10);
  await rm(codeDir, { recursive: true });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
