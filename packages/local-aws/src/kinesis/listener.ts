import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { portError } from '../listen.ts';

/** A request of either version of HTTP. */
export type HttpRequest = IncomingMessage | Http2ServerRequest;
/** A response of either version of HTTP. */
export type HttpResponse = ServerResponse | Http2ServerResponse;

/** Serves one request. `reset` tears down the connection that it came over. */
export type Handle = (request: HttpRequest, response: HttpResponse, reset: () => void) => void;

/** A server that listens. */
export interface Listener {
  readonly endpoint: string;
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Ends every connection at once and stops listening. */
  readonly close: () => Promise<void>;
}

const HOST = '127.0.0.1';

/** How an HTTP/2 client without TLS begins; no HTTP/1 method in use starts like this. */
const HTTP2_PREFACE_START = Buffer.from('PRI');

/** More than any answer: see its use. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** HTTP/2's default window of 64 KiB would make a large request wait for many round trips. */
const HTTP2_WINDOW_BYTES = 16 * 1024 * 1024;

/**
 * Serves HTTP/1.1 and HTTP/2 without TLS on one port of the loopback interface: the first bytes
 * of a connection tell which one it speaks. The AWS SDK's own handler for Kinesis speaks HTTP/2,
 * about every other client HTTP/1.1.
 *
 * @throws {@link LocalAwsError} `port_in_use` when a fixed port is taken
 */
export async function listen(port: number, handle: Handle): Promise<Listener> {
  const sockets = new Map<number | undefined, Socket>();
  const serve = (request: HttpRequest, response: HttpResponse): void => {
    // HTTP/2 shows a proxy of its socket that cannot be reset; the port finds the real one.
    const remotePort = request.socket.remotePort;
    handle(request, response, () => sockets.get(remotePort)?.resetAndDestroy());
  };
  const http1 = createHttpServer({ keepAliveTimeout: 0, requestTimeout: 0 }, serve);
  const http2 = createHttp2Server({ settings: { initialWindowSize: HTTP2_WINDOW_BYTES } }, serve);
  http2.on('session', (session) => session.setLocalWindowSize(HTTP2_WINDOW_BYTES));

  let connections = 0;
  const server = createServer(
    {
      noDelay: true,
      // node:http pauses a connection's parser while an answer above the mark drains. That halves
      // the speed of large reads, and a request that arrives in such a moment has been seen to
      // fail with HPE_PAUSED. No answer gets above this mark.
      highWaterMark: MAX_ANSWER_BYTES,
    },
    (socket) => {
      const { remotePort } = socket;
      connections += 1;
      sockets.set(remotePort, socket);
      socket.once('close', () => sockets.delete(remotePort));
      // A client may vanish at any time: 'close' follows, and is all that matters.
      socket.on('error', () => socket.destroy());
      sniff(socket, (isHttp2) => (isHttp2 ? http2 : http1).emit('connection', socket));
    },
  );
  const boundPort = await bind(server, port);
  return {
    endpoint: `http://${HOST}:${boundPort}`,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets.values()) socket.destroy();
        http1.close();
        http2.close();
      }),
  };
}

function bind(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(portError(cause, port, 'Kinesis'));
    server.once('error', fail);
    server.listen(port, HOST, () => {
      server.off('error', fail);
      const address = server.address();
      if (typeof address === 'object' && address) resolve(address.port);
    });
  });
}

/** Looks at the first bytes of a connection and puts them back. */
function sniff(socket: Socket, decide: (isHttp2: boolean) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const look = (): void => {
    const chunk: unknown = socket.read();
    if (!(chunk instanceof Buffer)) return;
    seen = Buffer.concat([seen, chunk]);
    const start = seen.subarray(0, HTTP2_PREFACE_START.length);
    const undecided =
      start.length < HTTP2_PREFACE_START.length && HTTP2_PREFACE_START.indexOf(start) === 0;
    if (undecided) return;
    socket.off('readable', look);
    socket.unshift(seen);
    decide(start.equals(HTTP2_PREFACE_START));
  };
  socket.on('readable', look);
}
