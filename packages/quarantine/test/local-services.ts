import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createS3SqsServer } from '@clickstream/local-aws';

const local = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

/** S3 and SQS on this machine, with a bucket and a queue. */
export async function startLocalServices(queueAttributes: Record<string, string> = {}) {
  const server = await createS3SqsServer();
  const { endpoint } = server;
  const s3 = new S3Client({ ...local, endpoint, forcePathStyle: true });
  const sqs = new SQSClient({ ...local, endpoint });
  const bucket = 'quarantine';
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const { QueueUrl: queueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'letters', Attributes: queueAttributes }),
  );
  return {
    endpoint,
    s3,
    sqs,
    bucket,
    queueUrl,
    async close() {
      s3.destroy();
      sqs.destroy();
      await server.close();
    },
  };
}
