import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { spawnShop } from './process.ts';
import { startStream } from './stream.ts';

function collect(url: string, count: number, query = ''): Promise<Response> {
  const click = { event: 'click', element_id: 'add-to-cart', page: '/' };
  return fetch(`${url}/collect${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: 'ada', events: Array.from({ length: count }, () => click) }),
  });
}

describe('a stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('by %s delivers what was accepted', async (signal) => {
    await using stream = await startStream({
      // Slow enough for the signal to come while events are on their way.
      faults: ({ operation }) =>
        operation === 'PutRecords' ? { kind: 'delay', delayMs: 30 } : undefined,
    });
    await using shop = spawnShop({ ...stream.env, PORT: '0' });
    const url = await shop.listening();
    expect((await collect(url, 10)).status).toBe(202);
    shop.child.kill(signal);
    expect(await shop.ended).toEqual({ code: 0, stderr: '' });
    expect(await stream.read()).toHaveLength(10);
  });

  test('answers those who wait for a receipt first', async () => {
    await using stream = await startStream({
      faults: ({ operation }) =>
        operation === 'PutRecords' ? { kind: 'delay', delayMs: 300 } : undefined,
    });
    await using shop = spawnShop({ ...stream.env, PORT: '0' });
    const url = await shop.listening();
    const response = collect(url, 1, '?receipts=1');
    await expect.poll(() => stream.requests()['PutRecords']).toBe(1);
    shop.child.kill('SIGTERM');
    expect(await (await response).json()).toMatchObject({ results: [{ attempts: 1 }] });
    expect((await shop.ended).code).toBe(0);
  });

  test('follows the end of the program that started it', async () => {
    await using stream = await startStream();
    await using shop = spawnShop({ ...stream.env, PORT: '0' }, 'ipc');
    const url = await shop.listening();
    await collect(url, 1);
    shop.child.disconnect();
    expect((await shop.ended).code).toBe(0);
    expect(await stream.read()).toHaveLength(1);
  });

  test('does not hang on a stream that is away, and says what was lost', async () => {
    await using stream = await startStream({
      faults: ({ operation }) => (operation === 'PutRecords' ? { kind: 'hang' } : undefined),
    });
    await using shop = spawnShop({ ...stream.env, PORT: '0', STOP_TIMEOUT_MS: '200' });
    const url = await shop.listening();
    await collect(url, 3);
    shop.child.kill('SIGTERM');
    const { code, stderr } = await shop.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('3 events were not delivered.');
  });
});

describe('a start that fails says why', () => {
  test('without a stream', async () => {
    await using shop = spawnShop({ PORT: '0' });
    expect(await shop.ended).toEqual({
      code: 2,
      stderr: 'STREAM_NAME must be the name of the Kinesis stream for the events.\n',
    });
  });

  test('on a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await using shop = spawnShop({
      STREAM_NAME: 'events',
      PORT: String(port),
      AWS_REGION: 'eu-central-1',
    });
    const { code, stderr } = await shop.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/address already in use.*Set PORT to another port, or to 0/);
    other.close();
  });
});
