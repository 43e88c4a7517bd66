import { setTimeout as sleep } from 'node:timers/promises';
import { createProducer } from '@clickstream/producer';
import { createServer } from './server.ts';
import { readSettings, SettingsError } from './settings.ts';

async function main(): Promise<void> {
  const { streamName, host, port, stopTimeoutMs, aggregation } = readSettings(process.env);
  // Whoever tracks an event is told what became of it, and logs it: nothing to add here.
  const producer = createProducer({ streamName, aggregation, onUndeliverable: () => undefined });
  // Standard output is for the one line that tells where the shop is.
  const server = createServer({ producer, logTo: process.stderr });

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    // First no new requests, then the delivery of the events that were accepted. Requests that
    // wait for a receipt end with that delivery at the latest.
    const closed = server.close();
    await Promise.race([closed, sleep(stopTimeoutMs, undefined, { ref: false })]);
    const { failed, pending } = await producer.close({ timeoutMs: stopTimeoutMs });
    await closed;
    if (failed + pending > 0) throw new Error(`${failed + pending} events were not delivered.`);
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
