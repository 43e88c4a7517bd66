import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createProducer } from '../src/index.ts';
import { createMemoryTransport } from '../src/testing.ts';
import { runChild } from './child.ts';
import { titleOf } from './faulty-stream.ts';
import { createTestStream, STREAM } from './kinesis.ts';

const SCRIPT = new URL('process-scripts.ts', import.meta.url);

test.each(['fork', 'cluster', 'worker_threads'])(
  '%s: each has a producer of its own, and no two events one id',
  async (script) => {
    await using stream = await createTestStream();
    await using child = runChild(SCRIPT, [script], {
      ...stream.env,
      STREAM_NAME: STREAM,
    });
    expect(`${await child.ended}${child.stderr()}`).toBe('code 0');
    const ids = (await stream.records()).map(({ event }) => event.event_id);
    expect(ids).toHaveLength(1_000);
    expect(new Set(ids).size).toBe(1_000);
  },
);

test('a producer cannot be passed to another thread, and the error says what could not', () => {
  const producer = createProducer({ streamName: 'events', transport: createMemoryTransport() });
  expect(() => structuredClone(producer)).toThrow(/=> track\(.* could not be cloned/);
});

test('what is pending when Lambda freezes the process is delivered in the next invocation', async () => {
  let outage = true;
  await using stream = await createTestStream({
    faults: () => (outage ? { kind: 'hang' } : undefined),
  });
  const env = { ...stream.env, STREAM_NAME: STREAM };
  await using child = runChild(SCRIPT, ['lambda'], env);
  const invoke = async (title: string, limitMs: number): Promise<string> => {
    child.process.stdin?.write(`${title} ${limitMs}\n`);
    return child.line();
  };
  expect(await child.line()).toBe('ready');
  expect(await invoke('first', 400)).toBe('first');
  expect(await stream.records()).toEqual([]);

  child.process.kill('SIGSTOP');
  await sleep(1_500); // longer than the request may take, so it has run out at the thaw
  outage = false;
  child.process.kill('SIGCONT');
  expect(await invoke('second', 20_000)).toBe('second');
  const titles = (await stream.records()).map(({ event }) => titleOf(event));
  expect(titles).toEqual(['first', 'second']);
});
