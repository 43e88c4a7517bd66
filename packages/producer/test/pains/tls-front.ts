import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';

export interface TlsFront extends AsyncDisposable {
  readonly endpoint: string;
  /** TLS sessions negotiated so far. */
  handshakes(): number;
}

/** Speaks TLS for a server that does not, HTTP/2 or HTTP/1.1 as the client likes, and counts. */
export async function createTlsFront(endpoint: string): Promise<TlsFront> {
  // Of two certificates with one name, only the first that was trusted would be found.
  const name = { name: 'commonName', value: `front-${randomUUID()}` };
  const { cert, private: key } = await generate([name], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  setDefaultCACertificates([...getCACertificates('default'), cert]);
  const sockets = new Set<Socket>();
  let handshakes = 0;
  const front = createServer({ cert, key, ALPNProtocols: ['h2', 'http/1.1'] }, (client) => {
    handshakes += 1;
    const server = connect(Number(new URL(endpoint).port), '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const address = front.address();
  if (typeof address !== 'object' || address === null) throw new Error('the front has no port');
  return {
    endpoint: `https://127.0.0.1:${address.port}`,
    handshakes: () => handshakes,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      front.close();
      await once(front, 'close');
    },
  };
}
