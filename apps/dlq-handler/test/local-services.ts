import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import {
  createKinesisServer,
  createS3SqsServer,
  type KinesisServerOptions,
} from '@clickstream/local-aws';
import { createQuarantine } from '@clickstream/quarantine';

const local = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

/** A stream of one shard and an empty quarantine, on this machine. */
export async function startLocalServices(kinesisOptions: KinesisServerOptions = {}) {
  const kinesisServer = await createKinesisServer({ limits: false, ...kinesisOptions });
  const s3Server = await createS3SqsServer();
  const kinesis = new KinesisClient({ ...local, endpoint: kinesisServer.endpoint });
  const s3 = new S3Client({ ...local, endpoint: s3Server.endpoint, forcePathStyle: true });
  const bucket = 'quarantine';
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const stream = { StreamName: 'events' };
  await kinesis.send(new CreateStreamCommand({ ...stream, ShardCount: 1 }));
  const summary = await kinesis.send(new DescribeStreamSummaryCommand(stream));
  const quarantine = createQuarantine({ bucket, client: s3 });

  return {
    bucket,
    kinesis,
    quarantine,
    endpoints: { kinesis: kinesisServer.endpoint, s3: s3Server.endpoint },
    streamArn: summary.StreamDescriptionSummary?.StreamARN ?? '',
    /** Puts a record on the stream and resolves to its sequence number. */
    async write(data: Uint8Array, partitionKey = 'ann'): Promise<string> {
      const record = { ...stream, Data: data, PartitionKey: partitionKey };
      return (await kinesis.send(new PutRecordCommand(record))).SequenceNumber ?? '';
    },
    /** Everything in the bucket, in the order of the keys. */
    async contents() {
      const documents = [];
      for await (const { key } of quarantine.list()) documents.push(await quarantine.get(key));
      return documents;
    },
    async close() {
      kinesis.destroy();
      s3.destroy();
      await kinesisServer.close();
      await s3Server.close();
    },
  };
}
