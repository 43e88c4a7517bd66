import type { Context } from 'aws-lambda';
import { afterEach, expect, it, vi } from 'vitest';
import { startLocalServices } from '../test/local-services.ts';
import { onFailureMessage, sqsEvent } from '../test/messages.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

it('needs nothing but its environment', async () => {
  const services = await startLocalServices();
  try {
    vi.stubEnv('QUARANTINE_BUCKET', services.bucket);
    vi.stubEnv('AWS_ENDPOINT_URL_S3', services.endpoints.s3);
    vi.stubEnv('AWS_ENDPOINT_URL_KINESIS', services.endpoints.kinesis);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const sequence = await services.write(Buffer.from('{}'));
    const { handler } = await import('./handler.ts');
    const event = sqsEvent({ a: onFailureMessage(services.streamArn, sequence, sequence, 2) });
    const context: Pick<Context, 'getRemainingTimeInMillis'> = {
      getRemainingTimeInMillis: () => 10_000,
    };
    expect(await handler(event, context)).toEqual({ batchItemFailures: [] });
    const printed = stdout.mock.calls.map(([line]) => String(line));
    stdout.mockRestore();
    expect(await services.contents()).toMatchObject([{ kind: 'expired' }, { kind: 'record' }]);
    const metricLine = printed.find((line) => line.includes('ExpiredRanges')) ?? '';
    expect(metricLine).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(metricLine)).toMatchObject({ ExpiredRanges: 1 });
  } finally {
    await services.close();
  }
});

it('says which variable is missing', async () => {
  vi.stubEnv('QUARANTINE_BUCKET', '');
  await expect(import('./handler.ts')).rejects.toThrow(/QUARANTINE_BUCKET/);
});
