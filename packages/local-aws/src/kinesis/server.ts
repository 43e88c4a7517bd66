import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account.ts';
import { type Fault, type FaultHook, recordFault } from './faults.ts';
import { type Input, isObject } from './input.ts';
import { createKinesis, execute, type KinesisOptions } from './kinesis.ts';
import { KinesisError } from './kinesis-error.ts';
import { type Listener, listen } from './listener.ts';
import { putRecordsWithFaults } from './record-operations.ts';

/** How a Kinesis server is set up. All optional. */
export interface KinesisServerOptions extends KinesisOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Time in milliseconds since 1970, for arrival times, limits, expiry. Default `Date.now`. */
  readonly now?: () => number;
  /** Makes requests fail on purpose. Default: none does. */
  readonly faults?: FaultHook;
  /** Draws the records that a fault of a given share hits, from [0, 1). Default `Math.random`. */
  readonly random?: () => number;
}

/** What a server has seen since it started. */
export interface KinesisServerStats {
  /** Requests by operation, those that failed included. */
  readonly requests: Readonly<Record<string, number>>;
  /** TCP connections accepted. */
  readonly connections: number;
  /** Records that PutRecord and PutRecords put into a stream. */
  readonly recordsAccepted: number;
}

/** A running Kinesis on this machine. */
export interface KinesisServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, to be given to a client as `endpoint`. */
  readonly endpoint: string;
  readonly stats: () => KinesisServerStats;
  /** Ends every connection, answered or not, and forgets the streams. */
  readonly close: () => Promise<void>;
}

const HOST = '127.0.0.1';
const TARGET_PREFIX = 'Kinesis_20131202.';

/** What becomes of a request. */
type Answer = { readonly status: number; readonly body: object } | 'reset' | 'hang';

/**
 * Starts a Kinesis that keeps its records in memory and listens on the loopback interface only,
 * for HTTP/1.1 and HTTP/2 without TLS.
 *
 * @example
 * await using server = await createKinesisServer();
 * const client = new KinesisClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
 *
 * @throws RangeError when an option is out of range.
 */
export async function createKinesisServer(
  options: KinesisServerOptions = {},
): Promise<KinesisServer> {
  const { port = 0, now = Date.now, faults, random = Math.random } = options;
  const account = createKinesis(options);
  const requests: Record<string, number> = {};
  let recordsAccepted = 0;

  async function answer(operation: string, input: Input): Promise<Answer> {
    requests[operation] = (requests[operation] ?? 0) + 1;
    const fault = faults?.({ operation, input });
    if (fault?.delayMs) await sleep(fault.delayMs, undefined, { ref: false });
    const instead = fault && insteadOfServing(fault);
    if (instead !== undefined) return instead;
    const body = serve(operation, input, fault);
    recordsAccepted += countAccepted(operation, body);
    if (fault?.kind === 'commit_then_reset') return 'reset';
    if (fault?.kind === 'commit_then_hang') return 'hang';
    return { status: 200, body };
  }

  function serve(operation: string, input: Input, fault: Fault | undefined): object {
    return fault?.kind === 'records' && operation === 'PutRecords'
      ? putRecordsWithFaults(account, input, now(), recordFault(fault, random))
      : execute(account, operation, input, now());
  }

  const listener = await listen({ host: HOST, port }, (request, response) => {
    void respond(request, response, answer);
  });
  return toServer(listener, account, () => ({
    requests: { ...requests },
    connections: listener.connections(),
    recordsAccepted,
  }));
}

function toServer(
  listener: Listener,
  account: Account,
  stats: () => KinesisServerStats,
): KinesisServer {
  const close = async (): Promise<void> => {
    await listener.close();
    account.streams.clear();
  };
  return {
    endpoint: `http://${HOST}:${listener.port}`,
    stats,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function insteadOfServing(fault: Fault): Answer | undefined {
  switch (fault.kind) {
    case 'http_500':
      throw new KinesisError('InternalFailure', 'Internal service failure.');
    case 'throttle':
      throw new KinesisError('ProvisionedThroughputExceededException', 'Rate exceeded.');
    case 'reset':
    case 'hang':
      return fault.kind;
    case 'delay':
    case 'records':
    case 'commit_then_reset':
    case 'commit_then_hang':
      return undefined;
  }
}

function countAccepted(operation: string, body: object): number {
  if (operation === 'PutRecord') return 1;
  if (operation !== 'PutRecords') return 0;
  const { Records, FailedRecordCount } = body as { Records: unknown[]; FailedRecordCount: number };
  return Records.length - FailedRecordCount;
}

/** Takes a request off the wire, has it answered, and puts the answer on the wire. */
async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (operation: string, input: Input) => Promise<Answer>,
): Promise<void> {
  let outcome: Answer;
  try {
    const body = await readBody(request);
    outcome = await answer(readOperation(request), parseBody(request, body));
  } catch (error) {
    outcome = errorAnswer(error);
  }
  if (outcome === 'hang') return;
  if (outcome === 'reset') {
    request.socket.destroy();
    return;
  }
  const payload = Buffer.from(JSON.stringify(outcome.body));
  response.writeHead(outcome.status, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': payload.length,
    'x-amzn-requestid': randomUUID(),
  });
  response.end(payload);
}

function errorAnswer(error: unknown): Answer {
  const refusal =
    error instanceof KinesisError
      ? error
      : new KinesisError('InternalFailure', `The local Kinesis failed: ${String(error)}`);
  return {
    status: refusal.statusCode,
    body: { __type: refusal.code, message: refusal.message },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function readOperation(request: IncomingMessage): string {
  const target = request.headers['x-amz-target'];
  if (typeof target !== 'string' || !target.startsWith(TARGET_PREFIX)) {
    throw new KinesisError(
      'UnknownOperationException',
      `The header x-amz-target must be ${TARGET_PREFIX}<operation>, received ${String(target)}.`,
    );
  }
  return target.slice(TARGET_PREFIX.length);
}

function parseBody(request: IncomingMessage, body: Buffer): Input {
  if (request.headers['content-type']?.includes('cbor')) {
    throw new KinesisError(
      'SerializationException',
      'The local Kinesis speaks JSON only; switch CBOR off in your AWS SDK (AWS_CBOR_DISABLE=true).',
    );
  }
  let input: unknown;
  try {
    input = JSON.parse(body.toString());
  } catch (cause) {
    throw new KinesisError('SerializationException', 'The body is not JSON.', { cause });
  }
  if (!isObject(input)) throw new KinesisError('SerializationException', 'The body is no object.');
  return input;
}
