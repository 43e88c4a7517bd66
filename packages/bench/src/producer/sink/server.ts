import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { Certificate } from './certificate.ts';
import type { Stream } from './stream.ts';

export interface SinkServer {
  readonly port: number;
  /** TLS handshakes so far. */
  readonly handshakes: () => number;
  readonly close: () => Promise<void>;
}

type Handle = Stream['handle'];

/** Arms take turns: their connections must outlast those of the others. */
const KEEP_ALIVE = { http1Options: { keepAliveTimeout: 120_000 } };

const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** HTTPS on 127.0.0.1: HTTP/2 for who asks for it, as the SDK does, else HTTP/1.1. */
export async function startServer(certificate: Certificate, handle: Handle): Promise<SinkServer> {
  let handshakes = 0;
  const sockets = new Set<Socket>();
  const server = createSecureServer(
    { ...certificate, allowHTTP1: true, ...KEEP_ALIVE },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => respond(request, response, Buffer.concat(chunks), handle));
    },
  );
  server.on('secureConnection', (socket: Socket) => {
    handshakes += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('sessionError', () => undefined); // A client that is ended cuts its sessions.
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
    port: (server.address() as AddressInfo).port,
    handshakes: () => handshakes,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function respond(
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  body: Buffer,
  handle: Handle,
): void {
  const [, operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const answer = handle(operation, body, performance.timeOrigin + performance.now());
  if (answer.kind === 'silence') return;
  if (answer.kind === 'cut') {
    request.socket.destroy();
    return;
  }
  const send = (): void => {
    response.writeHead(answer.status, {
      'content-type': CONTENT_TYPE,
      'content-length': Buffer.byteLength(answer.body),
      'x-amzn-requestid': '00000000-0000-4000-8000-000000000000',
    });
    response.end(answer.body);
  };
  if (answer.delayMs === 0) send();
  else setTimeout(send, answer.delayMs);
}
