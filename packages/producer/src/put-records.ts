import {
  type KinesisClient,
  PutRecordsCommand,
  type PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis';
import { writeBody } from './request-body.ts';
import type { RecordResult, TransportRecord } from './transport.ts';

/**
 * Sends one PutRecords request, its body written and its answer read here: for hundreds of small
 * records the SDK's schema-driven serialization costs more than everything else together. Both are
 * middleware of the one command, so credentials, endpoint, signing, errors and whatever is set on
 * the client stay the SDK's.
 *
 * @see https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/middleware-stack.html
 * @throws what the SDK throws
 */
export async function putRecords(
  client: KinesisClient,
  streamName: string,
  records: readonly TransportRecord[],
  abortSignal: AbortSignal,
): Promise<readonly RecordResult[]> {
  const command = new PutRecordsCommand({ StreamName: streamName, Records: [] });
  let results: readonly RecordResult[] = [];
  command.middlewareStack.add(
    (next) => async (args) => {
      if (isRequest(args.request)) args.request.body = writeBody(streamName, records);
      return next(args);
    },
    // After the SDK has written its body, before the length of it is taken.
    { name: 'writeRecords', step: 'serialize', priority: 'low' },
  );
  command.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { response } = answer;
      if (isResponse(response) && response.statusCode === 200) {
        results = readResults(await readText(response.body));
        response.body = Buffer.from('{}');
      }
      return answer;
    },
    // Closest to the wire: the SDK then reads the empty object that is left.
    { name: 'readResults', step: 'deserialize', priority: 'low' },
  );
  await client.send(command, { abortSignal });
  return results;
}

interface Request {
  body: unknown;
}

interface Response {
  statusCode: number;
  body: unknown;
}

function isRequest(request: unknown): request is Request {
  return typeof request === 'object' && request !== null && 'body' in request;
}

function isResponse(response: unknown): response is Response {
  return typeof response === 'object' && response !== null && 'statusCode' in response;
}

/** Every request handler of the SDK for Node.js answers with a stream of chunks. */
async function readText(body: unknown): Promise<string> {
  if (body instanceof Uint8Array || typeof body === 'string') return Buffer.from(body).toString();
  const chunks: Uint8Array[] = [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the SDK types it as any
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function readResults(text: string): readonly RecordResult[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every field is looked at below
  const { Records = [] } = JSON.parse(text) as { Records?: PutRecordsResultEntry[] };
  return Records.map(toResult);
}

function toResult({
  ShardId,
  SequenceNumber,
  ErrorCode,
  ErrorMessage,
}: PutRecordsResultEntry): RecordResult {
  return ErrorCode === undefined && ShardId !== undefined && SequenceNumber !== undefined
    ? new Stored(ShardId, SequenceNumber)
    : {
        ok: false,
        code: ErrorCode ?? 'IncompleteResult',
        message: ErrorMessage ?? 'the answer names neither an error nor a place in the stream',
      };
}

/** No literal, for the reason that `Outgoing` is none. */
class Stored {
  readonly ok = true;
  readonly shardId: string;
  readonly sequenceNumber: string;

  constructor(shardId: string, sequenceNumber: string) {
    this.shardId = shardId;
    this.sequenceNumber = sequenceNumber;
  }
}
