import type { Server } from 'node:http';
import { LocalAwsError } from './local-aws-error.ts';

/**
 * How the HTTP/1.1 servers here are made. Connections are kept until the client or {@link closeServer}
 * ends them, so that no request meets a connection that is being closed. And node:http pauses a
 * connection while an answer above the mark drains; a request that arrives in such a moment has been
 * seen to fail with HPE_PAUSED, so the mark is above every answer.
 */
export const serverOptions = {
  highWaterMark: 64 * 1024 * 1024,
  keepAliveTimeout: 0,
  requestTimeout: 0,
} as const;

/**
 * Listens on 127.0.0.1 only.
 *
 * @param port 0 for a free one
 * @param service the service's name, for the error
 * @returns the endpoint, `http://127.0.0.1:<port>`
 * @throws {@link LocalAwsError} `port_in_use` when a fixed port is taken
 */
export function listen(server: Server, port: number, service: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(portError(cause, port, service));
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', fail);
      const address = server.address();
      if (typeof address === 'object' && address) resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

/** Stops listening and drops open connections. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => {
      if (error) reject(error);
      else resolve();
    });
    server.closeAllConnections();
  });
}

/** What a failure to listen means to the user. */
export function portError(cause: Error, port: number, service: string): Error {
  if (!('code' in cause) || cause.code !== 'EADDRINUSE') return cause;
  return new LocalAwsError(
    'port_in_use',
    `Port ${port} for ${service} is taken: stop what listens there, or leave the port out to get a free one.`,
    { cause },
  );
}
