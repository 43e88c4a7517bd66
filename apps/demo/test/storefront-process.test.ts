import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { DemoError } from '../src/demo-error.ts';
import { startStorefront } from '../src/storefront-process.ts';

const settings = {
  STREAM_NAME: 'clickstream',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL_KINESIS: 'http://127.0.0.1:1',
};
const ignore = (): void => undefined;

it('says so when the storefront dies', async () => {
  const storefront = await startStorefront({ ...settings, PORT: '0' }, ignore);
  expect((await fetch(`${storefront.url}/healthz`)).status).toBe(200);
  process.kill(storefront.pid ?? 0, 'SIGKILL');
  if (!storefront.ended.aborted) await once(storefront.ended, 'abort');
  expect(storefront.ended.reason).toBeInstanceOf(DemoError);
  expect(storefront.ended.reason).toMatchObject({ code: 'storefront_failed' });
  await storefront.close();
});

it('names the flag when the port is taken', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const address = squatter.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  await expect(startStorefront({ ...settings, PORT: port }, ignore)).rejects.toThrow(
    `Port ${port} is in use; pass another --port`,
  );
  squatter.close();
});
