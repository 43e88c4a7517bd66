import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  IncreaseStreamRetentionPeriodCommand,
  KinesisClient,
  ListShardsCommand,
  ListTagsForStreamCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  RemoveTagsFromStreamCommand,
  type Shard,
  type ShardIteratorType,
  SplitShardCommand,
  UpdateShardCountCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isObject } from './input.ts';
import { resolveLimits } from './limits.ts';
import { createKinesisServer, type KinesisServer } from './server.ts';

/*
 * The same calls to this Kinesis and to `kinesis-local`, another implementation, must come to the
 * same. Where the two are known to differ, the calls keep clear of it:
 * - limits and throttling: kinesis-local has none of the limits on throughput and size, on the calls
 *   of the control plane in a second, and on those of UpdateShardCount in 24 hours;
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
const shardsPerAccount = 10_000;

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
  server = await createKinesisServer({
    limits: { ...resolveLimits(false), shardsPerAccount, updateShardCountFactor: 2 },
  });
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
        SHARD_LIMIT: String(shardsPerAccount),
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
    return Shards?.map(({ SequenceNumberRange: range, HashKeyRange: keys, ...shard }) => ({
      ...shard,
      keys: [roughly(keys?.StartingHashKey), roughly(keys?.EndingHashKey)],
      closed: range?.EndingSequenceNumber !== undefined,
    }));
  }

  async resize(TargetShardCount: number): Promise<unknown> {
    const ScalingType = 'UNIFORM_SCALING';
    const request = { StreamName: this.name, TargetShardCount, ScalingType } as const;
    await orRefusal(this.client.send(new UpdateShardCountCommand(request)));
    await this.untilActive();
    return (await this.openShards()).map(({ HashKeyRange: keys }) => [
      roughly(keys?.StartingHashKey),
      roughly(keys?.EndingHashKey),
    ]);
  }

  /** All that the stream holds, by partition key, shard after shard in the order of their birth. */
  async everything(): Promise<Partial<Record<string, string[]>>> {
    const { Shards = [] } = await this.client.send(
      new ListShardsCommand({ StreamName: this.name }),
    );
    const pages = [];
    for (const { ShardId = '' } of Shards) {
      pages.push((await this.read(ShardId, 'TRIM_HORIZON', undefined, 10_000)).records ?? []);
    }
    const byKey = Object.groupBy(pages.flat(), ({ key = '' }) => key);
    return Object.fromEntries(
      Object.entries(byKey).map(([of, records = []]) => [of, records.map(({ text }) => text)]),
    );
  }

  async tags(): Promise<unknown> {
    const request = { StreamName: this.name };
    const { Tags = [] } = await this.client.send(new ListTagsForStreamCommand(request));
    return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
  }

  async summary(): Promise<unknown> {
    const request = { StreamName: this.name };
    const answer = await this.client.send(new DescribeStreamSummaryCommand(request));
    const summary = answer.StreamDescriptionSummary;
    return [
      summary?.OpenShardCount,
      summary?.RetentionPeriodHours,
      summary?.StreamModeDetails,
      summary?.EncryptionType,
      summary?.ConsumerCount,
    ];
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

/** Equal but for the one that ranges of equal size differ by. */
function roughly(hashKey: string | undefined): bigint {
  return (BigInt(hashKey ?? -1) + 1_000n) >> 20n;
}

function shardIdOf(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`;
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

const putKeys =
  (keys: readonly string[]): Call =>
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
  };

const putMany = fc.array(key, { minLength: 1, maxLength: 10 }).map(putKeys);

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

/** The name of the error, where an answer was refused. */
const orRefusal = (answer: Promise<unknown>): Promise<unknown> =>
  answer.catch((error: unknown) => (error instanceof Error ? error.name : String(error)));

const tag = fc.tuple(fc.constantFrom('team', 'stage', 'é'), fc.constantFrom('a', '', 'b c'));
const tags = fc.oneof(
  tag.map(
    ([name, value]): Call =>
      async (side) => {
        const request = { StreamName: side.name, Tags: { [name]: value } };
        await side.client.send(new AddTagsToStreamCommand(request));
        return side.tags();
      },
  ),
  tag.map(
    ([name]): Call =>
      async (side) => {
        const request = { StreamName: side.name, TagKeys: [name] };
        await side.client.send(new RemoveTagsFromStreamCommand(request));
        return side.tags();
      },
  ),
);

const retention = fc.tuple(fc.boolean(), fc.constantFrom(24, 48, 168, 8_760)).map(
  ([longer, RetentionPeriodHours]): Call =>
    async (side) => {
      const request = { StreamName: side.name, RetentionPeriodHours };
      await orRefusal(
        longer
          ? side.client.send(new IncreaseStreamRetentionPeriodCommand(request))
          : side.client.send(new DecreaseStreamRetentionPeriodCommand(request)),
      );
      await side.untilActive();
      return side.summary();
    },
);

const describe = fc
  .record({
    limit: fc.integer({ min: 1, max: 5 }),
    after: fc.option(fc.nat(20), { nil: undefined }),
  })
  .map(({ limit: Limit, after }): Call => {
    return async (side) => {
      const shards = after === undefined ? [] : await side.openShards();
      const ExclusiveStartShardId = shards[(after ?? 0) % shards.length]?.ShardId;
      const { StreamDescription } = await side.client.send(
        new DescribeStreamCommand({
          StreamName: side.name,
          Limit,
          ...(ExclusiveStartShardId !== undefined && { ExclusiveStartShardId }),
        }),
      );
      const { Shards, HasMoreShards } = StreamDescription ?? {};
      return [Shards?.map(({ ShardId }) => ShardId), HasMoreShards, await side.summary()];
    };
  });

const listSome = fc.integer({ min: 1, max: 4 }).map(
  (MaxResults): Call =>
    async (side) => {
      const pages: (string | undefined)[][] = [];
      for (let token: string | undefined, first = true; first || token; first = false) {
        const from = token === undefined ? { StreamName: side.name } : { NextToken: token };
        const page = await side.client.send(new ListShardsCommand({ ...from, MaxResults }));
        pages.push(page.Shards?.map(({ ShardId }) => ShardId) ?? []);
        token = page.NextToken;
      }
      return pages;
    },
);

const readFromEdge = fc
  .record({
    shard: fc.nat(8),
    type: fc.constantFrom<ShardIteratorType[]>('TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'),
    limit: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ shard, type, limit }): Call => {
    const shardId = shardIdOf(shard);
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

/** With a name, for the list of calls that a failure prints. */
const named = (name: string, calls: fc.Arbitrary<Call>): fc.Arbitrary<Call> =>
  calls.map((call) => Object.assign(call, { [fc.toStringMethod]: () => name }));

const call = fc.oneof(
  { weight: 4, arbitrary: named('putOne', putOne) },
  { weight: 4, arbitrary: named('putMany', putMany) },
  { weight: 1, arbitrary: named('splitInHalf', splitInHalf) },
  { weight: 1, arbitrary: named('mergeNeighbours', mergeNeighbours) },
  { weight: 1, arbitrary: named('tags', tags) },
  { weight: 1, arbitrary: named('retention', retention) },
  { weight: 1, arbitrary: named('describe', describe) },
  { weight: 1, arbitrary: named('listSome', listSome) },
  { weight: 2, arbitrary: named('readFromEdge', readFromEdge) },
  { weight: 2, arbitrary: named('readFromRecord', readFromRecord) },
);

let streams = 0;

async function createSides(): Promise<Side[]> {
  streams += 1;
  const sides = clients.map((client) => new Side(client, `stream-${streams}`));
  for (const side of sides) {
    await side.client.send(new CreateStreamCommand({ StreamName: side.name, ShardCount: 1 }));
    await side.untilActive();
  }
  return sides;
}

/** Enough for a difference to show; a busy machine gets through fewer of them. */
const runs = { endOnFailure: true, interruptAfterTimeLimit: 15_000 };

test('the same calls come to the same on kinesis-local', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 10, maxLength: 30 }), async (calls) => {
      const sides = await createSides();
      for (const [step, make] of calls.entries()) {
        const [ours, theirs] = await Promise.all(sides.map((side) => make(side, step)));
        expect(ours, `step ${step}: ${fc.stringify(make)}`).toEqual(theirs);
      }
    }),
    { seed: 4, numRuns: 12, ...runs },
  );
});

// The steps between are not documented and differ, and with them the ids of the shards.
test('UpdateShardCount comes to the same ranges, and to the same order of each key', async () => {
  const step = fc.record({ target: fc.integer({ min: 1, max: 6 }), keys: fc.array(key) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
      const sides = await createSides();
      for (const [index, { target, keys }] of steps.entries()) {
        const [ours, theirs] = await Promise.all(sides.map((side) => side.resize(target)));
        expect(ours, `to ${target} shards in step ${index}`).toEqual(theirs);
        if (keys.length > 0) await Promise.all(sides.map((side) => putKeys(keys)(side, index)));
      }
      const [ours, theirs] = await Promise.all(sides.map((side) => side.everything()));
      expect(ours).toEqual(theirs);
    }),
    { seed: 4, numRuns: 5, ...runs },
  );
});

test('what would exceed the quota of shards is refused by the same error', async () => {
  const sides = await createSides();
  const refusals = sides.map(({ client }) =>
    orRefusal(
      client.send(new CreateStreamCommand({ StreamName: 'huge', ShardCount: shardsPerAccount })),
    ),
  );
  const [ours, theirs] = await Promise.all(refusals);
  expect(ours).toBe('LimitExceededException');
  expect(theirs).toBe(ours);
});
