import { createProducer } from '@clickstream/producer';
import { createServer } from './server.ts';
import { readSettings, SettingsError } from './settings.ts';

/** After this time a stop is no longer orderly. Shorter than what supervisors usually grant. */
const stopTimeoutMs = 12_000;

async function main(): Promise<void> {
  const { streamName, host, port } = readSettings(process.env);
  const producer = createProducer({ streamName });
  // Standard output is for the one line that tells where the shop is.
  const server = createServer({ producer, logTo: process.stderr });

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    setTimeout(
      () => fail(new Error(`Not everything was delivered in time.`)),
      stopTimeoutMs,
    ).unref();
    // First no new events, then the delivery of those that were accepted.
    await server.close();
    await producer.close();
  };
  const stopOrFail = (): void => void stop().catch(fail);
  process.once('SIGTERM', stopOrFail).once('SIGINT', stopOrFail);
  // Started by another program: when that is gone, nobody needs the shop.
  process.once('disconnect', stopOrFail);
  process.channel?.unref();

  const url = await server.listen({ host, port });
  process.stdout.write(`${JSON.stringify({ message: 'listening', url })}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(error instanceof SettingsError ? 2 : 1);
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}. Set PORT to another port, or to 0 for any that is free.`;
  }
  return error.message;
}

main().catch(fail);
