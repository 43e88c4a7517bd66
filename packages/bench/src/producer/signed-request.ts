import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { Agent, request } from 'node:https';
import { SignatureV4 } from '@smithy/signature-v4';
import { IN_FLIGHT } from './batch-loop.ts';
import { REGION } from './protocol.ts';

/** Puts a body on the wire and resolves to that of the answer. */
export interface BareClient {
  readonly put: (body: Buffer) => Promise<Buffer>;
  readonly destroy: () => void;
}

/** PutRecords over node:https, signed with the SDK's signer: all that a request needs, no more. */
export function createBareClient(endpoint: string): BareClient {
  const { hostname, port, host } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const signer = new SignatureV4({
    service: 'kinesis',
    region: REGION,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    sha256: Sha256,
  });
  return {
    async put(body) {
      const { headers } = await signer.sign({
        method: 'POST',
        protocol: 'https:',
        hostname,
        port: Number(port),
        path: '/',
        query: {},
        headers: {
          host,
          'content-type': 'application/x-amz-json-1.1',
          'content-length': String(body.length),
          'x-amz-target': 'Kinesis_20131202.PutRecords',
        },
        body,
      });
      return new Promise((resolve, reject) => {
        const sent = request({ hostname, port, method: 'POST', path: '/', headers, agent });
        sent.on('error', reject);
        sent.on('response', (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            if (response.statusCode === 200) resolve(Buffer.concat(chunks));
            else
              reject(new Error(`HTTP ${response.statusCode}: ${Buffer.concat(chunks).toString()}`));
          });
        });
        sent.end(body);
      });
    },
    destroy: () => agent.destroy(),
  };
}

/** What the signer expects of a hash, over that of Node. */
class Sha256 {
  #hash: Hash | Hmac;
  readonly #secret: string | NodeJS.ArrayBufferView | undefined;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret instanceof ArrayBuffer ? Buffer.from(secret) : asView(secret);
    this.#hash = this.#start();
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    if (typeof data === 'string') this.#hash.update(data);
    else if (data instanceof ArrayBuffer) this.#hash.update(Buffer.from(data));
    else this.#hash.update(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#start();
  }

  #start(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}

function asView(secret: string | ArrayBufferView | undefined): string | Buffer | undefined {
  if (secret === undefined || typeof secret === 'string') return secret;
  return Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength);
}
