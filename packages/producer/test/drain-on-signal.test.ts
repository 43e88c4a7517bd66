import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createProducer, drainOnSignal } from '../src/index.ts';
import { createMemoryTransport } from '../src/testing.ts';
import { type Child, runChild } from './child.ts';
import { createTestStream, STREAM, type TestStream } from './kinesis.ts';

const SCRIPT = new URL('signal-scripts.ts', import.meta.url);

function start(script: string, stream: TestStream, wrapper: readonly string[] = []): Child {
  return runChild(SCRIPT, [script], { ...stream.env, STREAM_NAME: STREAM }, wrapper);
}

async function get(port: string, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return response.text();
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: requests are answered, their events delivered, then the signal ends the process',
  async (signal) => {
    await using stream = await createTestStream();
    await using child = start('drains', stream);
    const port = await child.line();
    await get(port, '/first');
    const slow = get(port, '/slow');
    expect(await child.line()).toBe('slow request');
    expect(await stream.records()).toEqual([]);
    child.process.kill(signal);
    expect(await slow).toBe('ok');
    expect(await child.line()).toBe('{"delivered":2,"failed":0,"pending":0}');
    expect(await child.ended).toBe(signal);
    const urls = (await stream.records()).map(({ event }) => event);
    expect(urls).toMatchObject([
      { url: 'https://shop.example/first' },
      { url: 'https://shop.example/slow' },
    ]);
  },
);

test('what the time does not suffice for is reported before the process ends', async () => {
  await using stream = await createTestStream({ faults: () => ({ kind: 'hang' }) });
  await using child = start('has 500 ms', stream);
  await get(await child.line(), '/');
  const startMs = performance.now();
  child.process.kill();
  const lines = [await child.line(), await child.line()];
  expect(lines).toContain('{"delivered":0,"failed":1,"pending":0}');
  expect(lines.join()).toMatch(/undeliverable: the event was not delivered: close\(\) had \d+ ms/);
  expect(await child.ended).toBe('SIGTERM');
  expect(performance.now() - startMs).toBeGreaterThan(400);
});

test.each([
  ['cannot close its server', ''],
  ['fails to close its server', 'before failed: Error: no idea how'],
])('a process that %s delivers its events all the same', async (script, warning) => {
  await using stream = await createTestStream();
  await using child = start(script, stream);
  await get(await child.line(), '/');
  child.process.kill();
  expect(await child.line()).toBe('{"delivered":1,"failed":0,"pending":0}');
  expect(await child.ended).toBe('SIGTERM');
  expect(child.stderr()).toContain(warning);
});

test('a second signal ends the wait', async () => {
  await using stream = await createTestStream({ faults: () => ({ kind: 'hang' }) });
  await using child = start('drains', stream);
  await get(await child.line(), '/');
  child.process.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 200)); // two at once would be one signal
  child.process.kill('SIGINT');
  expect(await child.ended).toBe('SIGINT');
  // The default of 25 s would be longer than this test may take.
  expect(await child.line()).toContain('close() had 0 ms');
}, 15_000);

test('another listener of the signal keeps the process, and ends it as it likes', async () => {
  await using stream = await createTestStream();
  await using child = start('ends by its own listener', stream);
  await get(await child.line(), '/');
  child.process.kill();
  expect(await child.ended).toBe('code 7');
  expect(await stream.records()).toHaveLength(1);
});

test('once stopped, it leaves the signal alone', async () => {
  await using stream = await createTestStream();
  await using child = start('stopped listening', stream);
  await get(await child.line(), '/');
  child.process.kill();
  expect(await child.ended).toBe('SIGTERM');
  expect(await stream.records()).toEqual([]);
});

/** A process of its own PID namespace, as in a container; not everybody may make one. */
const NAMESPACE = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
test.skipIf(!mayUnshare())(
  'as PID 1, which no signal ends by itself, it exits with 128 + n',
  async () => {
    await using stream = await createTestStream();
    await using child = start('drains', stream, NAMESPACE);
    await get(await child.line(), '/');
    const [pid = ''] = execFileSync('pgrep', ['-P', String(child.process.pid)], {
      encoding: 'utf8',
    }).split('\n');
    process.kill(Number(pid), 'SIGTERM');
    expect(await child.line()).toBe('{"delivered":1,"failed":0,"pending":0}');
    expect(await child.ended).toBe('code 143');
  },
);

function mayUnshare(): boolean {
  try {
    const [command = '', ...args] = NAMESPACE;
    execFileSync(command, [...args, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('wrong options are refused at the call', async () => {
  await using producer = createProducer({
    streamName: 'events',
    transport: createMemoryTransport(),
  });
  expect(() => drainOnSignal(producer, { timeoutMs: -1 })).toThrow('timeoutMs: expected');
  expect(process.listenerCount('SIGTERM')).toBe(0);
});
