/** Servers that are told to end in one way or another; run by drain-on-signal.test.ts. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createProducer, type DrainOnSignalOptions, drainOnSignal } from '../src/index.ts';

const producer = createProducer({
  streamName: process.env['STREAM_NAME'] ?? '',
  lingerMs: 60_000, // only the drain sends
  onUndeliverable: (_event, error) => console.log(`undeliverable: ${error.message}`),
});

/** Tracks an event for each request; `/slow` first says that it is there, and takes its time. */
const server = createServer((request, response) => {
  const slow = request.url === '/slow';
  if (slow) console.log('slow request');
  response.setHeader('connection', 'close'); // else the server waits for the client to let go
  setTimeout(
    () => {
      void producer.pageView({ user_id: 'user-1', url: `https://shop.example${request.url}` });
      response.end('ok');
    },
    slow ? 300 : 0,
  );
});
const closeServer = (): Promise<unknown> => {
  server.close();
  return once(server, 'close');
};

const [, , script = ''] = process.argv;
const options: DrainOnSignalOptions = {
  before: closeServer,
  onDrained: (result) => console.log(JSON.stringify(result)),
};
switch (script) {
  case 'drains':
    drainOnSignal(producer, options);
    break;
  case 'has 500 ms':
    drainOnSignal(producer, { ...options, timeoutMs: 500 });
    break;
  case 'cannot close its server':
    drainOnSignal(producer, {
      ...options,
      before: () => new Promise(() => undefined),
      timeoutMs: 1_000,
    });
    break;
  case 'fails to close its server':
    drainOnSignal(producer, { ...options, before: () => Promise.reject(new Error('no idea how')) });
    break;
  case 'ends by its own listener':
    drainOnSignal(producer, {
      ...options,
      onDrained: () => process.emit('message', 'drained', undefined),
    });
    process.on('SIGTERM', () => process.once('message', () => process.exit(7)));
    break;
  case 'stopped listening':
    drainOnSignal(producer, options)();
    break;
  default:
    throw new Error(`no such script: ${script}`);
}

server.listen(0, '127.0.0.1', () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  console.log(String((server.address() as AddressInfo).port));
});
