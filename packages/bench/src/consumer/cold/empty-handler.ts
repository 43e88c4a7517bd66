import { DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';

// What the cold start of the stream-processor is measured against: the same clients, no work.
const dynamodb = new DynamoDBClient();
export const others = [new S3Client(), new SQSClient()];

interface Batch {
  readonly Records: readonly unknown[];
}

/** For a batch with records it makes one request, as the stream-processor does for one event. */
export async function handler({ Records: records }: Batch): Promise<object> {
  if (records.length > 0) {
    const put = {
      Put: { TableName: 'events', Item: { user_id: { S: 'u' }, event_id: { S: 'e' } } },
    };
    await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [put] }));
  }
  return { batchItemFailures: [] };
}
