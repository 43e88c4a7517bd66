import { Writable } from 'node:stream';
import { createProducer, type ProducerOptions } from '@clickstream/producer';
import { createServer } from '../src/server.ts';
import type { LocalStream } from './stream.ts';

/** The shop, listening, with a producer of its own. */
export interface LocalShop extends AsyncDisposable {
  readonly url: string;
  /** What it logged. */
  readonly log: () => string;
}

export async function startShop(
  stream: LocalStream,
  options: Partial<ProducerOptions> = {},
): Promise<LocalShop> {
  const producer = createProducer({
    streamName: stream.streamName,
    client: stream.client,
    onUndeliverable: () => undefined,
    ...options,
  });
  let log = '';
  const logTo = new Writable({
    write(chunk, _encoding, done) {
      log += String(chunk);
      done();
    },
  });
  const server = createServer({ producer, logTo });
  return {
    url: await server.listen({ host: '127.0.0.1', port: 0 }),
    log: () => log,
    async [Symbol.asyncDispose]() {
      await server.close();
      await producer.close();
    },
  };
}
