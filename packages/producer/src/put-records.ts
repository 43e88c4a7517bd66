import {
  type KinesisClient,
  PutRecordsCommand,
  type PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis';
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

/** `{"Data":"","PartitionKey":,"ExplicitHashKey":""},`, with room for a hash key of 39 digits. */
const RECORD_OVERHEAD_BYTES = 96;
/** JSON writes a UTF-16 unit with six characters at most. */
const MAX_BYTES_PER_CHARACTER = 6;

/**
 * The body is put together in one piece of memory: as a string it would be a rope of hundreds of
 * parts, and to flatten that takes many times as long.
 *
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
function writeBody(streamName: string, records: readonly TransportRecord[]): Uint8Array {
  const head = `{"StreamName":${JSON.stringify(streamName)},"Records":[`;
  const capacity = records.reduce(
    (sum, { partitionKey, data }) =>
      sum +
      RECORD_OVERHEAD_BYTES +
      partitionKey.length * MAX_BYTES_PER_CHARACTER +
      Math.ceil(data.byteLength / 3) * 4,
    head.length + 2,
  );
  const body = Buffer.allocUnsafe(capacity);
  let at = 0;
  let text = head;
  for (const { partitionKey, explicitHashKey, data } of records) {
    const bytes = Buffer.isBuffer(data)
      ? data
      : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    at += body.write(`${text}{"Data":"`, at);
    at += body.write(bytes.toString('base64'), at, 'latin1');
    const hashKey = explicitHashKey === undefined ? '' : `,"ExplicitHashKey":"${explicitHashKey}"`;
    text = `","PartitionKey":${JSON.stringify(partitionKey)}${hashKey}},`;
  }
  at += body.write(records.length === 0 ? `${text}]}` : `${text.slice(0, -1)}]}`, at);
  return body.subarray(0, at);
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
