import { createServer, type Http2ServerRequest } from 'node:http2';
import { text } from 'node:stream/consumers';
import { KinesisClient } from '@aws-sdk/client-kinesis';

/** What the shard does with the next request for records, instead of the obvious. */
export type Mood = 'throttled' | 'empty' | 'iterator_expired' | 'shard_gone';

interface Shard {
  /** Sequence numbers of the records that it holds, in order. */
  records: string[];
  /** A closed shard's last page has no next iterator. */
  readonly isClosed?: boolean;
  /** For the requests to come, first to last; then `undefined` for good. */
  readonly moods?: (Mood | undefined)[];
  /** Answers GetShardIterator with this error. */
  readonly refusal?: string;
  /** Called before each page. */
  readonly beforePage?: (shard: Shard) => void;
}

function failure(name: string) {
  return { status: 400, body: { __type: name, message: 'fake' } };
}

/**
 * A Kinesis of one shard that misbehaves on demand, in ways that AWS may and a well-behaved local
 * stand-in will not. An iterator is the sequence number that it has passed.
 */
export async function startFakeShard() {
  let shard: Shard = { records: [] };
  let requests: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const { status, body } = await answer(request);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    })();
  });

  async function answer(request: Http2ServerRequest) {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const parsed: unknown = JSON.parse(await text(request));
    if (typeof parsed !== 'object' || parsed === null) return failure('SerializationException');
    const input = new Map<string, unknown>(Object.entries(parsed));
    const field = (name: string) => String(input.get(name));
    requests.push(operation);
    if (operation === 'GetShardIterator') {
      if (shard.refusal !== undefined) return failure(shard.refusal);
      const number = BigInt(field('StartingSequenceNumber'));
      const passed = field('ShardIteratorType') === 'AT_SEQUENCE_NUMBER' ? number - 1n : number;
      return { status: 200, body: { ShardIterator: String(passed) } };
    }
    const mood = shard.moods?.shift();
    if (mood === 'throttled') return failure('ProvisionedThroughputExceededException');
    if (mood === 'iterator_expired') return failure('ExpiredIteratorException');
    if (mood === 'shard_gone') return failure('ResourceNotFoundException');
    shard.beforePage?.(shard);
    const passed = BigInt(field('ShardIterator'));
    const ahead = shard.records.filter((record) => BigInt(record) > passed);
    const page = mood === 'empty' ? [] : ahead.slice(0, Number(field('Limit')));
    const isAtEnd = page.length === ahead.length;
    return {
      status: 200,
      body: {
        Records: page.map((record) => ({
          SequenceNumber: record,
          PartitionKey: `key ${record}`,
          ApproximateArrivalTimestamp: 1_700_000_000.123,
          Data: Buffer.from(`data ${record}`).toString('base64'),
        })),
        MillisBehindLatest: isAtEnd ? 0 : 1_000,
        ...(isAtEnd && shard.isClosed === true
          ? {}
          : { NextShardIterator: page.at(-1) ?? String(passed) }),
      },
    };
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const client = new KinesisClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: `http://127.0.0.1:${address.port}`,
    // The SDK's own retries would only slow the tests down.
    maxAttempts: 1,
  });
  return {
    client,
    /** Replaces the shard, and forgets the requests so far. */
    become(next: Shard) {
      shard = next;
      requests = [];
    },
    /** The operations that were asked for. */
    requests: () => requests,
    async close() {
      client.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
