import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen, serverOptions } from '../listen.ts';

/** An event for the runtime, and what it is to know about it. */
interface RuntimeEvent {
  readonly requestId: string;
  readonly functionArn: string;
  /** When the invocation times out, in ms since the epoch. */
  readonly deadlineMs: number;
  /** The event as JSON text. */
  readonly payload: string;
}

/** What the runtime reports. */
export interface RuntimeListener {
  /** It asks for an event, so it is ready for one. */
  onNext(): void;
  /** The result of an invocation, as the runtime sent it. */
  onResult(requestId: string, outcome: 'response' | 'error', payload: string): void;
  /** It could not load the function. */
  onInitError(payload: string): void;
}

/** Lambda's Runtime API for one execution environment. */
export interface RuntimeApi {
  /** `127.0.0.1:<port>`, the value of `AWS_LAMBDA_RUNTIME_API`. */
  readonly host: string;
  /** Answers the request for the next event, the one that waits or the one to come. */
  send(event: RuntimeEvent): void;
  close(): Promise<void>;
}

const prefix = '/2018-06-01/runtime';
const resultPath = /^\/invocation\/([^/]+)\/(response|error)$/;

/**
 * Serves the Runtime API on a free port of 127.0.0.1. Each environment has its own server, as the
 * protocol does not say which environment is calling.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function createRuntimeApi(listener: RuntimeListener): Promise<RuntimeApi> {
  let waiting: ServerResponse | undefined;
  let event: RuntimeEvent | undefined;

  function deliver(): void {
    if (!waiting || !event) return;
    const { requestId, functionArn, deadlineMs, payload } = event;
    waiting.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(payload),
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(deadlineMs),
      'lambda-runtime-invoked-function-arn': functionArn,
      'lambda-runtime-trace-id': traceId(requestId),
    });
    waiting.end(payload);
    waiting = undefined;
    event = undefined;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.startsWith(prefix) ? request.url.slice(prefix.length) : '';
    if (request.method === 'GET' && path === '/invocation/next') {
      waiting = response;
      listener.onNext();
      deliver();
      return;
    }
    const body = await readText(request);
    const [, requestId, outcome] = resultPath.exec(path) ?? [];
    if (path === '/init/error') listener.onInitError(body);
    else if (requestId && (outcome === 'response' || outcome === 'error'))
      listener.onResult(requestId, outcome, body);
    else return void response.writeHead(404).end();
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
  }

  const server = createServer(serverOptions, (request, response) => {
    // A process that is killed cuts its requests short; its exit is what is acted on.
    handle(request, response).catch(() => response.destroy());
  });
  const endpoint = await listen(server, 0, 'the Lambda Runtime API');
  return {
    host: new URL(endpoint).host,
    send(next) {
      event = next;
      deliver();
    },
    close: () => closeServer(server),
  };
}

function traceId(requestId: string): string {
  const hex = requestId.replaceAll('-', '');
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${hex.slice(0, 24)};Parent=${hex.slice(16)};Sampled=0`;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
