import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** The URL of a queue by its ARN, looked up once. */
export function createQueueUrls(client: SQSClient): (queueArn: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (queueArn) => {
    const found = known.get(queueArn);
    if (found !== undefined) return found;
    const name = queueArn.split(':').at(-1);
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    if (QueueUrl === undefined) throw new Error(`SQS gave no URL for the queue ${queueArn}`);
    known.set(queueArn, QueueUrl);
    return QueueUrl;
  };
}
