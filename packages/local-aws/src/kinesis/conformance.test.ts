import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  type Shard,
  type ShardIteratorType,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isObject } from './input.ts';
import { createKinesisServer, type KinesisServer } from './server.ts';

/*
 * The same calls to this Kinesis and to `kinesis-local`, another implementation, must come to the
 * same. Where the two are known to differ, the calls keep clear of it:
 * - limits and throttling: kinesis-local has none of the limits on throughput and size;
 * - the type of the error for a malformed field: kinesis-local answers InvalidArgumentException
 *   where AWS answers ValidationException;
 * - equal ranges: kinesis-local ends the first of two at 2^127 - 2, AWS at 2^127 - 1;
 * - a split at a shard's first hash key: kinesis-local makes an empty shard, AWS refuses;
 * - a sequence number of another shard, or a time to come, as the start of an iterator:
 *   kinesis-local takes them, AWS refuses.
 */

const require = createRequire(import.meta.url);

const TLS_PORT = 1;
const PLAIN_PORT = 2;

/** kinesis-local wants fixed ports on all interfaces: it gets a free one on the loopback. */
const loopbackOnly = `
import net from 'node:net';
const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (...args) {
  const { port: wanted } = typeof args[0] === 'object' ? args[0] : { port: args[0] };
  this.once('listening', () => process.send({ wanted, port: this.address().port }));
  return listen.call(this, { host: '127.0.0.1', port: 0 }, args.find((arg) => typeof arg === 'function'));
};`;

let oracle: ChildProcess;
let server: KinesisServer;
let clients: readonly KinesisClient[] = [];

beforeAll(async () => {
  server = await createKinesisServer({ limits: false });
  const main = require.resolve('kinesis-local');
  oracle = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(loopbackOnly)}`, main],
    {
      cwd: dirname(main),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...process.env,
        KINESIS_MOCK_TLS_PORT: String(TLS_PORT),
        KINESIS_MOCK_PLAIN_PORT: String(PLAIN_PORT),
        CREATE_STREAM_DURATION: '1ms',
        SPLIT_SHARD_DURATION: '1ms',
        MERGE_SHARDS_DURATION: '1ms',
        SHARD_LIMIT: '10000',
        LOG_LEVEL: 'ERROR',
      },
    },
  );
  clients = [connect(server.endpoint), connect(`http://127.0.0.1:${await plainPort()}`)];
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await server.close();
  oracle.kill('SIGKILL');
});

function plainPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    oracle.once('exit', (code) => reject(new Error(`kinesis-local ended with ${code}.`)));
    oracle.on('message', (message) => {
      if (!isObject(message) || message['wanted'] !== PLAIN_PORT) return;
      if (typeof message['port'] === 'number') resolve(message['port']);
    });
  });
}

function connect(endpoint: string): KinesisClient {
  return new KinesisClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: new NodeHttpHandler(),
  });
}

/** One stream on one of the two, and what has been learnt about it. */
class Side {
  readonly client: KinesisClient;
  readonly name: string;
  /** Where the records lie, in the order in which they were put. */
  readonly places: { shardId: string; number: string }[] = [];

  constructor(client: KinesisClient, name: string) {
    this.client = client;
    this.name = name;
  }

  remember(record: { ShardId?: string | undefined; SequenceNumber?: string | undefined }): void {
    this.places.push({ shardId: record.ShardId ?? '', number: record.SequenceNumber ?? '' });
  }

  async untilActive(): Promise<void> {
    const request = { StreamName: this.name };
    for (let status = ''; status !== 'ACTIVE'; ) {
      const answer = await this.client.send(new DescribeStreamSummaryCommand(request));
      status = answer.StreamDescriptionSummary?.StreamStatus ?? '';
    }
  }

  async openShards(): Promise<Shard[]> {
    const request = { StreamName: this.name, ShardFilter: { Type: 'AT_LATEST' } } as const;
    const { Shards = [] } = await this.client.send(new ListShardsCommand(request));
    return Shards.toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
  }

  /** All that can be seen of the shards, but for sequence numbers. */
  async lineage(): Promise<unknown> {
    const { Shards } = await this.client.send(new ListShardsCommand({ StreamName: this.name }));
    return Shards?.map(({ SequenceNumberRange: range, ...shard }) => ({
      ...shard,
      closed: range?.EndingSequenceNumber !== undefined,
    }));
  }

  async read(ShardId: string, type: ShardIteratorType, from: string | undefined, Limit: number) {
    const start = {
      StreamName: this.name,
      ShardId,
      ShardIteratorType: type,
      ...(from !== undefined && { StartingSequenceNumber: from }),
      ...(type === 'AT_TIMESTAMP' && { Timestamp: new Date(0) }),
    };
    const { ShardIterator } = await this.client.send(new GetShardIteratorCommand(start));
    const page = await this.client.send(new GetRecordsCommand({ ShardIterator, Limit }));
    return {
      records: page.Records?.map(({ PartitionKey, Data, SequenceNumber }) => ({
        key: PartitionKey,
        text: Buffer.from(Data ?? []).toString(),
        place: this.places.findIndex(({ number }) => number === SequenceNumber),
      })),
      more: page.NextShardIterator !== undefined,
    };
  }
}

function startOf(shard: Shard | undefined): bigint {
  return BigInt(shard?.HashKeyRange?.StartingHashKey ?? 0);
}

type Call = (side: Side, step: number) => Promise<unknown>;

const key = fc.constantFrom('a', 'b', 'c', 'é', '😀'.repeat(99), 'x'.repeat(256));
const explicitHash = fc.option(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), { nil: undefined });

const putOne = fc.tuple(key, explicitHash).map(
  ([PartitionKey, hash]): Call =>
    async (side, step) => {
      const answer = await side.client.send(
        new PutRecordCommand({
          StreamName: side.name,
          PartitionKey,
          ...(hash !== undefined && { ExplicitHashKey: String(hash) }),
          Data: Buffer.from(`${step}`),
        }),
      );
      side.remember(answer);
      return answer.ShardId;
    },
);

const putMany = fc.array(key, { minLength: 1, maxLength: 10 }).map(
  (keys): Call =>
    async (side, step) => {
      const answer = await side.client.send(
        new PutRecordsCommand({
          StreamName: side.name,
          Records: keys.map((PartitionKey, index) => ({
            PartitionKey,
            Data: Buffer.from(`${step}.${index}`),
          })),
        }),
      );
      for (const entry of answer.Records ?? []) side.remember(entry);
      return [answer.FailedRecordCount, answer.Records?.map((entry) => entry.ShardId)];
    },
);

const splitInHalf = fc.nat(20).map(
  (pick): Call =>
    async (side) => {
      const shards = await side.openShards();
      const shard = shards[pick % shards.length];
      const end = BigInt(shard?.HashKeyRange?.EndingHashKey ?? 0);
      await side.client.send(
        new SplitShardCommand({
          StreamName: side.name,
          ShardToSplit: shard?.ShardId,
          NewStartingHashKey: String((startOf(shard) + end) / 2n),
        }),
      );
      await side.untilActive();
      return side.lineage();
    },
);

const mergeNeighbours = fc.nat(20).map(
  (pick): Call =>
    async (side) => {
      const shards = await side.openShards();
      if (shards.length < 2) return undefined;
      const index = pick % (shards.length - 1);
      await side.client.send(
        new MergeShardsCommand({
          StreamName: side.name,
          ShardToMerge: shards[index]?.ShardId,
          AdjacentShardToMerge: shards[index + 1]?.ShardId,
        }),
      );
      await side.untilActive();
      return side.lineage();
    },
);

const readFromEdge = fc
  .record({
    shard: fc.nat(8),
    type: fc.constantFrom<ShardIteratorType[]>('TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'),
    limit: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ shard, type, limit }): Call => {
    const shardId = `shardId-${String(shard).padStart(12, '0')}`;
    return (side) =>
      side
        .read(shardId, type, undefined, limit)
        .catch((error: unknown) => String(error).split(':')[0]);
  });

const readFromRecord = fc
  .record({
    place: fc.nat(200),
    type: fc.constantFrom<ShardIteratorType[]>('AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'),
    limit: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ place, type, limit }): Call => {
    return async (side) => {
      const at = side.places[place % side.places.length];
      return at && side.read(at.shardId, type, at.number, limit);
    };
  });

const call = fc.oneof(
  { weight: 4, arbitrary: putOne },
  { weight: 4, arbitrary: putMany },
  { weight: 1, arbitrary: splitInHalf },
  { weight: 1, arbitrary: mergeNeighbours },
  { weight: 2, arbitrary: readFromEdge },
  { weight: 2, arbitrary: readFromRecord },
);

let streams = 0;

test('the same calls come to the same on kinesis-local', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 10, maxLength: 30 }), async (calls) => {
      streams += 1;
      const sides = clients.map((client) => new Side(client, `stream-${streams}`));
      for (const side of sides) {
        await side.client.send(new CreateStreamCommand({ StreamName: side.name, ShardCount: 1 }));
        await side.untilActive();
      }
      for (const [step, make] of calls.entries()) {
        const [ours, theirs] = await Promise.all(sides.map((side) => make(side, step)));
        expect(ours).toEqual(theirs);
      }
    }),
    { seed: 4, numRuns: 12 },
  );
});
