import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import type { AnyEvent } from '@clickstream/events';
import {
  createKinesisServer,
  type KinesisServer,
  type KinesisServerOptions,
} from '@clickstream/local-aws';
import { readEvent } from './faulty-stream.ts';

export const STREAM = 'clickstream-test';
const REGION = 'eu-central-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

interface Place {
  readonly partitionKey: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
}

interface RawRecord extends Place {
  readonly data: Buffer;
}

interface StreamRecord extends Place {
  readonly event: AnyEvent;
}

/** A local Kinesis with one stream, and the means to read it. */
export interface TestStream extends AsyncDisposable {
  readonly server: KinesisServer;
  /** Options for `createProducer`, and environment for a process that calls it. */
  readonly options: { streamName: string; region: string; endpoint: string };
  readonly env: Record<string, string>;
  /** Every record of the stream, shard by shard in order. */
  records(): Promise<StreamRecord[]>;
  /** The same byte for byte, by `<shard id>/<sequence number>`. */
  rawRecords(): Promise<Map<string, { partitionKey: string; data: Buffer }>>;
}

export async function createTestStream(
  options: KinesisServerOptions & { shardCount?: number } = {},
): Promise<TestStream> {
  const { shardCount = 2, faults, ...rest } = options;
  let isFaulty = false;
  const server = await createKinesisServer({
    limits: false,
    ...rest,
    faults: (request) =>
      isFaulty && request.operation === 'PutRecords' ? faults?.(request) : undefined,
  });
  const admin = new KinesisClient({ region: REGION, endpoint: server.endpoint, credentials });
  await admin.send(new CreateStreamCommand({ StreamName: STREAM, ShardCount: shardCount }));
  isFaulty = true;
  const env = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: REGION };
  Object.assign(process.env, env);

  async function readShard(shardId: string): Promise<RawRecord[]> {
    const { ShardIterator } = await admin.send(
      new GetShardIteratorCommand({
        StreamName: STREAM,
        ShardId: shardId,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const records: RawRecord[] = [];
    let iterator = ShardIterator;
    while (iterator !== undefined) {
      const page = await admin.send(new GetRecordsCommand({ ShardIterator: iterator }));
      for (const { PartitionKey = '', SequenceNumber = '', Data } of page.Records ?? []) {
        records.push({
          partitionKey: PartitionKey,
          shardId,
          sequenceNumber: SequenceNumber,
          data: Buffer.from(Data ?? []),
        });
      }
      iterator = (page.Records ?? []).length > 0 ? page.NextShardIterator : undefined;
    }
    return records;
  }

  async function readAll(): Promise<RawRecord[]> {
    const { Shards = [] } = await admin.send(new ListShardsCommand({ StreamName: STREAM }));
    const shards = await Promise.all(Shards.map(({ ShardId = '' }) => readShard(ShardId)));
    return shards.flat();
  }

  return {
    server,
    options: { streamName: STREAM, region: REGION, endpoint: server.endpoint },
    env: { ...env, AWS_ENDPOINT_URL_KINESIS: server.endpoint },
    async records() {
      const records = await readAll();
      return records.map(({ data, ...place }) => ({ ...place, event: readEvent(data) }));
    },
    async rawRecords() {
      const records = await readAll();
      return new Map(
        records.map(({ shardId, sequenceNumber, partitionKey, data }) => [
          `${shardId}/${sequenceNumber}`,
          { partitionKey, data },
        ]),
      );
    },
    async [Symbol.asyncDispose]() {
      admin.destroy();
      await server.close();
    },
  };
}
