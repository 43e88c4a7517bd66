import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A server that listens. */
export interface Listener {
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Ends every connection at once and stops listening. */
  readonly close: () => Promise<void>;
}

/** How an HTTP/2 client without TLS begins; no HTTP/1 method starts like this. */
const HTTP2_PREFACE_START = Buffer.from('PRI');

/** More than any answer: see `highWaterMark` below. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** HTTP/2's default window of 64 KiB would make a large request wait for many round trips. */
const HTTP2_WINDOW_BYTES = 16 * 1024 * 1024;

/**
 * Serves HTTP/1.1 and HTTP/2 without TLS on one port: the first bytes of a connection tell which
 * one it speaks. The AWS SDK's own handler for Kinesis speaks HTTP/2, all others HTTP/1.1.
 */
export async function listen(
  options: { host: string; port: number },
  handle: RequestListener,
): Promise<Listener> {
  const http1 = createHttpServer({ keepAliveTimeout: 0, requestTimeout: 0 }, handle);
  const http2 = createHttp2Server(
    { settings: { initialWindowSize: HTTP2_WINDOW_BYTES, maxConcurrentStreams: 1000 } },
    // The compatibility API has the same shape for all that is used here.
    handle as unknown as Parameters<typeof createHttp2Server>[1] & object,
  );
  http2.on('session', (session) => session.setLocalWindowSize(HTTP2_WINDOW_BYTES));

  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer(
    {
      noDelay: true,
      // node:http stops parsing while the answer before is not drained, and then fails a request
      // that arrives in that moment with HPE_PAUSED. Below the mark an answer never has to drain.
      highWaterMark: MAX_ANSWER_BYTES,
    },
    (socket) => {
      connections += 1;
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      // Clients may vanish at any time; 'close' follows and is all that matters.
      socket.on('error', () => socket.destroy());
      sniff(socket, (isHttp2) => (isHttp2 ? http2 : http1).emit('connection', socket));
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        http1.close();
        http2.close();
      }),
  };
}

/** Looks at the first bytes of a connection and puts them back. */
function sniff(socket: Socket, decide: (isHttp2: boolean) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const look = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = Buffer.concat([seen, chunk]);
    const start = seen.subarray(0, HTTP2_PREFACE_START.length);
    if (start.length < HTTP2_PREFACE_START.length && HTTP2_PREFACE_START.indexOf(start) === 0) {
      return;
    }
    socket.off('readable', look);
    socket.unshift(seen);
    decide(start.equals(HTTP2_PREFACE_START));
  };
  socket.on('readable', look);
}
