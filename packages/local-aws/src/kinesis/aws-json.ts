import { randomUUID } from 'node:crypto';
import { type Input, isObject } from './input.ts';
import { KinesisError } from './kinesis-error.ts';
import type { HttpRequest, HttpResponse } from './listener.ts';

const TARGET_PREFIX = 'Kinesis_20131202.';

/** What goes back over the wire. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

/**
 * Takes a request off the wire. The protocol is AWS JSON 1.1: the operation in a header, the input
 * as the body.
 *
 * @throws KinesisError when it is no such request.
 */
export async function readRequest(
  request: HttpRequest,
): Promise<{ operation: string; input: Input }> {
  const body = await readBody(request);
  return { operation: readOperation(request), input: parseBody(request, body) };
}

async function readBody(request: HttpRequest): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function readOperation(request: HttpRequest): string {
  const target = request.headers['x-amz-target'];
  if (typeof target !== 'string' || !target.startsWith(TARGET_PREFIX)) {
    throw new KinesisError(
      'UnknownOperationException',
      `The header x-amz-target must be ${TARGET_PREFIX}<operation>, received ${String(target)}.`,
    );
  }
  return target.slice(TARGET_PREFIX.length);
}

function parseBody(request: HttpRequest, body: Buffer): Input {
  if (request.headers['content-type']?.includes('cbor')) {
    throw new KinesisError(
      'SerializationException',
      'The local Kinesis speaks JSON only: switch CBOR off in the AWS SDK (AWS_CBOR_DISABLE=true).',
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

/** The answer that reports an error as AWS does. */
export function errorAnswer(error: unknown): Answer {
  const refusal =
    error instanceof KinesisError
      ? error
      : new KinesisError('InternalFailure', `The local Kinesis failed: ${String(error)}`);
  return { status: refusal.statusCode, body: { __type: refusal.code, message: refusal.message } };
}

/** Puts an answer on the wire. When the client has gone, both versions of HTTP drop it. */
export function sendAnswer(response: HttpResponse, answer: Answer): void {
  const payload = Buffer.from(JSON.stringify(answer.body));
  response.statusCode = answer.status;
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  response.setHeader('content-length', payload.length);
  response.setHeader('x-amzn-requestid', randomUUID());
  response.end(payload);
}
