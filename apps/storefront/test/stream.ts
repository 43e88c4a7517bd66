import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import { createKinesisServer, type KinesisServerOptions } from '@clickstream/local-aws';

const streamName = 'events';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const region = 'eu-central-1';

/** A stream on this machine, to write to and to read from. */
export interface LocalStream extends AsyncDisposable {
  readonly streamName: string;
  readonly client: KinesisClient;
  /** What a process needs to write to it. */
  readonly env: Readonly<Record<string, string>>;
  /** How many requests it has had, by operation. */
  readonly requests: () => Readonly<Record<string, number>>;
  /** All events in it, shard by shard. */
  readonly read: () => Promise<readonly StoredEvent[]>;
}

/** An event as it lies in the stream. */
export interface StoredEvent {
  readonly event_id: string;
  readonly event_type: string;
  readonly user_id: string;
  readonly [field: string]: unknown;
}

export async function startStream(options: KinesisServerOptions = {}): Promise<LocalStream> {
  const server = await createKinesisServer({ limits: false, ...options });
  const { endpoint } = server;
  const client = new KinesisClient({ endpoint, region, credentials });
  await client.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: 2 }));
  return {
    streamName,
    client,
    env: {
      STREAM_NAME: streamName,
      AWS_ENDPOINT_URL_KINESIS: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    requests: () => server.stats().requests,
    read: () => read(client),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server.close();
    },
  };
}

async function read(client: KinesisClient): Promise<readonly StoredEvent[]> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: streamName }));
  const events: StoredEvent[] = [];
  for (const { ShardId } of Shards) {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamName: streamName,
        ShardId,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
    for (const { Data } of Records) {
      const event: unknown = JSON.parse(new TextDecoder().decode(Data));
      if (!isEvent(event)) throw new TypeError('There is something else in the stream.');
      events.push(event);
    }
  }
  return events;
}

function isEvent(value: unknown): value is StoredEvent {
  return typeof value === 'object' && value !== null && 'event_id' in value;
}
